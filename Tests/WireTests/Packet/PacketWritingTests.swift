import Testing
import Wire

@Suite struct PacketWritingTests {
    static let models = [
        Packets.udp4, Packets.udp4WithOptions, Packets.tcp4, Packets.udp6(),
        Packets.udp6(nextHeader: 0, extensions: octets("11000502 00000100")),
    ]

    @Test(arguments: models, [0, 1, 4, 5, 512, 1471])
    func writesAnotherPayload(bytes: [UInt8], size: Int) throws {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let out = try rewrite(bytes, payload: payload)
        #expect(!out.overflowed)
        let before = try packet(bytes)
        let after = try packet(out.bytes)
        #expect(after.source == before.source && after.destination == before.destination)
        #expect(after.sourcePort == before.sourcePort)
        #expect(after.destinationPort == before.destinationPort)
        #expect(after.transportOffset == before.transportOffset && after.tcp == before.tcp)
        #expect(Array(out.bytes[after.payload]) == payload)
        #expect(try verifies(out.bytes))
        // Options and extension headers come over to the octet.
        let options = min(20, before.transportOffset)..<before.transportOffset
        if before.source.isV4 { #expect(out.bytes[options] == bytes[options]) }
        if !before.source.isV4 {
            #expect(out.bytes[40..<before.transportOffset] == bytes[40..<before.transportOffset])
        }
        if before.transport == .tcp { #expect(out.bytes[40..<52] == bytes[40..<52]) }
    }

    /// Sums of the header and of `c0000235 c0000201 0011 000c 0035 9c40 000c 0000 deadbeef`,
    /// worked out by another program.
    @Test func goldenChecksums() throws {
        let out = try rewrite(Packets.udp4, payload: octets("deadbeef"))
        #expect(hex(out.bytes[10..<12]) == "b695" && hex(out.bytes[26..<28]) == "418c")
    }

    @Test func acceptsNoChecksumOverIPv4Alone() throws {
        #expect(try verifies(Packets.udp4))
        #expect(try !verifies(Packets.udp6()))
    }

    @Test(arguments: models)
    func noticesAnyFlippedBit(bytes: [UInt8]) throws {
        let good = try rewrite(bytes, payload: Array(1...32)).bytes
        for offset in good.indices {
            var bad = good
            bad[offset] ^= 0x10
            guard let packet = try? packet(bad) else { continue }
            // Not covered by any checksum: IPv6's own header but addresses, and its extensions.
            let isFree =
                !packet.source.isV4 && (offset < 8 || 40..<packet.transportOffset ~= offset)
            #expect(packet.checksumsVerify(bad.span) == isFree, "offset \(offset)")
        }
    }

    @Test func writesAComputedZeroAsOnes() throws {
        // One payload word makes the sum of everything else 0xffff, the checksum 0.
        let probe = try rewrite(Packets.udp6(), payload: [0, 0]).bytes
        let sum = Array(probe[46..<48])
        let out = try rewrite(Packets.udp6(), payload: sum).bytes
        #expect(out[46..<48] == [0xFF, 0xFF])
        #expect(try verifies(out))
    }

    /// With segmentation offload a "packet" has up to 64 KiB: the most that its length field holds.
    @Test(arguments: [
        (Packets.tcp4, 65_535 - 52), (Packets.udp6(), 65_535 - 8), (Packets.udp4, 65_535 - 28),
    ])
    func writesTheLargestPackets(bytes: [UInt8], size: Int) throws {
        let out = try rewrite(bytes, payload: [UInt8](repeating: 0xFF, count: size))
        #expect(!out.overflowed)
        #expect(try verifies(out.bytes))
        #expect(try packet(out.bytes).payload.count == size)
        let over = try rewrite(bytes, payload: [UInt8](repeating: 0xFF, count: size + 1))
        #expect(over.overflowed)
    }

    @Test func overflowsInsteadOfTrapping() throws {
        let bytes = Packets.udp4
        for capacity in 0..<bytes.count {
            #expect(try rewrite(bytes, payload: [1, 2, 3, 4], capacity: capacity).overflowed)
        }
        var out = Writer(capacity: 100)
        let short: [UInt8] = [1]
        try packet(bytes).write(payload: short.span, original: short.span, to: &out)
        #expect(out.overflowed)
    }

    @Test func writesAfterWhatIsThere() throws {
        var out = Writer(capacity: 200)
        out.append(UInt8(9))
        let bytes = Packets.tcp4
        try packet(bytes).write(payload: bytes.span, original: bytes.span, to: &out)
        #expect(try verifies(Array(out.bytes[1...])))
    }

    @Test func refusesToVerifyOtherBytes() throws {
        let other: [UInt8] = [1, 2]
        #expect(try !packet(Packets.udp4).checksumsVerify(other.span))
    }
}
