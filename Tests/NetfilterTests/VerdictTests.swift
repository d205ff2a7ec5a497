import Netfilter
import Testing

extension KernelTests {
    @Suite struct VerdictTests {
        @Test(arguments: ["127.0.0.1", "::1"])
        func acceptDropReplace(address: String) throws {
            let rig = try Rig { packet, info, reply in
                let bytes = packet.array
                let text = String(decoding: Forge.payload(bytes), as: UTF8.self)
                guard info.isIPv6 == address.contains(":"), info.hook == .input else {
                    return .accept
                }
                switch text.prefix(4) {
                case "drop": return .drop
                case "size":
                    let count = Int(text.dropFirst(4)) ?? 0
                    let new = Forge.replacing(
                        bytes, payload: [UInt8](repeating: UInt8(ascii: "z"), count: count))
                    reply.replace(with: new.span)
                    return .replace
                default: return .accept
                }
            }
            let pair = try Pair(address)
            try pair.answer("drop")
            try pair.answer("accepted")
            #expect(pair.next() == "accepted")
            // Shorter, equal, longer, empty, past a page, past the linear room of a packet.
            for count in [1, 7, 600, 0, 5_000, 60_000] {
                try pair.answer("size\(count)")
                #expect(pair.next() == String(repeating: "z", count: count))
            }
            #expect(rig.seen == 8)
        }

        @Test func replacementThatDoesNotFitIsAccepted() throws {
            let rig = try Rig { _, _, reply in
                let tooLong = [UInt8](repeating: 0, count: 65_532)
                let none: [UInt8] = []
                let taken = (reply.replace(with: tooLong.span), reply.replace(with: none.span))
                #expect(taken == (false, false))
                return .replace
            }
            let pair = try Pair()
            try pair.answer("as it was")
            #expect(pair.next() == "as it was")
            #expect(rig.loop.value { _, _ in 0 } == 0)
            #expect(rig.loop.counters.replacementUnfit == 1)
        }

        /// The longest datagram there is arrives whole at the handler, or passes uncut.
        @Test func longestDatagrams() throws {
            let rig = try Rig { packet, _, _ in packet.count > 60_000 ? .accept : .drop }
            let pair = try Pair()
            for count in [65_507, 65_503, 65_504] {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
                try pair.answer(bytes)
                #expect(pair.client.receive(within: 2_000) == bytes)
            }
            // 65,507 and 65,504 make packets of which the kernel cannot hand over all.
            #expect(rig.loop.value { _, _ in 0 } == 0)
            #expect(rig.loop.counters.unparsed == 2)
            #expect(rig.seen == 1)
        }

        /// A burst with every kind of verdict mixed: each datagram meets its own.
        @Test(arguments: [3, 5, 7])
        func mixedVerdicts(modulus: Int) throws {
            let rig = try Rig { packet, _, reply in
                let bytes = packet.array
                let number = Int(String(decoding: Forge.payload(bytes), as: UTF8.self)) ?? 0
                switch number % modulus {
                case 0: return .drop
                case 1:
                    reply.replace(
                        with: Forge.replacing(bytes, payload: Array("new \(number)".utf8)).span)
                    return .replace
                case 2:
                    return .hold(until: reply.now + 20_000_000, token: 1, replaced: false)
                default: return .accept
                }
            }
            let pair = try Pair()
            let count = 210
            for number in 0..<count { try pair.answer("\(number)") }
            var expected: Set<String> = []
            for number in 0..<count where number % modulus != 0 {
                expected.insert(number % modulus == 1 ? "new \(number)" : "\(number)")
            }
            var got: Set<String> = []
            while got.count < expected.count, let text = pair.next() { got.insert(text) }
            #expect(got == expected)
            #expect(pair.next(within: 50) == nil)
            #expect(rig.loop.value { _, _ in 0 } == 0)
            let counters = rig.loop.counters
            #expect(counters.refusedVerdicts == 0 && counters.failedSends == 0)
            #expect(counters.received == UInt64(count))
        }

        /// Datagrams that their sender gave to the kernel as one (UDP_SEGMENT) are judged one by
        /// one.
        @Test(arguments: ["127.0.0.1", "::1"])
        func datagramsSentInOne(address: String) throws {
            let rig = try Rig { packet, info, _ in
                Forge.payload(packet.array) == Array("two".utf8) || info.isSegmentTrain
                    ? .drop : .accept
            }
            let pair = try Pair(address)
            // SOL_UDP, UDP_SEGMENT of <linux/udp.h>.
            try #require(pair.server.set(17, 103, 3))
            try pair.answer("onetwothr4")
            for _ in 0..<4 { try rig.waitUntilJudged() }
            #expect([pair.next(), pair.next(), pair.next()] == ["one", "thr", "4"])
            #expect(rig.seen == 4)
        }

        /// Packets that others marked keep their mark, held or not.
        @Test func marksAreKept() throws {
            let rig = try Rig { packet, info, reply in
                #expect(info.mark == 0x1234_5678)
                return packet.array.last == UInt8(ascii: "h")
                    ? .hold(until: reply.now + 1_000_000, token: 1, replaced: false) : .accept
            }
            try Sandbox.run(
                """
                nft 'table inet marks { chain before { type filter hook input priority -160; \
                udp sport 53 meta mark set 0x12345678; }; chain after { type filter hook input priority -140; \
                udp sport 53 meta mark 0x12345678 counter accept; udp sport 53 drop; }; }'
                """)
            defer { _ = try? Sandbox.run("nft delete table inet marks") }
            let pair = try Pair()
            for text in ["accept", "h", "accept", "h"] {
                try pair.answer(text)
                #expect(pair.next() == text)
            }
            #expect(rig.seen == 4)
        }
    }
}
