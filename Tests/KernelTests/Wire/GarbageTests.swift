import Control
import Foundation
import Testing

extension KernelTests {
    /// Whatever comes from port 53: the agent lives, the bytes arrive as they were, and it counts.
    @Suite("garbage") struct GarbageTests {
        static let names = "'*.example.test'"

        @Test("no sound answer over UDP: the same bytes, counted")
        func datagrams() async throws {
            try await Self.onStage { agent in
                for address in ["127.0.0.1", "::1"] {
                    let road = Road(address: address, isTCP: false)
                    for (index, garbage) in Garbage.cases.enumerated() {
                        let query = Query("many.example.test", id: UInt16(index))
                        let sent = garbage.bytes(.init(bytes: query.bytes, isTCP: false))
                        let before = try await agent.counters()
                        let came = try await RawDNS.ask(query, road)
                        #expect(came == sent, "\(garbage.id)")
                        let after = try await agent.counters()
                        #expect(after.accepted > before.accepted, "\(garbage.id)")
                        #expect(after.rewritten == before.rewritten, "\(garbage.id)")
                        let isCounted = after.unparsed == before.unparsed + 1
                        // Sound, and yet no answer to one question: no fault's business.
                        let isOther = ["no question counted", "two questions counted"].contains(
                            garbage.id)
                        #expect(isCounted || isOther, "\(garbage.id)")
                    }
                }
            }
        }

        @Test("no sound answer over TCP: the same bytes", arguments: ["127.0.0.1", "::1"])
        func messages(_ address: String) async throws {
            let road = Road(address: address, isTCP: true)
            try await Self.onStage { agent in
                let before = try await agent.counters().unparsed
                for (index, garbage) in Garbage.cases.enumerated() {
                    let query = Query("many.example.test", id: UInt16(index))
                    let sent = garbage.bytes(.init(bytes: query.bytes, isTCP: true))
                    #expect(try await RawDNS.ask(query, road) == sent, "\(garbage.id)")
                }
                let counted = try await agent.counters().unparsed - before
                #expect(Int(counted) >= Garbage.cases.count - 2)
            }
        }

        /// Lengths that lie, and bytes that are no messages: what waits must not wait for ever.
        @Test("wrong lengths over TCP: the same bytes in the end")
        func wrongLengths() async throws {
            let answer = Garbage.sound(
                .init(bytes: Query("many.example.test").bytes, isTCP: true))
            let huge = Garbage.noise(65_535, seed: 3)
            let streams: [(id: String, bytes: [UInt8], pieces: Int)] = [
                ("64 KiB of noise", RawDNS.framed(huge), .max),
                ("64 KiB of noise in segments of 1,000", RawDNS.framed(huge), 1000),
                ("a length of 65,535, a short message, the end", [0xFF, 0xFF] + answer, .max),
                ("one octet of length", [0], .max),
                ("a length of 0, then a message", [0, 0] + RawDNS.framed(answer), .max),
                ("twenty lengths of 0", [UInt8](repeating: 0, count: 40), 1),
                ("a length one too low", UInt16(answer.count - 1).octets + answer, .max),
                ("a length one too high", UInt16(answer.count + 1).octets + answer, .max),
                ("a length of 3", [0, 3] + answer, .max),
                ("noise in segments of 1", RawDNS.framed(Garbage.noise(90, seed: 9)), 1),
                ("no DNS at all", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), 1),
            ]
            try await ScriptedUpstream.serving { asked in
                let stream = streams[Int(asked.bytes[1])]
                return [.raw(stream.bytes, pieces: stream.pieces), .close]
            } _: {
                try await AgentUnderTest.serving { agent in
                    // All at once: each may wait for the agent's patience.
                    try await agent.armed("refused", names: Self.names) { _ in
                        try await withThrowingTaskGroup(of: (Int, RawDNS.Stream).self) { group in
                            for index in streams.indices {
                                group.addTask {
                                    let query = Query("many.example.test", id: UInt16(index))
                                    return (
                                        index,
                                        try await RawDNS.stream(
                                            [RawDNS.framed(query.bytes)], to: .tcp,
                                            messages: nil, within: .seconds(10))
                                    )
                                }
                            }
                            for try await (index, came) in group {
                                let stream = streams[index]
                                #expect(came.closed, "\(stream.id)")
                                #expect(came.bytes.count == stream.bytes.count, "\(stream.id)")
                                if stream.id.hasPrefix("a length of 0") {
                                    // The message behind it is sound, and refused.
                                    let last = Array(came.bytes.dropFirst(4))
                                    #expect(try Message(last).code == RCode.refused)
                                } else {
                                    #expect(came.bytes == stream.bytes, "\(stream.id)")
                                }
                            }
                        }
                    }
                    let counters = try await agent.counters()
                    #expect(counters.held == 0)
                    #expect(counters.errors == 0)
                    #expect(try await agent.client.health().healthy)
                }
            }
        }

