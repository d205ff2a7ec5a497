import Netfilter
import Synchronization
import Testing

extension KernelTests {
    @Suite struct HoldTests {
        /// Holds each datagram under the token that its text is.
        static func byToken(_ packet: Span<UInt8>, _ info: PacketInfo, _ reply: inout Reply)
            -> Verdict
        {
            let text = String(decoding: Forge.payload(packet.array), as: UTF8.self)
            guard let token = UInt64(text.prefix(1)) else { return .accept }
            return .hold(until: .max, token: token, replaced: false)
        }

        @Test func inOrderOfDeadlines() throws {
            let rig = try Rig { packet, info, reply in
                let text = String(decoding: Forge.payload(packet.array), as: UTF8.self)
                let milliseconds = UInt64(text) ?? 0
                return .hold(
                    until: info.arrival + milliseconds * 1_000_000, token: 0, replaced: false)
            }
            let pair = try Pair()
            for delay in [300, 100, 200, 0, 150] { try pair.answer("\(delay)") }
            for delay in [0, 100, 150, 200, 300] { #expect(pair.next() == "\(delay)") }
            #expect(rig.loop.value { _, reply in reply.heldCount } == 0)
            #expect(rig.loop.counters.held == 4)
        }

        @Test func releaseAndDropByToken() throws {
            let rig = try Rig { packet, info, reply in Self.byToken(packet, info, &reply) }
            let pair = try Pair()
            for text in ["1a", "2a", "1b", "3a", "2b"] {
                try pair.answer(text)
                try rig.waitUntilJudged()
            }
            #expect(rig.loop.value { _, reply in reply.heldCount } == 5)
            #expect(rig.loop.value { _, reply in reply.release(token: 9) } == 0)
            #expect(rig.loop.value { _, reply in reply.release(token: 1) } == 2)
            #expect(Set([pair.next(), pair.next()]) == ["1a", "1b"])
            #expect(rig.loop.value { _, reply in reply.dropHeld(token: 2) } == 2)
            #expect(pair.next(within: 50) == nil)
            #expect(rig.loop.value { _, reply in reply.releaseAll() } == 1)
            #expect(pair.next() == "3a")
            #expect(rig.loop.value { _, reply in reply.heldCount } == 0)
        }

        /// Both at once: replaced when held, and replaced again when released.
        @Test(arguments: ["127.0.0.1", "::1"])
        func replacing(address: String) throws {
            let rig = try Rig { packet, info, reply in
                let new = Forge.replacing(packet.array, payload: Array("while held".utf8))
                reply.replace(with: new.span)
                return .hold(until: .max, token: UInt64(packet.array.last ?? 0), replaced: true)
            }
            let pair = try Pair(address)
            let original = Box<[UInt8]>([])
            for text in ["x", "y"] {
                try pair.answer(text)
                try rig.waitUntilJudged()
            }
            #expect(
                rig.loop.value { _, reply in reply.release(token: UInt64(UInt8(ascii: "x"))) } == 1)
            #expect(pair.next() == "while held")
            // Built from the client's point of view: addresses and ports as in the packet.
            original.value = Self.datagram(to: pair, address: address, payload: "at release")
            let bytes = original.value
            #expect(
                rig.loop.value { _, reply in
                    reply.release(token: UInt64(UInt8(ascii: "y")), replacing: bytes.span)
                } == 1)
            #expect(pair.next() == "at release")
        }

        /// A handler may settle older packets while it judges a new one, even one of the same
        /// round.
        @Test func handlerReleasesOthers() throws {
            let rig = try Rig { packet, info, reply in
                let text = String(decoding: Forge.payload(packet.array), as: UTF8.self)
                switch text {
                case "go":
                    reply.release(token: 1)
                    return .drop
                case "no":
                    reply.dropHeld(token: 1)
                    return .accept
                default: return .hold(until: .max, token: 1, replaced: false)
                }
            }
            let pair = try Pair()
            for text in ["a", "b", "go", "c", "no"] { try pair.answer(text) }
            #expect(Set([pair.next(), pair.next(), pair.next()]) == ["a", "b", "no"])
            #expect(pair.next(within: 50) == nil)
            #expect(rig.loop.value { _, reply in reply.heldCount } == 0)
            #expect(rig.loop.counters.heldLost == 0)
        }

        @Test func stopReleasesAll() throws {
            let rig = try Rig { packet, info, reply in Self.byToken(packet, info, &reply) }
            let pair = try Pair()
            for number in 1...9 {
                try pair.answer("\(number)")
                try rig.waitUntilJudged()
            }
            try rig.table.disarm()
            rig.loop.stopAndWait()
            var got: Set<String> = []
            while let text = pair.next(within: 50) { got.insert(text) }
            #expect(got.count == 9)
            #expect(rig.loop.counters.released == 9)
        }

        @Test func pastCapacityPassesAtOnce() throws {
            let rig = try Rig(holdCapacity: 4) { packet, info, reply in
                Self.byToken(packet, info, &reply)
            }
            let pair = try Pair()
            for _ in 0..<6 { try pair.answer("1") }
            #expect(pair.next() == "1")
            #expect(pair.next() == "1")
            #expect(pair.next(within: 50) == nil)
            #expect(rig.loop.value { _, reply in reply.release(token: 1) } == 4)
            for _ in 0..<4 { #expect(pair.next() == "1") }
            #expect(rig.loop.value { _, _ in 0 } == 0)
            #expect(rig.loop.counters.holdOverflow == 2)
        }

        /// Somebody else's base chain goes: the kernel drops whatever is queued, and the loop
        /// notices.
        @Test func packetsThatTheKernelDropped() throws {
            let rig = try Rig { packet, info, reply in
                .hold(until: reply.now + 300_000_000, token: 1, replaced: false)
            }
            let pair = try Pair()
            try Sandbox.run(
                "nft 'table inet other { chain x { type filter hook output priority 0; }; }'")
            try pair.answer("lost")
            try rig.waitUntilJudged()
            try Sandbox.run("nft delete table inet other")
            #expect(pair.next(within: 600) == nil)
            #expect(rig.loop.value { _, reply in reply.heldCount } == 0)
            try pair.answer("kept")
            #expect(pair.next() == "kept")
            #expect(rig.loop.value { _, _ in 0 } == 0)
            #expect(rig.loop.counters.refusedVerdicts == 1)
        }

        /// IP packet from the pair's server to its client, checksums right.
        static func datagram(to pair: Pair, address: String, payload: String) -> [UInt8] {
            let ports = [
                0, 53, UInt8(pair.clientAddress.port >> 8), UInt8(pair.clientAddress.port & 255), 0,
                0, 0, 0,
            ]
            let header: [UInt8]
            if address.contains(":") {
                let loopback = [UInt8](repeating: 0, count: 15) + [1]
                header = [0x60, 0, 0, 0, 0, 0, 17, 64] + loopback + loopback
            } else {
                header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
            }
            return Forge.replacing(header + ports, payload: Array(payload.utf8))
        }
    }
}
