import Control
import Foundation
import Testing

extension KernelTests {
    /// However a fault ends, the next new connection succeeds, and what was merely delayed goes on.
    @Suite("connections: ends") struct ConnectionEndTests {
        enum End: CaseIterable, Sendable {
            case kill, stop, lease, halt

            /// Seconds until the next connection is made: a heartbeat of 3 s, a lease of 1 s; and
            /// what a process takes to start on a busy machine.
            var within: Double {
                switch self {
                case .kill, .halt: 1
                case .stop: 4.5
                case .lease: 3
                }
            }
        }

        static let effects = [
            "blackhole", "reset", "{reset: data}", "reject", "{reject: host}", "{latency: 5s}",
            "{loss: 100%}", "{throttle: 20B/s}", "halfopen",
        ]
        private static let meant = Reach.Attempt(host: "\(Reach.v4).7", patience: 0.3)

        /// Runs `body` while a fault is armed that ends in this way.
        private static func broken(
            _ net: String, _ end: End, _ agent: AgentUnderTest, _ body: () async throws -> Void
        ) async throws {
            try await agent.broken(
                net, ConnectionSafetyTests.lines, lease: end == .lease ? .seconds(1) : nil
            ) { _ in try await body() }
        }

        private static func end(_ end: End, _ agent: AgentUnderTest) async throws {
            switch end {
            case .kill: agent.program.send(SIGKILL)
            case .stop: agent.program.send(SIGSTOP)
            case .lease: break
            case .halt: _ = try await agent.client.halt()
            }
        }

        @Test("the next new connection succeeds", arguments: End.allCases)
        func new(_ end: End) async throws {
            try await Reach.serving {
                for net in Self.effects {
                    try await AgentUnderTest.serving { agent in
                        try await Self.broken(net, end, agent) {
                            #expect(try await Reach.attempt(Self.meant).what != "ok", "\(net)")
                            let start = ContinuousClock.now
                            try await Self.end(end, agent)
                            let time = try await ConnectionSafetyTests.untilReached(since: start)
                            let seconds = try #require(time, "\(net)").seconds
                            #expect(seconds < end.within, "\(net)")
                            // A stopped one is to lift its fault.
                            agent.program.send(SIGCONT)
                        }
                    }
                }
            }
        }

        /// One that was opened under the fault, with a request in the queue when the fault ends.
        @Test("a connection that was only delayed goes on", arguments: End.allCases)
        func delayed(_ end: End) async throws {
            try await Reach.serving {
                for net in ["{latency: 400ms}", "{throttle: 400B/s}"] {
                    try await AgentUnderTest.serving { agent in
                        try await Self.broken(net, end, agent) {
                            try await Self.asking { client in
                                let asked = try await eventually {
                                    client.outputText.contains("asked")
                                }
                                #expect(asked)
                                try await Self.end(end, agent)
                                let ended = try #require(
                                    try await client.exit(within: .seconds(15)), "\(net)")
                                #expect(ended.output.hasSuffix("done\n"), "\(net) \(ended)")
                                // It has not been stopped for ever: its guard let go what it held.
                                agent.program.send(SIGCONT)
                                #expect(
                                    net.contains("throttle") || Self.slowest(ended.output) >= 0.4,
                                    "\(net) was not felt: \(ended.output)")
                            }
                        }
                    }
                }
            }
        }

        private static func slowest(_ output: String) -> Double {
            output.split(separator: "\n").compactMap { Double($0) }.max() ?? 0
        }

        /// A client with one connection: it asks ten times, and says how long each took.
        private static func asking(_ body: (Program) async throws -> Void) async throws {
            let script = try await Place.scratch().appending(path: "ask.py")
            try Data(asker.utf8).write(to: script)
            try await Program.serving(
                Python.path, ["-I", script.path(), meant.host],
                isReady: { $0.isRunning }, { try await body($0) })
        }

        private static let asker = """
            import socket, sys, time
            start = time.monotonic()
            s = socket.create_connection((sys.argv[1], 8080), 8, ("192.0.2.53", 0))
            s.settimeout(10)
            print(time.monotonic() - start, flush=True)
            for turn in range(10):
                start = time.monotonic()
                s.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                if turn == 0:
                    print("asked", flush=True)
                got = b""
                while not got.endswith(b"xxx"):
                    more = s.recv(1000)
                    if not more:
                        sys.exit("closed")
                    got += more
                print(time.monotonic() - start, flush=True)
            print("done", flush=True)
            """
    }
}
