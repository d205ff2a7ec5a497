import Control
import Foundation
import Testing

extension KernelTests {
    /// However the agent ends or hangs, the host is as it was.
    @Suite("death of the agent") struct DeathTests {
        static let query = Query("plain.example.test")

        @Test("kill -9: no table is left, and the next answer is real", arguments: Road.all)
        func killed(_ road: Road) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query, road))
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("empty", names: "plain.example.test")
                    let empty = try #require(try await RawDNS.answer(Self.query, road))
                    #expect(empty.answers.isEmpty)
                    #expect(try await ruleset().contains("table inet brownout"))
                    agent.program.send(SIGKILL)
                    let ended = try #require(try await agent.program.exit())
                    #expect(ended.status == 128 + SIGKILL)
                    #expect(try await RawDNS.ask(Self.query, road) == before)
                    #expect(try await ruleset() == "")
                }
            }
        }

        @Test("SIGTERM, SIGINT: everything is lifted, exit 0", arguments: [SIGTERM, SIGINT])
        func ended(_ signal: Int32) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("timeout", names: "plain.example.test")
                    #expect(
                        try await RawDNS.ask(Self.query, within: .milliseconds(200)) == nil)
                    agent.program.send(signal)
                    let ended = try #require(try await agent.program.exit())
                    #expect(ended.status == 0)
                    #expect(try await RawDNS.ask(Self.query) == before)
                    #expect(try await ruleset() == "")
                    #expect(!FileManager.default.fileExists(atPath: agent.client.socket))
                    let kinds = try agent.events().map(\.event)
                    #expect(kinds.first == .start)
                    #expect(kinds.contains(.lift))
                    #expect(kinds.last == .stop)
                }
            }
        }

        /// The kernel stops queueing by itself, as the agent's heartbeat is missing.
        @Test("kill -STOP: real answers within 3.5 s; kill -CONT: the fault again")
        func stopped() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    let fault = try await agent.arm("empty", names: "plain.example.test")
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    let clock = ContinuousClock()
                    let stop = clock.now
                    agent.program.send(SIGSTOP)
                    let isReal = try await eventually(within: .seconds(5), every: .zero) {
                        try await RawDNS.ask(Self.query, within: .milliseconds(100)) == before
                    }
                    #expect(isReal)
                    #expect(clock.now - stop < .milliseconds(3500))
                    let isRealOverTCP = try await RawDNS.ask(Self.query, .tcp) != nil
                    #expect(isRealOverTCP)

                    agent.program.send(SIGCONT)
                    let isBack = try await eventually(within: .seconds(3)) {
                        try await RawDNS.answer(Self.query)?.answers == []
                    }
                    #expect(isBack)
                    #expect(try await agent.client.health().healthy)
                    _ = try await agent.client.lift(fault.id)
                    #expect(try await RawDNS.ask(Self.query) == before)
                }
            }
        }

        @Test("kill -STOP: an answer that is held comes within 3.5 s")
        func stoppedWhileHolding() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    let fault = try await agent.arm("{delay: 50s}", names: "plain.example.test")
                    let clock = ContinuousClock()
                    async let answer = RawDNS.ask(Self.query, within: .seconds(8))
                    let isHeld = try await eventually {
                        try await agent.counters().held == 1
                    }
                    #expect(isHeld)
                    let stop = clock.now
                    agent.program.send(SIGSTOP)
                    #expect(try await answer == before)
                    #expect(clock.now - stop < .milliseconds(3500))
                    agent.program.send(SIGCONT)
                    #expect(try await agent.client.health().healthy)
                    // What was let go is not held any more, and the fault goes on.
                    _ = try await agent.client.lift(fault.id)
                    #expect(try await RawDNS.ask(Self.query) == before)
                }
            }
        }

        @Test(
            "the guard ends with its agent, and an agent does without it", arguments: [true, false])
        func guardEnds(agentFirst: Bool) async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let guards = Children.of(agent.program.pid)
                    #expect(guards.count == 1)
                    if !agentFirst {
                        for pid in guards { kill(pid, SIGKILL) }
                        _ = try await agent.arm("empty", names: "plain.example.test")
                        #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    }
                    agent.program.send(SIGKILL)
                    let areGone = try await eventually(within: .seconds(1)) {
                        !guards.contains(where: Children.isRunning)
                    }
                    #expect(areGone)
                }
            }
        }

        /// The fault's own end is a timeout in the kernel: it comes before the heartbeat is missed.
        @Test("a fault of 1 s ends though the agent is stopped")
        func stoppedBeforeTheEnd() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    let clock = ContinuousClock()
                    _ = try await agent.arm(
                        "empty", names: "plain.example.test", for: .seconds(1))
                    let armed = clock.now
                    agent.program.send(SIGSTOP)
                    let isReal = try await eventually(within: .seconds(5), every: .zero) {
                        try await RawDNS.ask(Self.query, within: .milliseconds(100)) == before
                    }
                    #expect(isReal)
                    #expect(clock.now - armed > .milliseconds(900))
                    #expect(clock.now - armed < .milliseconds(1700))
                    agent.program.send(SIGCONT)
                    let isOver = try await eventually {
                        try await agent.client.faults().isEmpty
                    }
                    #expect(isOver)
                }
            }
        }
    }
}
