import Control
import Foundation
import Testing

extension KernelTests {
    /// However a fault on connections ends, the next connection is made.
    @Suite("connections: safety") struct ConnectionSafetyTests {
        static let meant = Reach.Attempt(host: "\(Reach.v4).7", patience: 0.3)
        static let lines = ["hosts: '\(Reach.v4).7:8080'"]

        /// How long until a connection is made; nil if none is in 6 s.
        static func untilReached(since start: ContinuousClock.Instant) async throws -> Duration? {
            let reached = try await eventually(within: .seconds(6), every: .zero) {
                try await Reach.attempt(meant).what == "ok"
            }
            return reached ? ContinuousClock.now - start : nil
        }

        @Test("kill -9 of the agent: nothing is left", arguments: ["blackhole", "{latency: 5s}"])
        func killed(_ net: String) async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken(net, Self.lines) { _ in
                        #expect(try await Reach.attempt(Self.meant).what == "timeout")
                        agent.program.send(SIGKILL)
                        _ = try #require(try await agent.program.exit())
                        #expect(try await Reach.attempt(Self.meant).what == "ok")
                        #expect(try await ruleset() == "")
                    }
                }
            }
        }

        @Test(
            "kill -STOP: connections within 3.5 s; kill -CONT: the fault again",
            arguments: ["blackhole", "{latency: 5s}"])
        func stopped(_ net: String) async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken(net, Self.lines) { _ in
                        #expect(try await Reach.attempt(Self.meant).what == "timeout")
                        let stop = ContinuousClock.now
                        agent.program.send(SIGSTOP)
                        let time = try #require(try await Self.untilReached(since: stop))
                        // The last attempt began up to 0.3 s and a process' start before.
                        #expect(time < .milliseconds(3_900))
                        agent.program.send(SIGCONT)
                        let isBack = try await eventually(within: .seconds(3)) {
                            try await Reach.attempt(Self.meant).what == "timeout"
                        }
                        #expect(isBack)
                    }
                    #expect(try await Reach.attempt(Self.meant).what == "ok")
                }
            }
        }

        @Test("a fault of 1 s ends though the agent is stopped; a lease ends; halt ends")
        func ends() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken("blackhole", Self.lines, for: .seconds(1)) { _ in
                        let armed = ContinuousClock.now
                        agent.program.send(SIGSTOP)
                        #expect(try await Reach.attempt(Self.meant).what == "timeout")
                        let time = try #require(try await Self.untilReached(since: armed))
                        #expect(time < .milliseconds(2_000))
                        agent.program.send(SIGCONT)
                    }
                    try await agent.broken("blackhole", Self.lines, lease: .seconds(1)) { _ in
                        let armed = ContinuousClock.now
                        #expect(try await Reach.attempt(Self.meant).what == "timeout")
                        let time = try #require(try await Self.untilReached(since: armed))
                        #expect(time > .milliseconds(900))
                        #expect(time < .milliseconds(2_500))
                    }
                    try await agent.broken("blackhole", Self.lines) { _ in
                        #expect(try await Reach.attempt(Self.meant).what == "timeout")
                        _ = try await agent.client.halt()
                        #expect(try await Reach.attempt(Self.meant).what == "ok")
                        _ = try await agent.client.resume()
                    }
                    // Nothing of it but the empty chains.
                    let rules = try await ruleset()
                    #expect(!rules.contains("net1") && !rules.contains("counter"), "\(rules)")
                }
            }
        }

        @Test("phases: off, on and off again, in the kernel")
        func flap() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let more = Self.lines + ["after: 600ms", "flap: {on: 1s, off: 1s}"]
                    try await agent.broken("reset", more) { _ in
                        let start = ContinuousClock.now
                        var seen: [(at: Double, refused: Bool)] = []
                        while ContinuousClock.now - start < .milliseconds(4_500) {
                            let before = ContinuousClock.now - start
                            let what = try await Reach.attempt(Self.meant).what
                            let after = ContinuousClock.now - start
                            // Only those that lie within one phase, with a margin.
                            for edge in [0, 0.6, 1.6, 2.6, 3.6] {
                                let end = edge + (edge == 0 ? 0.6 : 1)
                                if before.seconds > edge + 0.15, after.seconds < end - 0.1 {
                                    seen.append((edge, what == "refused"))
                                }
                            }
                        }
                        for (edge, refused) in [
                            (0, false), (0.6, true), (1.6, false), (2.6, true), (3.6, false),
                        ] {
                            let here = seen.filter { $0.at == edge }.map(\.refused)
                            #expect(!here.isEmpty && here.allSatisfy { $0 == refused }, "\(edge)")
                        }
                    }
                }
            }
        }

        @Test("a fault that would cut the connection that it is armed from is refused")
        func lockOut() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let here = "192.0.2.53 2222"
                    let rows: [(words: [String], session: String, armed: Bool)] = [
                        (["\(Reach.v4).0/24"], "\(Reach.v4).7 50000 \(here)", false),
                        (["\(Reach.v4).0/24"], "10.0.0.7 50000 \(here)", true),
                        (["\(Reach.v4).7:443"], "\(Reach.v4).7 50000 \(here)", true),
                        // sshd at its own port is never hit.
                        (["\(Reach.v4).0/24"], "\(Reach.v4).7 50000 192.0.2.53 22", true),
                        (
                            ["--direction", "inbound", "--ports", "2222"],
                            "10.0.0.7 50000 \(here)", false
                        ),
                        (
                            ["--direction", "inbound", "--ports", "2223"],
                            "10.0.0.7 50000 \(here)", true
                        ),
                    ]
                    for (words, session, armed) in rows {
                        let ended = try await Program.run(
                            AgentUnderTest.client,
                            ["net", "blackhole"] + words + ["--for", "20s", "--detach"],
                            environment: [
                                "BROWNOUT_SOCKET": agent.client.socket, "SSH_CONNECTION": session,
                            ])
                        #expect(ended.succeeded == armed, "\(words) \(session): \(ended.errors)")
                        if !armed { #expect(ended.errors.contains("would cut the connection")) }
                        _ = try await agent.client.liftAll()
                    }
                }
            }
        }

        @Test(
            "port 22 of this host is reached from this host, whatever is armed inbound",
            arguments: ["blackhole", "reset", "{reset: data}", "halfopen", "{latency: 2s}"])
        func ownPort22(_ net: String) async throws {
            try await Reach.serving(and: [22]) {
                try await AgentUnderTest.serving { agent in
                    let lines = ["direction: inbound", "ports: [22, \(Reach.port)]"]
                    try await agent.broken(net, lines) { _ in
                        var ssh = Self.meant
                        ssh.port = 22
                        let seen = try await Reach.attempt([Self.meant, ssh])
                        #expect(seen[0].what != "ok" && seen[1].what == "ok", "\(seen)")
                    }
                }
            }
        }

        @Test("port 22 of this host and protected addresses are never hit")
        func protected() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving(protecting: ["\(Reach.v4).9", "api.example.test"])
                {
                    agent in
                    for host in ["\(Reach.v4).9", "\(Reach.v4).0/24", "api.example.test:443"] {
                        await #expect(throws: AgentError.self) {
                            try await agent.broken("blackhole", ["hosts: '\(host)'"]) { _ in }
                        }
                    }
                    try await agent.broken("reset", ["ports: [22, 8080]"]) { _ in
                        var spared = Self.meant
                        spared.host = "\(Reach.v4).9"
                        let seen = try await Reach.attempt([Self.meant, spared])
                        #expect(seen.map(\.what) == ["refused", "ok"])
                        #expect(try await ruleset().contains("tcp dport 22 accept"))
                    }
                    for broad in ["hosts: 0.0.0.0/0", "hosts: '*'", "ports: 1-65535"] {
                        await #expect(throws: AgentError.self) {
                            try await agent.broken("blackhole", [broad]) { _ in }
                        }
                    }
                }
            }
        }
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
