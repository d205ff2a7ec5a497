import Control
import Foundation
import Testing

extension KernelTests {
    /// Shares of answers, and the seed that decides which.
    @Suite("chance") struct ChanceTests {
        static let count = 1500

        /// Which of many questions were answered with SERVFAIL, in order.
        static func fired(_ agent: AgentUnderTest, _ more: [String]) async throws -> [Bool] {
            // One after the other: the order of the answers is the order of the dice.
            let queries = (0..<count).map { Query("many.example.test", id: UInt16($0)).bytes }
            return try await agent.armed("servfail", names: "many.example.test", more) { _ in
                let replies = try await RawDNS.datagrams(
                    queries, to: .udp, window: 1, within: .seconds(10))
                #expect(replies.count == count)
                return try replies.map { try Message($0.bytes).code == RCode.servFail }
            }
        }

        @Test("the share is within its binomial bounds", arguments: [(30, 3), (50, 5), (70, 7)])
        func share(_ percent: Int, _ seed: Int) async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let fired = try await Self.fired(
                        agent, ["probability: \(percent)%", "seed: \(seed)"])
                    let share = Double(percent) / 100
                    let (mean, sigma) = (
                        Double(Self.count) * share,
                        (Double(Self.count) * share * (1 - share)).squareRoot()
                    )
                    let hits = Double(fired.count { $0 })
                    // 4 sigma: 1 in 16,000; and the same each time, as the seed is fixed.
                    #expect(abs(hits - mean) < 4 * sigma, "seed \(seed): \(hits) of \(mean)")
                    // Not in blocks: neighbours differ as often as independent draws do.
                    let changes = Double(zip(fired, fired.dropFirst()).count { $0 != $1 })
                    let expected = Double(Self.count - 1) * 2 * share * (1 - share)
                    #expect(abs(changes - expected) < expected / 5, "seed \(seed): \(changes)")
                }
            }
        }

        @Test("the same seed, the same answers; another seed, others")
        func repeatability() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let first = try await Self.fired(agent, ["probability: 50%", "seed: 11"])
                    let second = try await Self.fired(agent, ["probability: 50%", "seed: 11"])
                    let other = try await Self.fired(agent, ["probability: 50%", "seed: 12"])
                    #expect(first == second)
                    #expect(first != other)
                }
            }
        }

        @Test("without a seed one is drawn, shown, and it repeats the run")
        func drawnSeed() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let query = Query("many.example.test").bytes
                    func run(_ more: [String]) async throws -> ([Bool], UInt64) {
                        try await agent.armed(
                            "servfail", names: "many.example.test",
                            ["probability: 50%"] + more
                        ) { fault in
                            var hits: [Bool] = []
                            for _ in 0..<64 {
                                let bytes = try #require(try await RawDNS.ask(query))
                                hits.append(try Message(bytes).code == RCode.servFail)
                            }
                            return (hits, fault.seed)
                        }
                    }
                    let (drawn, seed) = try await run([])
                    #expect(try await run(["seed: \(seed)"]).0 == drawn, "seed \(seed)")
                    let (another, anotherSeed) = try await run([])
                    #expect(seed != anotherSeed)
                    #expect(another != drawn, "seeds \(seed), \(anotherSeed)")
                }
            }
        }

        @Test("probability over one TCP connection: some messages, each whole")
        func overTCP() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let queries = (0..<200).map { Query("many.example.test", id: $0) }
                    let before = try await RawDNS.stream(
                        [queries.flatMap { RawDNS.framed($0.bytes) }], to: .tcp, messages: 200
                    ).messages
                    #expect(before.count == 200)
                    let after = try await agent.armed(
                        "servfail", names: "many.example.test",
                        ["probability: 50%", "seed: 13"]
                    ) { _ in
                        try await RawDNS.stream(
                            [queries.flatMap { RawDNS.framed($0.bytes) }], to: .tcp,
                            messages: 200
                        ).messages
                    }
                    #expect(after.count == 200)
                    var hits = 0
                    for (old, new) in zip(before, after) where old != new {
                        hits += 1
                        #expect(try Message(new).code == RCode.servFail)
                        #expect(new.count == old.count)
                        #expect(new.prefix(2) == old.prefix(2))
                    }
                    #expect((60...140).contains(hits), "seed 13: \(hits) of 200")
                }
            }
        }
    }
}