        @Test("a sound message of 64 KiB is rewritten, and another is not")
        func largeMessages() async throws {
            // 4,090 addresses of 16 octets.
            let many = (0..<4090).map { Records.a(198, 18, UInt8($0 / 250), UInt8($0 % 250)) }
            try await ScriptedUpstream.serving(on: ["127.0.0.1", "::1"]) { asked in
                [.message(asked.answer(many))]
            } _: {
                try await AgentUnderTest.serving { agent in
                    for road in Road.all where road.isTCP {
                        let hit = Query("many.example.test")
                        let missed = Query("plain.example.test")
                        let before = try #require(try await RawDNS.ask(hit, road))
                        let untouched = try #require(try await RawDNS.ask(missed, road))
                        #expect(before.count > 65_400)
                        try await agent.armed("empty", names: "many.example.test") { _ in
                            let after = try #require(try await RawDNS.ask(hit, road))
                            #expect(after.count == before.count)
                            let message = try Message(after)
                            #expect(message.answers == [])
                            #expect(message.authority.map(\.type) == [RType.soa])
                            #expect(try await RawDNS.ask(missed, road) == untouched)
                        }
                    }
                }
            }
        }

        /// Larger than the MTU. IPv4 is put together before the input hook, IPv6 after it
        /// (`ip6_input` comes before the fragment header's handler): its fragments pass, counted.
        @Test("fragmented answers: rewritten (IPv4), passed and counted (IPv6)")
        func fragments() async throws {
            let many = (0..<250).map { Records.a(198, 18, 0, UInt8($0)) }
            try await Place.withMTU(1400) {
                try await ScriptedUpstream.serving(on: ["127.0.0.1", "::1"]) { asked in
                    [.message(asked.answer(many))]
                } _: {
                    try await AgentUnderTest.serving { agent in
                        for road in Road.all where !road.isTCP {
                            let hit = Query("many.example.test")
                            let missed = Query("plain.example.test")
                            let before = try #require(try await RawDNS.answer(hit, road))
                            let untouched = try #require(try await RawDNS.ask(missed, road))
                            #expect(before.bytes.count > 4000)
                            for (effect, left) in [("empty", 0), ("{partial: 200}", 200)] {
                                let counted = try await agent.counters().unparsed
                                try await agent.armed(effect, names: "many.example.test") { _ in
                                    let after = try await RawDNS.answer(hit, road)
                                    if road.isV6, after?.answers.count != left {
                                        #expect(after == before)
                                        #expect(try await agent.counters().unparsed > counted)
                                    } else {
                                        #expect(after?.answers.count == left)
                                    }
                                    #expect(try await RawDNS.ask(missed, road) == untouched)
                                }
                            }
                        }
                    }
                }
            }
        }

        /// Packets that no socket sends: made by hand, and seen by a raw socket behind the hook.
        @Test("malformed packets: the same bytes behind the agent's hook")
        func malformedPackets() async throws {
            try await Place.prepare()
            try await AgentUnderTest.serving { agent in
                try await agent.armed("empty", names: Self.names) { _ in
                    let results: [RawPackets.Result] = try await Python.run(
                        RawPackets.script, RawPackets.cases)
                    #expect(results.count == RawPackets.cases.count)
                    for result in results {
                        #expect(result.same == true, "\(result.id): \(result.came)")
                    }
                    #expect(try await agent.client.health().healthy)
                    let counters = try await agent.counters()
                    #expect(counters.rewritten == 0)
                    #expect(counters.received > 0)
                }
            }
        }

        private static func onStage(_ body: (AgentUnderTest) async throws -> Void) async throws {
            try await ScriptedUpstream.serving(on: ["127.0.0.1", "::1"]) { asked in
                [.message(Garbage.cases[Int(asked.bytes[1])].bytes(asked))]
            } _: {
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("empty", names: names)
                    try await body(agent)
                    #expect(agent.program.isRunning)
                    #expect(try await agent.client.health().healthy)
                    let counters = try await agent.counters()
                    #expect(counters.errors == 0)
                }
            }
        }
    }
}
