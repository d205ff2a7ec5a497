import Control
import Foundation
import Testing

extension KernelTests {
    /// Which connections: new ones, open ones, those to this host; and the command line.
    @Suite("connections: choice") struct ConnectionChoiceTests {
        private static let host = "\(Reach.v4).7"
        private static let meant = Reach.Attempt(host: host, patience: 0.3)

        /// A connection that is open, and asks again for each line that it is given.
        private static func keeping<Value>(
            _ body: (_ ask: () async throws -> String) async throws -> Value
        ) async throws -> Value {
            let folder = try await Place.scratch()
            let turn = folder.appending(path: "turn")
            let script = folder.appending(path: "keep.py")
            try Data(keeper.utf8).write(to: script)
            return try await Program.serving(
                Python.path, ["-I", script.path(), host, turn.path()],
                isReady: { $0.outputText.contains("ok\n") },
                { program in
                    var turns = 0
                    return try await body {
                        turns += 1
                        let before = program.outputText.split(separator: "\n").count
                        try Data("\(turns)".utf8).write(to: turn)
                        let answered = try await eventually(within: .seconds(5)) {
                            program.outputText.split(separator: "\n").count > before
                        }
                        guard answered else { return "nothing" }
                        return String(program.outputText.split(separator: "\n").last ?? "")
                    }
                })
        }

        private static let keeper = """
            import os, socket, sys, time
            s = socket.create_connection((sys.argv[1], 8080), 1, ("192.0.2.53", 0))
            s.settimeout(0.5)
            last = b""
            while True:
                try:
                    s.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                    print("ok" if s.recv(1000) else "closed", flush=True)
                except TimeoutError:
                    print("silent", flush=True)
                except OSError as e:
                    print("reset", e.errno, flush=True)
                while True:
                    time.sleep(0.01)
                    now = open(sys.argv[2], "rb").read() if os.path.exists(sys.argv[2]) else b""
                    if now != last:
                        last = now
                        break
            """

