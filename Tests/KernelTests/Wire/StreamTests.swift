import Control
import Testing

extension KernelTests {
    /// DNS over TCP: messages are rewritten wherever segments begin and end.
    @Suite("streams") struct StreamTests {
        static let two = [Records.a(192, 0, 2, 1), Records.a(192, 0, 2, 2)]

        /// An answer with two addresses and an OPT record, behind its length.
        @Sendable static func framed(_ asked: ScriptedUpstream.Asked) -> [UInt8] {
            RawDNS.framed(asked.answer(two, additional: [Records.opt()]))
        }

        @Test(
            "a message in pieces is rewritten, whatever their size",
            arguments: [40, 20, 10, 7, 3, 2, 1], ["127.0.0.1", "::1"])
        func pieces(_ size: Int, _ address: String) async throws {
            let road = Road(address: address, isTCP: true)
            try await ScriptedUpstream.serving(on: [address]) { asked in
                [.raw(Self.framed(asked), pieces: size)]
            } _: {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test")
                    let before = try #require(try await RawDNS.ask(query, road))
                    let other = Query("plain.example.test")
                    let untouched = try #require(try await RawDNS.ask(other, road))
                    try await agent.armed("empty", names: "many.example.test") { fault in
                        let after = try #require(
                            try await RawDNS.ask(query, road, within: .seconds(5)))
                        #expect(after.count == before.count)
                        #expect(try Message(after).answers == [])
                        #expect(try await agent.counts(fault.id).fired == 1)
                        // Pieces, and not one segment that the kernel made of them. After the
                        // initial window (RFC 6928) it may put the rest into one, as nothing is
                        // acknowledged while the agent waits.
                        let received = try await agent.counters().received
                        #expect(Int(received) >= min(10, before.count / size))
                        #expect(try await RawDNS.ask(other, road) == untouched)
                    }
                    #expect(try await RawDNS.ask(query, road) == before)
                }
            }
        }

        @Test("pipelined messages, some of them faulted", arguments: ["127.0.0.1", "::1"])
        func pipelined(_ address: String) async throws {
            let road = Road(address: address, isTCP: true)
            let names = ["many", "plain", "alias", "other", "plain", "many"]
            let queries = (0..<60).map {
                Query("\(names[$0 % 6]).example.test", id: UInt16($0)).bytes
            }
            let bytes = queries.flatMap { RawDNS.framed($0) }
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let before = try await RawDNS.stream([bytes], to: road, messages: 60)
                    #expect(before.messages.count == 60)
                    try await agent.armed("empty", names: "many.example.test") { fault in
                        let after = try await RawDNS.stream([bytes], to: road, messages: 60)
                        #expect(after.bytes.count == before.bytes.count)
                        for (old, new) in zip(before.messages, after.messages) {
                            let message = try Message(new)
                            if ["many.example.test", "alias.example.test"].contains(
                                message.question.name)
                            {
                                #expect(message.addresses == [])
                                #expect(new.count == old.count)
                            } else {
                                #expect(new == old)
                            }
                        }
                        #expect(try await agent.counts(fault.id).fired == 30)
                    }
                }
            }
        }

        /// Several messages in one segment, and messages across segments.
        @Test("many answers written at once, cut anywhere", arguments: [1000, 333, 101, 64])
        func cutAnywhere(_ size: Int) async throws {
            try await ScriptedUpstream.serving { asked in
                let names = ["many", "plain", "many"]
                let all = names.enumerated().flatMap { index, name in
                    let query = Query("\(name).example.test", id: UInt16(index))
                    return Self.framed(.init(bytes: query.bytes, isTCP: true))
                }
                return [.raw(all, pieces: size)]
            } _: {
                try await AgentUnderTest.serving { agent in
                    let query = RawDNS.framed(Query("many.example.test").bytes)
                    let before = try await RawDNS.stream([query], to: .tcp, messages: 3)
                    try await agent.armed("empty", names: "many.example.test") { _ in
                        let after = try await RawDNS.stream([query], to: .tcp, messages: 3)
                        #expect(after.bytes.count == before.bytes.count)
                        let counts = try after.messages.map { try Message($0).answers.count }
                        #expect(counts == [0, 2, 0])
                        #expect(after.messages[1] == before.messages[1])
                    }
                }
            }
        }

        /// The agent must not put its own bytes into one copy and the server's into another.
        @Test("a lost segment is sent again, and rewritten again", arguments: ["127.0.0.1", "::1"])
        func retransmission(_ address: String) async throws {
            let road = Road(address: address, isTCP: true)
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test")
                    let before = try #require(try await RawDNS.ask(query, road))
                    try await agent.armed("empty", names: "many.example.test") { _ in
                        let after = try await Self.losingOnce {
                            try #require(try await RawDNS.ask(query, road))
                        }
                        #expect(after.count == before.count)
                        #expect(try Message(after).answers == [])
                    }
                }
            }
        }

        @Test("a lost segment with 30 messages is sent again, and all are rewritten again")
        func retransmissionOfMany() async throws {
            try await ScriptedUpstream.serving { _ in
                let all = (0..<30).flatMap { index in
                    let query = Query("many.example.test", id: UInt16(index))
                    return Self.framed(.init(bytes: query.bytes, isTCP: true))
                }
                return [.raw(all)]
            } _: {
                try await AgentUnderTest.serving { agent in
                    let query = RawDNS.framed(Query("many.example.test").bytes)
                    let before = try await RawDNS.stream([query], to: .tcp, messages: 30)
                    try await agent.armed("empty", names: "many.example.test") { _ in
                        let after = try await Self.losingOnce {
                            try await RawDNS.stream([query], to: .tcp, messages: 30)
                        }
                        #expect(after.bytes.count == before.bytes.count)
                        let counts = try after.messages.map { try Message($0).answers.count }
                        #expect(counts == [Int](repeating: 0, count: 30))
                    }
                }
            }
        }

        /// Runs `body` while the first large segment is lost behind the agent's chains (mangle).
        private static func losingOnce<Value>(
            _ body: () async throws -> Value
        ) async throws -> Value {
            try await Program.check(
                "nft", "-f", "-",
                input: """
                    table inet loss {
                        chain input {
                            type filter hook input priority filter; policy accept;
                            tcp sport 53 meta length > 120 limit rate 1/minute burst 1 packets \
                    counter drop
                        }
                    }
                    """)
            let value = try await body()
            #expect(try await ruleset().contains("counter packets 1 "))
            try await Program.check("nft", "delete", "table", "inet", "loss")
            return value
        }

        /// More segments than the server's initial window: as it gets no acknowledgement while the
        /// agent waits, the message cannot become whole.
        @Test("a message above the initial window passes, late, counted; others are rewritten")
        func aboveTheWindow() async throws {
            let many = (0..<1900).map { Records.a(198, 18, UInt8($0 / 250), UInt8($0 % 250)) }
            try await Place.withMTU(1500) {
                try await ScriptedUpstream.serving(on: ["127.0.0.1"]) { asked in
                    [.message(asked.answer(asked.bytes[1] == 1 ? many : Self.two))]
                } _: {
                    try await AgentUnderTest.serving { agent in
                        let big = Query("many.example.test", id: 1)
                        let small = Query("many.example.test", id: 2)
                        let before = try #require(try await RawDNS.ask(big, .tcp))
                        #expect(before.count > 30_000)
                        try await agent.armed("empty", names: "many.example.test") { fault in
                            let after = try #require(
                                try await RawDNS.ask(big, .tcp, within: .seconds(8)))
                            if after == before {
                                let counters = try await agent.counters()
                                #expect(counters.unrewritable >= 1)
                            } else {
                                #expect(try Message(after).answers == [])
                                #expect(after.count == before.count)
                            }
                            #expect(try await RawDNS.answer(small, .tcp)?.answers == [])
                        }
                    }
                }
            }
        }

        @Test("a connection that was open before arming is followed too")
        func openBefore() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test").bytes
                    // The second question goes out 300 ms after the first; the fault comes between.
                    async let stream = RawDNS.stream(
                        [RawDNS.framed(query), RawDNS.framed(query)], to: .tcp, messages: 2,
                        apart: .milliseconds(300))
                    try await Task.sleep(for: .milliseconds(100))
                    let fault = try await agent.arm("empty", names: "many.example.test")
                    let messages = try await stream.messages.map { try Message($0) }
                    #expect(messages.map(\.addresses.count) == [6, 0])
                    #expect(messages[0].bytes.count == messages[1].bytes.count)
                    #expect(try await agent.counts(fault.id).fired == 1)
                }
            }
        }

        @Test("after a dropped message the connection is silent, and a new one is not needed later")
        func silenced() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let faulted = Query("many.example.test", id: 1)
                    let other = Query("plain.example.test", id: 2)
                    try await agent.armed("timeout", names: "many.example.test") { _ in
                        let order = [other, faulted, other].map { RawDNS.framed($0.bytes) }
                        let stream = try await RawDNS.stream(
                            order, to: .tcp, messages: 3, within: .milliseconds(600))
                        #expect(stream.messages.count == 1)
                        #expect(try await RawDNS.ask(other, .tcp) == stream.messages.first)
                    }
                    #expect(try await RawDNS.ask(faulted, .tcp) != nil)
                }
            }
        }
    }
}
