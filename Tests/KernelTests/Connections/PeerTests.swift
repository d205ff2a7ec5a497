import Control
import Foundation
import Testing

extension KernelTests {
    /// Hosts that differ, each in a network namespace: a peer that is asked, a container behind this
    /// host, and a peer that asks this host.
    @Suite("connections: peers") struct PeerTests {
        /// What a client sees over TCP; over UDP it is silence or an answer.
        static let rows: [(net: String, tcp: String, udp: String)] = [
            ("blackhole", "timeout", "silent"), ("reset", "refused", "refused"),
            ("{reset: data}", "reset", "refused"), ("reject", "refused", "refused"),
            ("{reject: host}", "unreachable", "silent"), ("{loss: 100%}", "timeout", "silent"),
            ("halfopen", "silent", "silent"), ("{latency: 300ms}", "ok", "ok"),
            ("{throttle: 1kB/s}", "ok", "ok"),
        ]

        private static func attempt(_ host: String, udp: Bool = false) -> Reach.Attempt {
            // Linux looks at ICMPv6 after its second SYN.
            Reach.Attempt(
                host: host, udp: udp, patience: host.contains(":") || udp ? 1.5 : 1, anySource: true
            )
        }

        /// From this host, or from the container behind it, to `.2` and `::2` of a server.
        private static func check(
            _ row: (net: String, tcp: String, udp: String), _ agent: AgentUnderTest,
            from client: Neighbour?
        ) async throws {
            let hosts = ["10.2.0", "fd02:"].map { $0 + ($0.contains(":") ? ":" : ".") }
            let lines = ["hosts: ['10.2.0.2', 'fd02::2']"]
            try await agent.broken(row.net, lines) { _ in
                for host in hosts {
                    for udp in [false, true] {
                        let seen = try await Reach.attempt(
                            [attempt(host + "2", udp: udp), attempt(host + "3", udp: udp)],
                            at: client)
                        let what: Comment = "\(row.net) \(host) udp: \(udp) \(seen)"
                        #expect(seen[0].what == (udp ? row.udp : row.tcp), what)
                        #expect(seen[1].what == "ok" && seen[1].took < 0.29, what)
                        if row.net.contains("latency") {
                            #expect(seen[0].took >= (udp ? 0.3 : 0.6), what)
                        }
                    }
                }
            }
            let after = try await Reach.attempt(hosts.map { attempt($0 + "2") }, at: client)
            #expect(after.map(\.what) == ["ok", "ok"], "\(row.net)")
        }

        @Test("this host asks a peer: IPv4 and IPv6, TCP and UDP")
        func outbound() async throws {
            try await Neighbour.beside("10.2.0", "fd02:") { server in
                try await Reach.serving(at: server) {
                    try await AgentUnderTest.serving { agent in
                        for row in Self.rows { try await Self.check(row, agent, from: nil) }
                        #expect(try await agent.counters().errors == 0)
                    }
                }
            }
        }

        @Test("a container behind this host asks a peer: what is forwarded is hit")
        func forwarded() async throws {
            try await Neighbour.beside("10.1.0", "fd01:") { client in
                try await Neighbour.beside("10.2.0", "fd02:") { server in
                    for path in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] {
                        try Data("1".utf8).write(to: URL(filePath: "/proc/sys/net/\(path)"))
                    }
                    try await Reach.serving(at: server) {
                        try await AgentUnderTest.serving { agent in
                            for row in Self.rows {
                                try await Self.check(row, agent, from: client)
                            }
                            #expect(try await agent.counters().errors == 0)
                        }
                    }
                }
            }
        }

        @Test("a peer asks this host's health-check port, which flaps", arguments: [4, 6])
        func inbound(_ version: Int) async throws {
            try await Neighbour.beside("10.1.0", "fd01:") { balancer in
                let host = version == 4 ? "10.1.0.1" : "fd01::1"
                var checked = Self.attempt(host)
                checked.patience = 0.7
                var other = checked
                other.port = Reach.otherPort
                try await Reach.serving {
                    try await AgentUnderTest.serving { agent in
                        try await Self.flaps(agent, balancer, checked, other)
                        // From some alone.
                        try await agent.broken(
                            "reset",
                            ["hosts: ['10.9.0.0/16', 'fd09::/64']", "ports: 8080"]
                                + ["direction: inbound"]
                        ) { _ in
                            let seen = try await Reach.attempt([checked], at: balancer)
                            #expect(seen[0].what == "ok")
                        }
                        #expect(try await agent.counters().errors == 0)
                    }
                }
            }
        }

        /// Each attempt that lies within one phase, with a margin, sees that phase.
        private static func flaps(
            _ agent: AgentUnderTest, _ balancer: Neighbour, _ checked: Reach.Attempt,
            _ other: Reach.Attempt
        ) async throws {
            for (net, word) in [("reset", "refused"), ("blackhole", "timeout")] {
                let lines = [
                    "ports: 8080", "direction: inbound", "flap: {on: 2500ms, off: 2500ms}",
                ]
                try await agent.broken(net, lines) { _ in
                    let start = ContinuousClock.now
                    var seen = [0: Set<String>(), 1: [], 2: [], 3: []]
                    while ContinuousClock.now - start < .seconds(10) {
                        let before = (ContinuousClock.now - start).seconds
                        let both = try await Reach.attempt([checked, other], at: balancer)
                        let after = (ContinuousClock.now - start).seconds
                        #expect(both[1].what == "ok", "\(net)")
                        let phase = Int(before / 2.5)
                        guard before > Double(phase) * 2.5 + 0.15,
                            after < Double(phase + 1) * 2.5 - 0.05
                        else { continue }
                        seen[phase]?.insert(both[0].what)
                    }
                    #expect(seen == [0: [word], 1: ["ok"], 2: [word], 3: ["ok"]], "\(net)")
                }
            }
        }
    }
}
