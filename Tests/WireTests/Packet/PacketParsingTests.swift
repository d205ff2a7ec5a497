import Testing
import Wire

/// Packets as hexadecimal text: what tcpdump -x would show.
enum Packets {
    /// 192.0.2.53.53 > 192.0.2.1.40000: UDP, 4 octets, no checksum
    static let udp4 = octets(
        "4500 0020 0001 4000 4011 b695 c0000235 c0000201  0035 9c40 000c 0000  deadbeef")

    /// The same with a router alert option (RFC 2113): six words of header
    static let udp4WithOptions = octets(
        """
        4600 0024 0001 4000 4011 0000 c0000235 c0000201 94040000
        0035 9c40 000c 0000  deadbeef
        """)

    /// 192.0.2.53.53 > 192.0.2.1.40000: Flags [P.], seq 1, ack 2, options [nop,nop,TS]
    static let tcp4 = octets(
        """
        4500 0038 0001 4000 4006 0000 c0000235 c0000201
        0035 9c40 00000001 00000002 8018 0200 0000 0000 0101 080a 00000005 00000006
        deadbeef
        """)

    /// 2001:db8::53.53 > 2001:db8::1.40000: UDP, 4 octets
    static func udp6(nextHeader: UInt8 = 17, extensions: [UInt8] = []) -> [UInt8] {
        let length = UInt8(12 + extensions.count)
        return octets("60000000") + [0, length, nextHeader, 64]
            + octets("20010db8000000000000000000000053 20010db8000000000000000000000001")
            + extensions + octets("0035 9c40 000c 0000 deadbeef")
    }
}

@Suite struct PacketParsingTests {
    @Test func udpOverIPv4() throws {
        let packet = try packet(Packets.udp4)
        #expect(packet.source == address("192.0.2.53"))
        #expect(packet.destination == address("192.0.2.1"))
        #expect(packet.sourcePort == 53 && packet.destinationPort == 40000)
        #expect(packet.transport == .udp && packet.tcp == nil)
        #expect(packet.transportOffset == 20 && packet.payload == 28..<32)
    }

    @Test func optionsOfIPv4() throws {
        let packet = try packet(Packets.udp4WithOptions)
        #expect(packet.transportOffset == 24 && packet.payload == 32..<36)
    }

    @Test func tcpOverIPv4() throws {
        let packet = try packet(Packets.tcp4)
        #expect(packet.transport == .tcp && packet.payload == 52..<56)
        #expect(packet.tcp == TCPFields(sequence: 1, acknowledgement: 2, flags: 0x18))
        #expect(packet.tcp?.isAck == true && packet.tcp?.isSyn == false)
        #expect(packet.tcp?.isFin == false && packet.tcp?.isRst == false)
    }

    @Test(arguments: [
        (0, "11000502 00000100", 48), (60, "11000104 00000000", 48), (43, "11000400 00000000", 48),
        (0, "3c000104 00000000 11010104 00000000 00000000 00000000", 64),
        (135, "11000000 00000000", 48), (139, "11000000 00000000", 48),
        (140, "11000000 00000000", 48),
    ])
    func extensionHeaders(first: UInt8, extensions: String, transportOffset: Int) throws {
        let bytes = Packets.udp6(nextHeader: first, extensions: octets(extensions))
        let packet = try packet(bytes)
        #expect(packet.source == address("2001:db8::53"))
        #expect(packet.transportOffset == transportOffset)
        #expect(packet.payload == bytes.count - 4..<bytes.count)
    }

    @Test(arguments: [
        // fragment header, even of a whole packet; routing with a segment left; AH; ESP; none
        (44, "11000000 00000001", WireError.Problem.fragment),
        (43, "11000401 00000000", .routing),
        (51, "11000000 00000000", .transportProtocol),
        (50, "11000000 00000000", .transportProtocol),
        (59, "", .transportProtocol), (58, "", .transportProtocol),
        // an extension header that says it is longer than the packet
        (0, "11040104 00000000", .wrongLength),
        // one that hop-by-hop announces and that is not there
        (0, "3c000104 00000000", .wrongLength),
    ])
    func refusesOverIPv6(first: UInt8, extensions: String, problem: WireError.Problem) {
        let bytes = Packets.udp6(nextHeader: first, extensions: octets(extensions))
        #expect(packetProblem(bytes) == problem)
    }

    @Test(arguments: [
        (0, 0x55, WireError.Problem.ipVersion),  // version 5
        (0, 0x44, .wrongLength),  // four words of header
        (0, 0x4F, .wrongLength),  // 60 octets of header
        (3, 0x1F, .wrongLength),  // total length
        (3, 0x21, .wrongLength),
        (6, 0x20, .fragment),  // more fragments
        (7, 0x01, .fragment),  // offset 8
        (9, 1, .transportProtocol),  // ICMP
        (25, 0x0B, .wrongLength),  // UDP length
        (25, 0x00, .wrongLength),
    ])
    func refusesOverIPv4(offset: Int, value: UInt8, problem: WireError.Problem) {
        var bytes = Packets.udp4
        bytes[offset] = value
        #expect(packetProblem(bytes) == problem)
    }

    @Test(arguments: [0x40, 0xA0] as [UInt8])
    func refusesALyingDataOffset(value: UInt8) {
        var bytes = Packets.tcp4
        bytes[32] = value
        #expect(packetProblem(bytes) == .wrongLength)
    }

    @Test(arguments: [Packets.udp4, Packets.udp4WithOptions, Packets.tcp4, Packets.udp6()])
    func refusesEveryTruncation(bytes: [UInt8]) {
        for length in bytes.indices {
            #expect(packetProblem(Array(bytes[..<length])) != nil)
        }
        #expect(packetProblem(bytes + [0]) == .wrongLength)
    }

    @Test(arguments: seeds)
    func neverTraps(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let models = [Packets.udp4, Packets.udp4WithOptions, Packets.tcp4, Packets.udp6()]
        var parsed = 0
        for _ in 0..<20_000 {
            var bytes = random.bytes(Int.random(in: 0...90, using: &random))
            if Bool.random(using: &random) {
                bytes = models[Int.random(in: 0..<models.count, using: &random)]
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    let offset = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[offset] = UInt8.random(in: 0...255, using: &random)
                }
            }
            guard let packet = try? packet(bytes) else { continue }
            parsed += 1
            #expect(packet.payload.upperBound == bytes.count, "seed \(seed)")
            _ = packet.checksumsVerify(bytes.span)
        }
        #expect(parsed > 100, "the mutations of seed \(seed) break everything")
    }
}
