import Control
import Testing

extension KernelTests {
    /// Answers as no real server of these tests gives them: every flag, referrals, signatures.
    @Suite("scripted answers") struct ScriptedTests {
        static let addresses = ["127.0.0.1", "::1"]
        static let rewriting = [
            "empty", "nxdomain", "servfail", "refused", "{rcode: 9}", "{partial: 1}",
            "{redirect: 10.0.0.9}", "{stale: 10.0.0.8}", "{ttl: 7s}", "truncate",
        ]
        static let two = [Records.a(192, 0, 2, 1), Records.a(192, 0, 2, 2)]

        /// RFC 4035 section 3.2.3: AD says that the records were validated; ours were not.
        @Test("RD, RA, CD and opcode survive, AD does not", arguments: rewriting)
        func flags(_ effect: String) async throws {
            // QR and NOERROR, with each of AA, RD, RA, AD, CD alone, all and none.
            let flags: [UInt16] = [
                0x8000, 0x8400, 0x8100, 0x8080, 0x8020, 0x8010, 0x85B0, 0x81B0,
            ]
            try await ScriptedUpstream.serving(on: Self.addresses) { asked in
                let index = Int(asked.bytes[1])
                return [
                    .message(
                        asked.answer(
                            flags: flags[index], Self.two, additional: [Records.opt()]))
                ]
            } _: {
                try await AgentUnderTest.serving { agent in
                    try await agent.armed(effect, names: "many.example.test") { _ in
                        for (index, flags) in flags.enumerated() {
                            for road in Road.all {
                                if effect == "truncate", road.isTCP { continue }
                                let query = Query("many.example.test", id: UInt16(index))
                                let answer = try #require(
                                    try await RawDNS.answer(query, road))
                                let what: Comment = "\(flags), \(road.testDescription)"
                                #expect(answer.isResponse, what)
                                #expect(answer.id == UInt16(index), what)
                                #expect(answer.bytes[2] & 0x78 == 0, what)
                                #expect(answer.recursionDesired == (flags & 0x100 != 0), what)
                                #expect(answer.recursionAvailable == (flags & 0x80 != 0), what)
                                #expect(answer.checkingDisabled == (flags & 0x10 != 0), what)
                                #expect(!answer.authenticData, what)
                                #expect(answer.truncated == (effect == "truncate"), what)
                            }
                        }
                    }
                }
            }
        }

