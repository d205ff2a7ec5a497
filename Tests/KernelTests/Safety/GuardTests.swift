import Control
import Foundation
import Testing

extension KernelTests {
    /// The process beside the agent that lets go what a stopped agent holds.
    @Suite("the agent's guard") struct GuardTests {
        private static let query = Query("plain.example.test")

        @Test(
            "where the kernel does not close in one call, it has only what it needs, and keeps watch",
            arguments: [[], [.closeRange], [.closeRange, .listFolder]] as [[Refusing.Call]])
        func refused(_ calls: [Refusing.Call]) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                let wrapper = calls.isEmpty ? [] : Refusing.wrapper(calls)
                try await AgentUnderTest.serving(wrapper: wrapper) { agent in
                    let guards = Children.of(agent.program.pid)
                    let pid = try #require(guards.first)
                    #expect(guards.count == 1)
                    // Its end of the pair, and the sockets of the queues: not that of the table.
                    let open = try FileManager.default.contentsOfDirectory(
                        atPath: "/proc/\(pid)/fd")
                    #expect(open.count == 3, "\(open)")
                    #expect(try await agent.client.status().unguarded == nil)

                    _ = try await agent.arm("{delay: 50s}", names: "plain.example.test")
                    async let answer = RawDNS.ask(Self.query, within: .seconds(8))
                    #expect(try await eventually { try await agent.counters().held == 1 })
                    agent.program.send(SIGSTOP)
                    #expect(try await answer == before)
                    agent.program.send(SIGKILL)
                    #expect(try await eventually { try await ruleset() == "" })
                    #expect(try await eventually { !Children.isRunning(pid) })
                }
            }
        }

        @Test(
            "one that cannot be started: said in status, health, doctor and journal; all else works"
        )
        func absent() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving(wrapper: Refusing.wrapper([.changeFolder])) {
                    agent in
                    try await Self.expectUnguarded(agent)
                }
            }
        }

        @Test("one that ends is noticed within two heartbeats, and nobody is left to be waited for")
        func ended() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let pid = try #require(Children.of(agent.program.pid).first)
                    _ = try await agent.arm("{ttl: 9s}", names: "other.example.test")
                    #expect(try await agent.client.health() == Health(healthy: true))
                    kill(pid, SIGKILL)
                    let isTold = try await eventually(within: .seconds(2)) {
                        try agent.events().contains { $0.event == .error }
                    }
                    #expect(isTold)
                    let isGone = try await eventually {
                        // As a status is asked for, it is reaped.
                        _ = try await agent.client.status()
                        return Children.of(agent.program.pid).isEmpty
                    }
                    #expect(isGone)
                    try await Self.expectUnguarded(agent)
                }
            }
        }

        private static func expectUnguarded(_ agent: AgentUnderTest) async throws {
            let problem = try #require(try await agent.client.status().unguarded)
            #expect(problem.hasPrefix("the guard could not be started, or has ended: "))
            #expect(try await agent.client.health() == Health(healthy: true, problem: problem))
            #expect(try await agent.brownout(["status"]).output.contains(problem))
            #expect(try agent.events().filter { $0.event == .error }.map(\.why) == [problem])
            let doctor = try await agent.brownout(["doctor"])
            #expect(doctor.output.contains(problem.prefix(40)), "\(doctor)")
            let fault = try await agent.arm("empty", names: "plain.example.test")
            #expect(try await RawDNS.answer(query)?.answers == [])
            _ = try await agent.client.lift(fault.id)
            #expect(try await RawDNS.answer(query)?.answers != [])
            #expect(try agent.events().count { $0.event == .error } == 1)
        }
    }
}