        @Test("connections: new, and those that are open go on; all, and they do not")
        func new() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await Self.keeping { ask in
                        for net in ["blackhole", "reset", "reject"] {
                            try await agent.broken(
                                net, ["hosts: \(Self.host)", "connections: new"]
                            ) { _ in
                                let before = try await ask()
                                let new = try await Reach.attempt(Self.meant).what
                                let after = try await ask()
                                #expect(before == "ok" && after == "ok", "\(net)")
                                #expect(new != "ok", "\(net)")
                            }
                        }
                        try await agent.broken("blackhole", ["hosts: \(Self.host)"]) { _ in
                            let open = try await ask()
                            #expect(open == "silent")
                        }
                    }
                    await #expect(throws: AgentError.self) {
                        try await agent.broken(
                            "halfopen", ["hosts: \(Self.host)", "connections: new"]
                        ) { _ in }
                    }
                }
            }
        }

        @Test("kill: those that are open are closed, others are not")
        func kill() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    for (lines, closed) in [
                        (["hosts: \(Reach.v4).0/24", "ports: 8081"], false),
                        (["hosts: \(Reach.v4).8"], false),
                        (["hosts: '\(Self.host):8080'"], true),
                    ] {
                        try await Self.keeping { ask in
                            #expect(try await ask() == "ok")
                            try await agent.broken("{latency: 10ms}", lines + ["kill: true"]) { _ in
                                let seen = try await ask()
                                #expect(seen.hasPrefix("reset") == closed, "\(lines): \(seen)")
                                // A new one is made.
                                #expect(try await Reach.attempt(Self.meant).what == "ok")
                            }
                        }
                    }
                }
            }
        }

        @Test("kill: an observer's connection stays; with a probability, so many of the others do")
        func killChosen() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    for (share, expected) in [("100%", 0...0), ("30%", 50...90)] {
                        let folder = try await Place.scratch()
                        let (script, go) = (
                            folder.appending(path: "many.py"), folder.appending(path: "go")
                        )
                        try Data(Self.many.utf8).write(to: script)
                        let ended = try await Program.serving(
                            Python.path, ["-I", script.path(), Self.host, go.path()],
                            isReady: { $0.outputText.contains("ready") },
                            { program in
                                let lines = [
                                    "hosts: \(Self.host)", "kill: true", "probability: \(share)",
                                ]
                                try await agent.broken("{latency: 5ms}", lines) { _ in
                                    try Data().write(to: go)
                                    _ = try await eventually {
                                        program.outputText.split(separator: "\n").count > 1
                                    }
                                }
                                return program.outputText
                            })
                        let words = ended.split(whereSeparator: \.isWhitespace).dropFirst()
                        #expect(words.first == "ok", "\(ended)")
                        #expect(expected.contains(words.last.flatMap { Int($0) } ?? -1), "\(ended)")
                    }
                }
            }
        }

        /// A connection with the observers' mark and 100 without: what becomes of the first, and how
        /// many of the others are left.
        private static let many = """
            import os, socket, sys, time
            def connect(mark):
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, 36, mark)
                s.bind(("192.0.2.53", 0))
                s.settimeout(1)
                s.connect((sys.argv[1], 8080))
                return s
            def ask(s):
                try:
                    s.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                    return bool(s.recv(1000))
                except OSError:
                    return False
            observer, others = connect(0x62726F77), [connect(0) for _ in range(100)]
            print("ready", flush=True)
            while not os.path.exists(sys.argv[2]):
                time.sleep(0.01)
            print("ok" if ask(observer) else "closed", sum(map(ask, others)), flush=True)
            time.sleep(60)
            """

        @Test("kill: when it begins to act, not before; after each rest again")
        func killPhases() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let lines = ["hosts: \(Self.host)", "kill: true"]
                    func closes(_ ask: () async throws -> String) async throws -> Bool {
                        try await eventually(within: .seconds(6), every: .milliseconds(100)) {
                            try await ask().hasPrefix("reset")
                        }
                    }
                    try await Self.keeping { ask in
                        try await agent.broken("{latency: 10ms}", lines + ["after: 1s"]) { _ in
                            let before = try await ask()
                            #expect(before == "ok")
                            let isClosed = try await closes(ask)
                            #expect(isClosed)
                        }
                    }
                    let resting = lines + ["flap: {on: 1s, off: 1s}"]
                    try await agent.broken("{latency: 10ms}", resting) { _ in
                        for _ in 0..<2 {
                            // Whenever it is opened, the next phase closes it.
                            try await Self.keeping { ask in
                                let isClosed = try await closes(ask)
                                #expect(isClosed)
                            }
                        }
                    }
                }
            }
        }

        /// `n7.pool.example.test` is 198.51.100.7; nobody can ask for the pattern before a client does.
        private static func pool<Value>(
            protecting: [String] = [], _ body: (AgentUnderTest) async throws -> Value
        ) async throws -> Value {
            try await Place.setResolvers(["127.0.0.1"])
            return try await Reach.serving {
                try await ScriptedUpstream.serving { asked in
                    let digits = asked.question.dropFirst(2).prefix { (0x30...0x39).contains($0) }
                    guard asked.type == RType.a,
                        let last = UInt8(String(decoding: digits, as: UTF8.self))
                    else { return [.message(asked.answer())] }
                    return [.message(asked.answer([Records.a(198, 51, 100, last)]))]
                } _: {
                    try await AgentUnderTest.serving(protecting: protecting, body)
                }
            }
        }

        private static let poolKill = ["hosts: '*.pool.example.test'", "kill: true"]

        @Test(
            "kill: those to an address that is learned later are closed then, once",
            arguments: [("blackhole", "timeout"), ("{latency: 10ms}", "ok")])
        func killLater(_ row: (net: String, new: String)) async throws {
            try await Self.pool { agent in
                try await Self.keeping { old in
                    try await agent.broken(row.net, Self.poolKill) { fault in
                        #expect(try await old() == "ok")
                        _ = try #require(try await RawDNS.answer(Query("n7.pool.example.test")))
                        let report = try await agent.client.fault(fault.id).connections
                        #expect(report?.addresses == 1)
                        let closed = try await old()
                        #expect(closed.hasPrefix("reset"), "\(closed)")
                        #expect(try await Reach.attempt(Self.meant).what == row.new)
                    }
                }
                // What begins while it is followed only meets the fault, however often it is learned.
                guard row.new == "ok" else { return }
                try await agent.broken(row.net, Self.poolKill) { _ in
                    _ = try await RawDNS.answer(Query("n7.pool.example.test"))
                    try await Self.keeping { new in
                        for name in ["n7.pool.example.test", "n7.b.pool.example.test"] {
                            let answer = try await RawDNS.answer(Query(name))
                            let asked = try await new()
                            #expect(answer?.answers.count == 1 && asked == "ok", "\(name)")
                        }
                    }
                }
            }
        }

        @Test("kill: one that is made as soon as the answer is there is not taken for an older one")
        func killBeforeTheAnswer() async throws {
            try await Self.pool { agent in
                try await agent.broken("{latency: 5ms}", Self.poolKill) { fault in
                    let seen = try await Python.run(Self.atOnce, 40, as: [String].self)
                    #expect(seen == Array(repeating: "ok", count: 40))
                    let report = try await agent.client.fault(fault.id).connections
                    #expect(report?.addresses == 40)
                }
            }
        }

        private static let atOnce = """
            import json, socket, sys
            seen = []
            for number in range(1, json.load(sys.stdin) + 1):
                try:
                    with socket.create_connection((f"n{number}.pool.example.test", 8080), 3,
                                                  ("192.0.2.53", 0)) as s:
                        s.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                        seen.append("ok" if s.recv(100) else "closed")
                except OSError as e:
                    seen.append(str(e))
            json.dump(seen, sys.stdout)
            """

        @Test("kill: what is protected is not closed, and a dry run closes nothing")
        func killSpares() async throws {
            for isDry in [true, false] {
                try await Self.pool(protecting: isDry ? [] : ["\(Self.host)"]) { agent in
                    try await Self.keeping { ask in
                        try await agent.broken("blackhole", Self.poolKill, dryRun: isDry) { _ in
                            _ = try #require(
                                try await RawDNS.answer(Query("n7.pool.example.test")))
                            #expect(try await ask() == "ok", "\(isDry)")
                        }
                    }
                }
            }
        }

        @Test("inbound: to the ports of this host, from all or from some")
        func inbound() async throws {
            let other = Reach.Attempt(host: Self.host, port: Reach.otherPort, patience: 0.3)
            let rows: [(net: String, hosts: String?, seen: [String])] = [
                ("blackhole", nil, ["timeout", "ok"]), ("reset", nil, ["refused", "ok"]),
                ("reset", "192.0.2.0/24", ["refused", "ok"]),
                ("reset", "10.0.0.0/8", ["ok", "ok"]),
                ("halfopen", nil, ["silent", "ok"]), ("{latency: 50ms}", nil, ["ok", "ok"]),
            ]
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    for (net, hosts, expected) in rows {
                        let lines =
                            ["ports: 8080", "direction: inbound"]
                            + (hosts.map { ["hosts: \($0)"] } ?? [])
                        try await agent.broken(net, lines) { _ in
                            let seen = try await Reach.attempt([Self.meant, other])
                            #expect(seen.map(\.what) == expected, "\(net) \(hosts ?? "")")
                            if net.contains("latency") { #expect(seen[0].took >= 0.1) }
                        }
                    }
                }
            }
        }

        @Test("net on the command line, and faults of the catalogue")
        func commandLine() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let id = try await agent.brownout([
                        "net", "reset", "\(Self.host):8080", "--for", "20s", "--detach",
                    ]).output.trimmingSuffix { $0 == "\n" }
                    #expect(try await Reach.attempt(Self.meant).what == "refused")
                    let status = try await agent.brownout(["status"]).output
                    #expect(status.contains("net reset \(Self.host):8080"))
                    #expect(try await agent.brownout(["lift", id]).status == 0)
                    #expect(try await Reach.attempt(Self.meant).what == "ok")
                    let over = try await agent.brownout([
                        "net", "latency", Self.host, "--by", "50ms", "--for", "1s",
                    ])
                    #expect(over.status == 0, "\(over.errors)")
                    for (words, problem) in [
                        (["net", "blackhole"], "give hosts"),
                        (["net", "latency", "10.0.0.1"], "by"),
                        (["net", "blackhole", "10.0.0.300"], "neither a name nor an address"),
                        (["net", "blackhole", "0.0.0.0/0"], "would match nearly everything"),
                    ] {
                        let refused = try await agent.brownout(words + ["--detach"])
                        #expect(refused.status == 2, "\(words)")
                        #expect(refused.errors.contains(problem), "\(refused.errors)")
                    }
                    for fault in [
                        "imds-out", "imds-slow", "no-dot", "no-doh", "network-backlog",
                        "new-connections-only", "slow-dependency", "silent-dependency",
                        "lossy-network",
                    ] {
                        let armed = try await agent.brownout([
                            "inject", fault, "--for", "20s", "--detach",
                        ])
                        #expect(armed.status == 0, "\(fault): \(armed.errors)")
                        if fault == "network-backlog" {
                            #expect(try await Reach.attempt(Self.meant).what == "timeout")
                        }
                        #expect(try await agent.brownout(["lift", "--all"]).status == 0)
                    }
                }
            }
        }
    }
}
