import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// What a run waits for, and what it must not wait for.
    @Suite("steps and endpoints of a run") struct RunStepTests {
        /// Ways of an HTTP server to be a nuisance, by path. Prints the port, then what was posted.
        private static let nuisance = """
            import http.server, sys, time
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    body = self.rfile.read(int(self.headers.get("content-length", 0)))
                    if self.path == "/hook":
                        sys.stdout.write(body.decode() + "\\n"); sys.stdout.flush()
                    if self.path in ("/hang", "/hook-hangs"): time.sleep(300)
                    if self.path == "/half-hangs" or self.path == "/half":
                        self.send_response(200)
                        self.send_header("content-length", "100")
                        self.end_headers()
                        self.wfile.write(b"half of it"); self.wfile.flush()
                        if self.path == "/half-hangs": time.sleep(300)
                        self.close_connection = True
                        return
                    self.send_response(500 if self.path == "/500" else 200)
                    self.send_header("content-length", "2")
                    self.end_headers()
                    self.wfile.write(b"ok")
                do_POST = do_GET
                def log_message(self, *_): pass
            class Server(http.server.ThreadingHTTPServer):
                daemon_threads = True
            server = Server(("127.0.0.1", 0), Handler)
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """

        /// A time for `sleep` by which its process is known from those of others.
        private static var uniqueTime: String { "300.\(getpid())\(Int.random(in: 1000...9999))" }

        private static func pids(sleeping time: String) async throws -> [Int32] {
            let found = try await Program.run("pgrep", ["-f", "^sleep \(time)$"])
            return found.output.split(separator: "\n").compactMap { Int32($0) }
        }

        private func withNuisance(
            _ body: (_ port: Int, _ posted: () -> [String]) async throws -> Void
        ) async throws {
            func lines(_ program: Program) -> [String] {
                program.outputText.split(separator: "\n").map(String.init)
            }
            try await Program.serving(
                Python.path, ["-I", "-c", Self.nuisance],
                isReady: { !lines($0).isEmpty },
                { program in
                    let port = try #require(lines(program).first.flatMap { Int($0) })
                    try await body(port) { Array(lines(program).dropFirst()) }
                })
        }

        @Test("kill -9 of the runner ends its step and all that it started")
        func stepsOfADeadRunner() async throws {
            try await Drill.onStage { agent, _ in
                let long = Self.uniqueTime
                let drill = Drill(
                    outage: """
                        steps:
                          - run: {command: "trap '' TERM HUP; sleep \(long) & sleep \(long); true", timeout: 60s}
                        """)
                let run = try await RunUnderTest.start(drill.yaml, agent)
                #expect(
                    try await eventually(within: .seconds(20)) {
                        try await Self.pids(sleeping: long).count == 2
                    })
                run.program.send(SIGKILL)
                _ = try #require(try await run.program.exit())
                #expect(
                    try await eventually(within: .seconds(5)) {
                        try await Self.pids(sleeping: long).isEmpty
                    })
            }
        }

        @Test("steps that hang are ended with all that they started, and have failed")
        func hangingSteps() async throws {
            try await withNuisance { port, _ in
                try await Drill.onStage { agent, _ in
                    let url = "http://127.0.0.1:\(port)"
                    let long = Self.uniqueTime
                    let drill = Drill(
                        outage: """
                            steps:
                              - run: {command: "sleep \(long) & echo begun; sleep \(long)", timeout: 1s}
                              - run: {command: "trap '' TERM; sleep \(long); sleep \(long)", timeout: 500ms}
                              - run: {command: "sleep \(long) & echo left one behind", timeout: 20s}
                              - run: {command: "yes | head -c 3000000", timeout: 20s}
                              - http: {url: "\(url)/hang", timeout: 1s}
                              - http: {url: "\(url)/half-hangs", timeout: 1s}
                              - http: {url: "\(url)/half", timeout: 5s}
                              - http: {url: "\(url)/500", timeout: 5s}
                              - http: {url: "\(url)/500", status: 500, timeout: 5s}
                              - http: {url: "http://127.0.0.1:1/", timeout: 5s}
                              - run: exit 7
                              - run: {command: exit 7, expect: 7}
                            """)
                    let (run, ended) = try await RunUnderTest.whole(drill.yaml, agent)
                    #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
                    let steps = try run.journal().stepsEnded
                    try #require(steps.count == 12)
                    #expect(
                        steps.map(\.passed) == [
                            false, false, true, true, false, false, false, false, true, false,
                            false, true,
                        ])
                    let words = steps.map { $0.detail ?? "" }
                    for (index, word) in [
                        (0, "not done within 1s"), (1, "not done within 500ms"),
                        (2, "left one behind"), (4, "not done within 1s"),
                        (5, "not done within 1s"), (7, "status 500"), (9, "refused"),
                        (10, "exit code 7"),
                    ] { #expect(words[index].contains(word), "\(index): \(words[index])") }
                    #expect(words.allSatisfy { $0.utf8.count < 2200 })
                    #expect(steps[0].seconds < 3.5 && steps[1].seconds < 3)
                    // It is done when the shell is, not when what it left behind is.
                    #expect(steps[2].seconds < 1, "\(steps[2].seconds)")
                    #expect(steps[4].seconds < 1.5 && steps[5].seconds < 1.5)
                    #expect(steps[6].seconds < 1 && steps[9].seconds < 1)
                    let left = try await Self.pids(sleeping: long)
                    #expect(left.count == 1, "only what was left behind on purpose")
                    for pid in left { kill(pid, SIGKILL) }
                    #expect(try await agent.client.faults().isEmpty)
                }
            }
        }

        @Test("probes that hang and half answers are results in time")
        func hangingProbes() async throws {
            try await withNuisance { port, _ in
                try await Drill.onStage { agent, _ in
                    let url = "http://127.0.0.1:\(port)"
                    let long = Self.uniqueTime
                    let yaml = Drill(
                        outage: """
                            for: 3s
                            expect:
                              slow: never pass
                              half: never pass
                              cut: never pass
                              script: never pass
                            """
                    ).yaml.replacing(
                        "probes:",
                        with: """
                            probes:
                              slow: {http: "\(url)/hang", every: 200ms, timeout: 150ms}
                              half: {http: {url: "\(url)/half-hangs", contains: whole}, every: 200ms, timeout: 150ms}
                              cut: {http: {url: "\(url)/half", contains: whole}, every: 200ms, timeout: 150ms}
                              script: {exec: "trap '' TERM; sleep \(long); true", every: 200ms, timeout: 150ms}
                            """)
                    let (run, ended) = try await RunUnderTest.whole(yaml, agent)
                    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                    let journal = try run.journal()
                    for probe in ["slow", "half", "cut", "script"] {
                        let results = journal.results(of: probe)
                        #expect(!results.contains { $0.result.passed })
                        // One each tick, whatever hangs: 5 a second.
                        let (first, last) = (results.first?.at ?? 0, results.last?.at ?? 0)
                        let ticks = Int(last - first) / 200 + 1
                        #expect(abs(results.count - ticks) <= 1, "\(probe): \(results.count)")
                        #expect(results.count >= 15)
                        #expect(results.allSatisfy { $0.result.latency < 190 })
                    }
                    #expect(try await Self.pids(sleeping: long) == [], "a probe's command is left")
                }
            }
        }

        @Test("a webhook hears of it; one that hangs, refuses or is not there holds up nothing")
        func webhooks() async throws {
            try await withNuisance { port, posted in
                try await Drill.onStage { agent, _ in
                    let drill = Drill(outage: "for: 1s")
                    var times: [String: Duration] = [:]
                    for hook in ["/hook", "/500", "/hook-hangs", ":"] {
                        let url =
                            hook == ":" ? "http://127.0.0.1:1/" : "http://127.0.0.1:\(port)\(hook)"
                        let (run, ended) = try await RunUnderTest.whole(
                            drill.yaml, agent, ["--webhook", url])
                        #expect(ended.status == 0, "\(hook): \(ended.output)\(ended.errors)")
                        let journal = try run.journal()
                        let verdict = try #require(journal.verdict)
                        times[hook] = .milliseconds(verdict.at)
                        // One that hangs is given up at the end, when the journal is closed.
                        let problem = (journal.notes + [ended.errors]).joined(separator: "\n")
                        let words = [
                            "/hook": nil, "/500": "the webhook answered 500",
                            "/hook-hangs": "the webhook did not answer in time",
                            ":": "the webhook could not be called: ",
                        ]
                        if let word = words[hook] ?? nil {
                            #expect(problem.contains(word), "\(hook): \(problem)")
                        } else {
                            #expect(problem == "")
                        }
                        // Reports are there before anybody waits for a webhook.
                        #expect(try run.text(of: "report.md").contains("HELD"))
                    }
                    let usual = try #require(times["/hook"])
                    for (hook, time) in times {
                        #expect(abs((time - usual) / .seconds(1)) < 1, "\(hook): \(time)")
                    }
                    let events = try posted().map { line in
                        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                        return (object as? [String: Any])?["event"] as? String
                    }
                    #expect(
                        events == ["start", "phase", "phase", "phase", "phase", "verdict"])
                }
            }
        }

        @Test("a webhook that hangs is given five seconds at the end, and none after a signal")
        func webhookAtTheEnd() async throws {
            try await withNuisance { port, _ in
                try await Drill.onStage { agent, _ in
                    let hook = ["--webhook", "http://127.0.0.1:\(port)/hook-hangs"]
                    try await RunUnderTest.during(Drill(outage: "for: 1s").yaml, agent, hook) {
                        run in
                        try await run.tells("the verdict") { $0.verdict != nil }
                        let over = ContinuousClock.now
                        let ended = try await run.end()
                        #expect(ContinuousClock.now - over < .seconds(6))
                        #expect(ended.status == 0, "\(ended.errors)")
                    }
                    try await RunUnderTest.during(Drill(outage: "for: 1s").yaml, agent, hook) {
                        run in
                        try await run.tells("the verdict") { $0.verdict != nil }
                        let over = ContinuousClock.now
                        run.program.send(SIGINT)
                        let ended = try await run.end()
                        #expect(ContinuousClock.now - over < .seconds(1))
                        #expect(ended.status == 0, "\(ended.errors)")
                    }
                }
            }
        }

        /// A fault whose own time is over is not lost.
        @Test("a fault with a `for` of its own ends by itself, and the run goes on")
        func endsByItself() async throws {
            try await Drill.onStage { agent, _ in
                let yaml = Drill(outage: "for: 4s\nexpect: {table: fail within 1s}").yaml.replacing(
                    "dns: empty}", with: "dns: empty, for: 2s}")
                let (run, ended) = try await RunUnderTest.whole(
                    yaml.replacing("    lift: all\n", with: ""), agent)
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                let journal = try run.journal()
                let arming = try #require(
                    journal.events.first { if case .armed = $0.kind { true } else { false } })
                let lifting = try #require(journal.lifted.first)
                #expect((1900...3300).contains(lifting.at - arming.at), "\(lifting)")
                #expect(journal.lifted.count == 1)
            }
        }
    }
}
