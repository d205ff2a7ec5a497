import Control
import Testing

extension KernelTests {
    /// Each effect against real sockets: IPv4 and IPv6, TCP and UDP.
    @Suite("connections: effects") struct ConnectionEffectTests {
        struct Row: Sendable, CustomTestStringConvertible {
            var net: String
            /// What a client sees over TCP and UDP.
            var tcp: String
            var udp: String
            /// At most so many seconds.
            var within = 0.5
            var testDescription: String { net }
        }

        static let rows = [
            Row(net: "blackhole", tcp: "timeout", udp: "silent", within: 1.2),
            Row(net: "reset", tcp: "refused", udp: "refused"),
            Row(net: "{reset: data}", tcp: "reset", udp: "refused"),
            Row(net: "reject", tcp: "refused", udp: "refused", within: 1.6),
            // Sockets of UDP that do not ask for such errors are not told (udp(7), IP_RECVERR).
            Row(net: "{reject: host}", tcp: "unreachable", udp: "silent", within: 1.6),
            Row(net: "{reject: route}", tcp: "unreachable", udp: "silent", within: 1.6),
            Row(net: "{loss: 100%}", tcp: "timeout", udp: "silent", within: 1.2),
            Row(net: "halfopen", tcp: "silent", udp: "silent", within: 1.2),
            Row(net: "{latency: 100ms}", tcp: "ok", udp: "ok", within: 0.6),
            Row(net: "{throttle: 1kB/s}", tcp: "ok", udp: "ok", within: 3),
        ]

        @Test("as promised, for the address and port meant alone", arguments: rows)
        func seen(_ row: Row) async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    for host in ["\(Reach.v4).7", "\(Reach.v6):7"] {
                        let named = host.contains(":") ? "'[\(host)]:8080'" : "\(host):8080"
                        for udp in [false, true] {
                            try await Self.check(row, host, named, udp, agent)
                        }
                    }
                    let counters = try await agent.counters()
                    #expect(counters.errors == 0)
                    #expect(counters.unparsed == 0)
                }
            }
        }

        private static func check(
            _ row: Row, _ host: String, _ named: String, _ udp: Bool, _ agent: AgentUnderTest
        ) async throws {
            let what: Comment = "\(host) udp: \(udp)"
            // Linux looks at ICMPv6 after its second SYN.
            let patience = row.within - 0.1
            let meant = Reach.Attempt(host: host, udp: udp, patience: patience)
            let otherHost = Reach.Attempt(
                host: host.contains(":") ? "\(Reach.v6):8" : "\(Reach.v4).8", udp: udp)
            let otherPort = Reach.Attempt(host: host, port: Reach.otherPort, udp: udp)
            try await agent.broken(row.net, ["hosts: [\(named)]"]) { fault in
                let seen = try await Reach.attempt([meant, otherHost, otherPort])
                #expect(seen[0].what == (udp ? row.udp : row.tcp), what)
                #expect(seen[0].took < row.within, what)
                for other in seen.dropFirst() {
                    #expect(other.what == "ok", what)
                    #expect(other.took < 0.09, what)
                }
                let counts = try await agent.counts(fault.id)
                #expect(counts.matched > 0, what)
                #expect(counts.fired > 0, what)
                #expect(counts.fired <= counts.matched * 3, what)
            }
            #expect(try await Reach.attempt(meant).what == "ok", what)
        }

        @Test("curl, in its own words")
        func curl() async throws {
            // curl(1): 7 could not connect, 28 timeout, 56 failure in receiving.
            let rows = [
                ("blackhole", [28]), ("reset", [7]), ("{reset: data}", [56]), ("halfopen", [28]),
                ("{reject: host}", [7]), ("{latency: 200ms}", [0]),
            ]
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    for (net, codes) in rows {
                        try await agent.broken(net, ["hosts: \(Reach.v4).9"]) { _ in
                            let ended = try await Program.run(
                                "curl",
                                [
                                    "-sS", "-m", "1.5", "--interface", Place.remoteV4,
                                    "http://\(Reach.v4).9:\(Reach.port)/3",
                                ])
                            #expect(codes.contains(Int(ended.status)), "\(net): \(ended.errors)")
                        }
                    }
                }
            }
        }

        @Test("networks, runs of ports, everybody at a port; dry runs change nothing")
        func selection() async throws {
            let near = Reach.Attempt(host: "\(Reach.v4).1", patience: 0.3)
            let far = Reach.Attempt(host: "\(Reach.v4).200", patience: 0.3)
            let v6 = Reach.Attempt(host: "\(Reach.v6):1", patience: 0.3)
            let other = Reach.Attempt(
                host: "\(Reach.v4).1", port: Reach.otherPort, patience: 0.3)
            let rows: [(lines: [String], hit: [Bool])] = [
                (["hosts: \(Reach.v4).0/25"], [true, false, false, true]),
                (
                    ["hosts: [\(Reach.v4).0/25, '\(Reach.v6):/64']", "ports: 8000-8080"],
                    [true, false, true, false]
                ),
                (["ports: 8080"], [true, true, true, false]),
                (
                    ["hosts: \(Reach.v4).0/24", "ports: [443, 8081, 9000]"],
                    [false, false, false, true]
                ),
                (["hosts: '\(Reach.v6):/64'"], [false, false, true, false]),
            ]
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    for (lines, hit) in rows {
                        try await agent.broken("reset", lines) { _ in
                            let seen = try await Reach.attempt([near, far, v6, other])
                            #expect(seen.map { $0.what == "refused" } == hit, "\(lines)")
                            #expect(
                                zip(seen, hit).allSatisfy { $1 || $0.what == "ok" }, "\(lines)")
                        }
                        try await agent.broken("reset", lines, dryRun: true) { fault in
                            let seen = try await Reach.attempt([near, far, v6, other])
                            #expect(seen.allSatisfy { $0.what == "ok" }, "\(lines)")
                            let counts = try await agent.counts(fault.id)
                            #expect(counts.fired > 0 && counts.fired == counts.matched)
                        }
                    }
                }
            }
        }
    }
}