        @Test("the OPT record survives with its size, DO, version and other options")
        func options() async throws {
            let cookie = [UInt8](1...24)
            let nsid = Array("server one".utf8)
            try await ScriptedUpstream.serving(on: Self.addresses) { asked in
                let opt = Records.opt(size: 4096, flags: 0x8000, [(10, cookie), (3, nsid)])
                // In front of another record, as some servers have it.
                return [.message(asked.answer(Self.two, additional: [opt, Records.a(9, 9, 9, 9)]))]
            } _: {
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("empty", names: "many.example.test") { _ in
                        for road in Road.all {
                            let query = Query("many.example.test")
                            let answer = try #require(try await RawDNS.answer(query, road))
                            #expect(answer.answers == [])
                            #expect(answer.opt?.rrClass == 4096)
                            #expect(answer.opt?.ttl == 0x8000)
                            #expect(answer.options.first { $0.code == 10 }?.data == cookie)
                            #expect(answer.options.first { $0.code == 3 }?.data == nsid)
                            #expect(answer.additional == [])
                        }
                    }
                }
            }
        }

        @Test("an extended error of the server's own gives way to ours, and stays without ours")
        func extendedError() async throws {
            try await ScriptedUpstream.serving { asked in
                let opt = Records.opt([(15, [0, 3] + Array("stale, really".utf8))])
                return [.message(asked.answer(Self.two, additional: [opt]))]
            } _: {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test")
                    try await agent.armed("empty", names: "many.example.test") { _ in
                        let answer = try #require(try await RawDNS.answer(query))
                        let ours = answer.options.filter { $0.code == 15 }.map(\.data)
                        #expect(ours.contains([0, 4] + Array("brownout:drill".utf8)))
                    }
                }
            }
        }

        /// A referral is what resolvers live on: to empty it would break another thing than meant.
        @Test("a referral passes untouched; timeout and delay act on it", arguments: Road.all)
        func referral(_ road: Road) async throws {
            try await ScriptedUpstream.serving(on: Self.addresses) { asked in
                let ns = Records.record(
                    wire(name: "example.test"), RType.ns, wire(name: "ns.example.test"))
                let glue = Records.a(192, 0, 2, 53, owner: wire(name: "ns.example.test"))
                return [
                    .message(
                        asked.answer(
                            flags: 0x8000, [], authority: [ns],
                            additional: [glue, Records.opt()]))
                ]
            } _: {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test")
                    let before = try #require(try await RawDNS.ask(query, road))
                    for effect in Self.rewriting {
                        try await agent.armed(effect, names: "many.example.test") { fault in
                            let after = try await RawDNS.ask(query, road)
                            #expect(after == before, "\(effect)")
                            #expect(try await agent.counts(fault.id).fired == 0)
                        }
                    }
                    try await Self.expectHeldAndDropped(agent, query, road, before)
                }
            }
        }

        /// RFC 8945: a rewritten message would not verify, and the client would blame the key.
        @Test("a signed answer passes untouched; timeout and delay act on it", arguments: Road.all)
        func signed(_ road: Road) async throws {
            try await ScriptedUpstream.serving(on: Self.addresses) { asked in
                [
                    .message(
                        asked.answer(Self.two, additional: [Records.opt(), Records.tsig]))
                ]
            } _: {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test")
                    let before = try #require(try await RawDNS.ask(query, road))
                    for effect in Self.rewriting {
                        try await agent.armed(effect, names: "many.example.test") { fault in
                            let after = try await RawDNS.ask(query, road)
                            #expect(after == before, "\(effect)")
                            #expect(try await agent.counts(fault.id).fired == 0)
                        }
                    }
                    try await Self.expectHeldAndDropped(agent, query, road, before)
                }
            }
        }

        private static func expectHeldAndDropped(
            _ agent: AgentUnderTest, _ query: Query, _ road: Road, _ before: [UInt8]
        ) async throws {
            try await agent.armed("timeout", names: "many.example.test") { _ in
                let answer = try await RawDNS.ask(query, road, within: .milliseconds(250))
                #expect(answer == nil)
            }
            try await agent.armed("{delay: 80ms}", names: "many.example.test") { _ in
                let clock = ContinuousClock()
                let start = clock.now
                let answer = try await RawDNS.ask(query, road)
                #expect(answer == before)
                #expect(clock.now - start >= .milliseconds(79))
            }
            #expect(try await RawDNS.ask(query, road) == before)
        }

        @Test("questions, notifications and updates from port 53 are no answers")
        func noAnswers() async throws {
            // QR clear; NOTIFY (4), UPDATE (5) and STATUS (2) responses.
            let flags: [UInt16] = [0x0100, 0xA000, 0xA800, 0x9000]
            try await ScriptedUpstream.serving(on: Self.addresses) { asked in
                [.message(asked.answer(flags: flags[Int(asked.bytes[1])], Self.two))]
            } _: {
                try await AgentUnderTest.serving { agent in
                    for road in Road.all {
                        for index in flags.indices {
                            let query = Query("many.example.test", id: UInt16(index))
                            let before = try #require(try await RawDNS.ask(query, road))
                            try await agent.armed("empty", names: "many.example.test") { _ in
                                let answer = try await RawDNS.ask(query, road)
                                #expect(answer == before)
                            }
                        }
                    }
                }
            }
        }

        @Test("an answer without room: empty is still empty over TCP, as long as before")
        func noRoom() async throws {
            try await ScriptedUpstream.serving(on: Self.addresses) { asked in
                switch asked.bytes[1] {
                // A single address; an alias alone; nothing at all; with and without EDNS.
                case 0: [.message(asked.answer([Records.a(192, 0, 2, 1)]))]
                case 1:
                    [
                        .message(
                            asked.answer(
                                [Records.a(192, 0, 2, 1)], additional: [Records.opt()]))
                    ]
                case 2:
                    [
                        .message(
                            asked.answer([
                                Records.record(
                                    RType.cname, wire(name: "many.example.test"))
                            ]))
                    ]
                case 3: [.message(asked.answer())]
                default: [.message(asked.answer(flags: 0x8183, [], additional: [Records.opt()]))]
                }
            } _: {
                try await AgentUnderTest.serving { agent in
                    for effect in ["empty", "nxdomain", "servfail"] {
                        try await agent.armed(effect, names: "alias.example.test") { _ in
                            for index in 0..<5 {
                                let query = Query("alias.example.test", id: UInt16(index))
                                let answer = try #require(
                                    try await RawDNS.answer(query, .tcp),
                                    "\(effect) \(index)")
                                #expect(answer.addresses == [])
                                let codes = ["empty": 0, "nxdomain": 3, "servfail": 2]
                                #expect(
                                    Int(answer.code) == codes[effect], "\(effect) \(index)")
                            }
                        }
                    }
                }
            }
        }
    }
}
