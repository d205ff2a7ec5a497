import Control
import Testing

extension KernelTests {
    /// Several effects and several faults: each acts on what the one before it left.
    @Suite("composition") struct CompositionTests {
        static let name = "many.example.test"
        static let query = Query(name)

        @Test("delays of two faults add up", arguments: Road.all)
        func delays(_ road: Road) async throws {
            try await Self.onStage { agent in
                let before = try #require(try await RawDNS.ask(Self.query, road))
                let first = try await agent.arm("{delay: 120ms}", names: Self.name)
                _ = try await agent.arm("{delay: 80ms}", names: "'*.example.test'")
                let clock = ContinuousClock()
                func took() async throws -> Duration {
                    let start = clock.now
                    #expect(try await RawDNS.ask(Self.query, road) == before)
                    return clock.now - start
                }
                let both = try await took()
                #expect(both >= .milliseconds(199))
                #expect(both < .milliseconds(290))
                _ = try await agent.client.lift(first.id)
                let one = try await took()
                #expect(one >= .milliseconds(79))
                #expect(one < .milliseconds(150))
            }
        }

        @Test("timeout ends it, wherever it stands", arguments: ["before", "after"])
        func timeout(_ place: String) async throws {
            try await Self.onStage { agent in
                let isFirst = place == "before"
                let timeout = "timeout"
                let ids = [
                    try await agent.arm(isFirst ? timeout : "empty", names: Self.name).id,
                    try await agent.arm(isFirst ? "empty" : timeout, names: Self.name).id,
                ]
                #expect(try await RawDNS.ask(Self.query, within: .milliseconds(300)) == nil)
                let counts = [
                    try await agent.counts(ids[0]), try await agent.counts(ids[1]),
                ]
                #expect(counts[0].fired == 1)
                // What comes after a timeout does not even see the answer.
                #expect(counts[1].seen == (isFirst ? 0 : 1))
                _ = try await agent.client.lift(isFirst ? ids[0] : ids[1])
                #expect(try await RawDNS.answer(Self.query)?.answers == [])
            }
        }

        @Test("empty after redirect is empty; redirect after empty is the redirection")
        func order() async throws {
            try await Self.onStage { agent in
                let empty = try await agent.arm("empty", names: Self.name, name: "e")
                _ = try await agent.arm("{redirect: 10.0.0.9}", names: Self.name, name: "r")
                let second = try #require(try await RawDNS.answer(Self.query))
                #expect(second.addresses == ["10.0.0.9"])
                #expect(second.authority == [])
                #expect(second.extendedError?.text == "brownout:r")
                _ = try await agent.client.lift(empty.id)
                _ = try await agent.arm("empty", names: Self.name, name: "e2")
                let third = try #require(try await RawDNS.answer(Self.query))
                #expect(third.answers == [])
                #expect(third.authority.map(\.type) == [RType.soa])
                #expect(third.extendedError?.text == "brownout:e2")
            }
        }

        @Test("effects of one fault, in their order", arguments: Road.all)
        func effects(_ road: Road) async throws {
            try await Self.onStage { agent in
                let clock = ContinuousClock()
                try await agent.armed(
                    "[{redirect: [10.0.0.9, 10.0.0.8]}, {ttl: 0s}, {delay: 60ms}]",
                    names: Self.name
                ) { fault in
                    #expect(fault.effects.count == 3)
                    let start = clock.now
                    let answer = try #require(try await RawDNS.answer(Self.query, road))
                    #expect(clock.now - start >= .milliseconds(59))
                    #expect(answer.data(RType.a) == ["10.0.0.9", "10.0.0.8"])
                    #expect(answer.answers.allSatisfy { $0.ttl == 0 })
                    #expect(try await agent.counts(fault.id).fired == 1)
                }
                try await agent.armed("[{partial: 3}, {ttl: 9s}]", names: Self.name) { _ in
                    let answer = try #require(try await RawDNS.answer(Self.query, road))
                    #expect(answer.addresses.count == 3)
                    #expect(answer.answers.allSatisfy { $0.ttl == 9 })
                }
            }
        }

        @Test("a dry run among others neither changes nor hides anything")
        func dryRunAmongOthers() async throws {
            try await Self.onStage { agent in
                let dry = try await agent.arm("timeout", names: Self.name, dryRun: true)
                let real = try await agent.arm("nxdomain", names: Self.name)
                let last = try await agent.arm("empty", names: Self.name, dryRun: true)
                #expect(try await RawDNS.answer(Self.query)?.code == RCode.nxDomain)
                for fault in [dry, real, last] {
                    let counts = try await agent.counts(fault.id)
                    #expect(counts.fired == 1, "\(fault.id)")
                }
            }
        }

        @Test("faults on different names do not touch each other; one lift lifts one")
        func apart() async throws {
            try await Self.onStage { agent in
                let names = ["many.example.test", "plain.example.test", "other.example.test"]
                let codes = ["servfail", "refused", "nxdomain"]
                var ids: [String] = []
                for (name, code) in zip(names, codes) {
                    ids.append(try await agent.arm(code, names: name).id)
                }
                func seen() async throws -> [UInt8?] {
                    var codes: [UInt8?] = []
                    for name in names {
                        codes.append(try await RawDNS.answer(Query(name))?.code)
                    }
                    return codes
                }
                #expect(try await seen() == [2, 5, 3])
                _ = try await agent.client.lift(ids[1])
                #expect(try await seen() == [2, 0, 3])
                #expect(try await agent.client.liftAll().map(\.id) == [ids[0], ids[2]])
                #expect(try await seen() == [0, 0, 0])
            }
        }

        private static func onStage(_ body: (AgentUnderTest) async throws -> Void) async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { try await body($0) }
            }
        }
    }
}
