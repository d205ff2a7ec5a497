extension Packet {
    /// Parses one whole IP packet. Checksums are not looked at: on loopback they are partial.
    ///
    /// Refused: fragments, protocols other than UDP and TCP, IPv6 routing headers with segments
    /// left, authentication headers (a rewrite would break them), and every length that contradicts
    /// the number of bytes, jumbograms among them. Source: RFC 791, 8200, 768, 9293.
    public init(parsing bytes: Span<UInt8>) throws(WireError) {
        guard bytes.count > 0 else { throw WireError(offset: 0, problem: .truncated) }
        switch bytes[0] >> 4 {
        case 4: self = try Self.parseV4(bytes)
        case 6: self = try Self.parseV6(bytes)
        default: throw WireError(offset: 0, problem: .ipVersion)
        }
    }

    /// Octets of an IPv4 header without options (RFC 791 section 3.1).
    static let v4HeaderSize = 20
    /// Octets of an IPv6 header without extension headers (RFC 8200 section 3).
    static let v6HeaderSize = 40
    /// Octets of a UDP header (RFC 768).
    static let udpHeaderSize = 8
    /// Octets of a TCP header without options (RFC 9293 section 3.1).
    static let tcpHeaderSize = 20

    private static func parseV4(_ bytes: Span<UInt8>) throws(WireError) -> Packet {
        guard bytes.count >= v4HeaderSize else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        let headerSize = Int(bytes[0] & 15) * 4
        guard headerSize >= v4HeaderSize, headerSize <= bytes.count else {
            throw WireError(offset: 0, problem: .wrongLength)
        }
        guard Int(bytes.uint16(at: 2)) == bytes.count else {
            throw WireError(offset: 2, problem: .wrongLength)
        }
        // "More fragments" and the fragment offset: a whole packet has neither.
        guard bytes.uint16(at: 6) & 0x3FFF == 0 else {
            throw WireError(offset: 6, problem: .fragment)
        }
        return try parseTransport(
            bytes, protocol: bytes[9], protocolOffset: 9, at: headerSize,
            from: .v4(in: bytes, at: 12), to: .v4(in: bytes, at: 16))
    }

    private static func parseV6(_ bytes: Span<UInt8>) throws(WireError) -> Packet {
        guard bytes.count >= v6HeaderSize else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        guard Int(bytes.uint16(at: 4)) == bytes.count - v6HeaderSize else {
            throw WireError(offset: 4, problem: .wrongLength)
        }
        var nextHeader = bytes[6]
        var nextHeaderOffset = 6
        var offset = v6HeaderSize
        while let header = ExtensionHeader(rawValue: nextHeader) {
            guard header != .fragment else { throw WireError(offset: offset, problem: .fragment) }
            guard offset + 8 <= bytes.count else {
                throw WireError(offset: bytes.count, problem: .truncated)
            }
            if header == .routing, bytes[offset + 3] != 0 {
                throw WireError(offset: offset + 3, problem: .routing)
            }
            let size = (Int(bytes[offset + 1]) + 1) * 8
            guard offset + size <= bytes.count else {
                throw WireError(offset: offset + 1, problem: .wrongLength)
            }
            nextHeader = bytes[offset]
            nextHeaderOffset = offset
            offset += size
        }
        return try parseTransport(
            bytes, protocol: nextHeader, protocolOffset: nextHeaderOffset, at: offset,
            from: .v6(in: bytes, at: 8), to: .v6(in: bytes, at: 24))
    }

    /// The IPv6 extension headers that may stand before UDP or TCP, by protocol number (RFC 7045).
    private enum ExtensionHeader: UInt8 {
        case hopByHop = 0
        case routing = 43
        case fragment = 44
        case destinationOptions = 60
        case mobility = 135
        case hostIdentity = 139
        case shim6 = 140
    }

    private static func parseTransport(
        _ bytes: Span<UInt8>, protocol number: UInt8, protocolOffset: Int, at offset: Int,
        from source: IPAddress, to destination: IPAddress
    ) throws(WireError) -> Packet {
        let transport: Transport
        let payloadOffset: Int
        var tcp: TCPFields?
        switch number {
        case Transport.udp.number:
            transport = .udp
            payloadOffset = try udpPayload(bytes, at: offset)
        case Transport.tcp.number:
            transport = .tcp
            payloadOffset = try tcpPayload(bytes, at: offset)
            tcp = TCPFields(
                sequence: bytes.uint32(at: offset + 4),
                acknowledgement: bytes.uint32(at: offset + 8), flags: bytes[offset + 13])
        default:
            throw WireError(offset: protocolOffset, problem: .transportProtocol)
        }
        return Packet(
            source: source, destination: destination,
            sourcePort: bytes.uint16(at: offset), destinationPort: bytes.uint16(at: offset + 2),
            transport: transport, transportOffset: offset,
            payload: payloadOffset..<bytes.count, tcp: tcp)
    }

    private static func udpPayload(_ bytes: Span<UInt8>, at offset: Int) throws(WireError) -> Int {
        guard offset + udpHeaderSize <= bytes.count else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        guard Int(bytes.uint16(at: offset + 4)) == bytes.count - offset else {
            throw WireError(offset: offset + 4, problem: .wrongLength)
        }
        return offset + udpHeaderSize
    }

    private static func tcpPayload(_ bytes: Span<UInt8>, at offset: Int) throws(WireError) -> Int {
        guard offset + tcpHeaderSize <= bytes.count else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        let headerSize = Int(bytes[offset + 12] >> 4) * 4
        guard headerSize >= tcpHeaderSize, offset + headerSize <= bytes.count else {
            throw WireError(offset: offset + 12, problem: .wrongLength)
        }
        return offset + headerSize
    }
}
