/// Rewrites packets by hand, independently of the target Wire.
enum Forge {
    /// Where the payload of a UDP or TCP packet starts.
    static func payloadOffset(_ packet: [UInt8]) -> Int {
        let isIPv6 = packet[0] >> 4 == 6
        let transport = isIPv6 ? 40 : Int(packet[0] & 15) * 4
        let isTCP = packet[isIPv6 ? 6 : 9] == 6
        return transport + (isTCP ? Int(packet[transport + 12] >> 4) * 4 : 8)
    }

    static func payload(_ packet: [UInt8]) -> [UInt8] { Array(packet[payloadOffset(packet)...]) }

    /// The packet with another payload, lengths and checksums as they must be.
    static func replacing(_ packet: [UInt8], payload: [UInt8]) -> [UInt8] {
        var out = Array(packet[..<payloadOffset(packet)]) + payload
        let isIPv6 = out[0] >> 4 == 6
        let transport = isIPv6 ? 40 : Int(out[0] & 15) * 4
        let isTCP = out[isIPv6 ? 6 : 9] == 6
        let length = out.count - transport
        func put(_ value: Int, at offset: Int) {
            out[offset] = UInt8(value >> 8 & 0xff)
            out[offset + 1] = UInt8(value & 0xff)
        }
        if isIPv6 {
            put(length, at: 4)
        } else {
            put(out.count, at: 2)
            put(0, at: 10)
            put(checksum(out[..<transport], start: 0), at: 10)
        }
        if !isTCP { put(length, at: transport + 4) }
        let field = transport + (isTCP ? 16 : 6)
        put(0, at: field)
        // Pseudo-header: addresses, length, protocol.
        let addresses = isIPv6 ? out[8..<40] : out[12..<20]
        let pseudo = sum(addresses) + length + (isTCP ? 6 : 17)
        let value = checksum(out[transport...], start: pseudo)
        put(value == 0 && !isTCP ? 0xffff : value, at: field)
        return out
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
        var total = 0
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            total += Int(bytes[index]) << 8 | Int(bytes[index + 1])
            index += 2
        }
        if index < bytes.endIndex { total += Int(bytes[index]) << 8 }
        return total
    }

    /// RFC 1071.
    private static func checksum(_ bytes: ArraySlice<UInt8>, start: Int) -> Int {
        var total = start + sum(bytes)
        while total > 0xffff { total = total >> 16 + total & 0xffff }
        return ~total & 0xffff
    }
}
