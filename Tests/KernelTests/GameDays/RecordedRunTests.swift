import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// What others are told of real runs: a webhook over HTTP, and readers of `journal.json`.
    @Suite("recorded runs") struct RecordedRunTests {
        private static let schema = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Schemas/journal.schema.json").path()

        /// A service and a webhook in one: says its port, then each post as a line of JSON.
        private static let server = """
            import http.server, json
            class Handler(http.server.BaseHTTPRequestHandler):
                def answer(self, status):
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                def do_GET(self): self.answer(200)
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    print(json.dumps({"type": self.headers["Content-Type"], "path": self.path,
                        "body": body.decode()}), flush=True)
                    self.answer(500 if self.path == "/broken" else 204)
                def log_message(self, *_): pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            print(server.server_port, flush=True)
            server.serve_forever()
            """

        private struct Post: Decodable {
            var type: String
            var path: String
            var body: String
        }

        /// Where runs take place: an agent, a service, and a webhook.
        private struct Stage {
            var agent: AgentUnderTest
            var server: Program

            private var lines: [Substring] { server.outputText.split(separator: "\n") }
            var address: String { "http://127.0.0.1:\(lines.first ?? "")" }
            var posts: [Post] {
                lines.dropFirst().compactMap {
                    try? JSONDecoder().decode(Post.self, from: Data($0.utf8))
                }
            }

            /// Starts a run; the caller ends it.
            func start(
                _ more: [String] = [], yaml: String = "", wrapper: [String] = []
            ) async throws -> (program: Program, report: URL) {
                let folder = try await Place.scratch()
                let file = folder.appending(path: "shop.yaml")
                let report = folder.appending(path: "report")
                try Data(RecordedRunTests.day(address, yaml).utf8).write(to: file)
                let words =
                    wrapper
                    + [AgentUnderTest.client, "gameday", "run", file.path(), "--no-doctor"]
                    + ["--report", report.path()] + more
                let program = try await Program(
                    words[0], Array(words.dropFirst()),
                    environment: ["BROWNOUT_SOCKET": agent.client.socket])
                return (program, report)
            }

            /// Runs one to its end.
            func run(
                _ more: [String] = [], yaml: String = "", wrapper: [String] = []
            ) async throws -> (ended: Program.Ended, journal: Journal, path: String) {
                let (program, report) = try await start(more, yaml: yaml, wrapper: wrapper)
                let ended = try await program.exit(within: .seconds(30))
                await program.end()
                let path = report.appending(path: "journal.json").path()
                return (try #require(ended), try Journal(reading: path), path)
            }
        }

        /// Generous, for a machine that is busy: what is judged is others' matter.
        private static func day(_ address: String, _ more: String) -> String {
            """
            title: The shop <without> its table
            probes:
              shop:
                http: {url: "\(address)/"}
                every: 200ms
            baseline: 1s
            recovery: 5s
            steadyState: {shop: success >= 50%}
            phases:
              - name: outage
                for: 1600ms
                arm: [{as: gone, names: [gone.example.test], dns: empty}]
                expect: {shop: success >= 50%}
              - name: later
                for: 1s
                lift: all
                expect: {shop: success >= 50%}
            \(more)

            """
        }

        private func onStage(_ body: (Stage) async throws -> Void) async throws {
            try await AgentUnderTest.serving { agent in
                try await Program.serving(
                    Python.path, ["-I", "-u", "-c", Self.server],
                    isReady: { $0.outputText.hasSuffix("\n") },
                    { try await body(Stage(agent: agent, server: $0)) })
            }
        }

        /// What docs/gamedays.md says of a message; `at` grows.
        private struct Message: Decodable {
            struct Verdict: Decodable {
                var outcome: String
                var summary: String
                var exitCode: Int
                var at: Int
            }
            var text: String
            var event: String
            var run: String
            var title: String
            var host: String
            var at: Int
            var phase: String?
            var verdict: Verdict?
            var measurements: [String: [String: JSONNumber]]?
        }

        private enum JSONNumber: Decodable {
            case some
            init(from decoder: any Decoder) throws { self = .some }
        }

        private static let documented: Set<String> = [
            "text", "event", "run", "title", "host", "at", "phase", "verdict", "measurements",
        ]

        private func messages(_ posts: [Post]) throws -> [Message] {
            try posts.map { post in
                #expect(post.type == "application/json")
                let keys = try JSONSerialization.jsonObject(with: Data(post.body.utf8))
                let known = (keys as? [String: Any]).map { Set($0.keys) } ?? ["none"]
                #expect(known.isSubset(of: Self.documented), "\(known)")
                return try JSONDecoder().decode(Message.self, from: Data(post.body.utf8))
            }
        }

        @Test("a webhook is told of begin, phases, stop and verdict, in that order")
        func webhook() async throws {
            try await onStage { stage in
                let held = try await stage.run(["--webhook", "\(stage.address)/hook"])
                #expect(held.ended.status == 0, "\(held.ended.output)\(held.ended.errors)")
                let told = try messages(stage.posts)
                #expect(
                    told.map(\.event) == ["start", "phase", "phase", "phase", "phase", "verdict"])
                #expect(
                    told.map(\.phase) == [nil, "baseline", "outage", "later", "recovery", nil])
                #expect(told.map(\.at) == told.map(\.at).sorted())
                for message in told {
                    #expect(message.run == held.journal.run.id)
                    #expect(message.title == "The shop <without> its table")
                    #expect(message.host == held.journal.run.host)
                    #expect(message.text.contains("The shop &lt;without&gt; its table"))
                }
                #expect(told[2].text.contains("Arms: gone"))
                #expect(told[3].text.contains("Lifts: gone"))
                let verdict = try #require(told.last?.verdict)
                #expect(verdict.outcome == "held" && verdict.exitCode == 0)
                #expect(told.last?.measurements?.isEmpty == true)

                let before = stage.posts.count
                let stopped = try await stage.run(
                    ["--webhook", "\(stage.address)/hook"],
                    yaml: "stop: {shop: success > 50% over 600ms}")
                #expect(stopped.ended.status == 4)
                let second = try messages(Array(stage.posts.dropFirst(before)))
                #expect(
                    second.map(\.event) == ["start", "phase", "phase", "stop", "phase", "verdict"])
                #expect(second[3].phase == "outage")
                #expect(second[3].text.contains("success &gt; 50% over 600ms"))
                #expect(second.last?.verdict?.exitCode == 4)
            }
        }

        @Test("a webhook that fails is noted, and changes nothing else")
        func brokenWebhook() async throws {
            try await onStage { stage in
                for (url, words) in [
                    ("\(stage.address)/broken", "the webhook answered 500"),
                    ("http://127.0.0.1:1/", "the webhook could not be called"),
                ] {
                    let run = try await stage.run(["--webhook", url])
                    #expect(run.ended.status == 0, "\(run.ended.errors)")
                    let notes = run.journal.events.compactMap { event in
                        if case .note(let note) = event.kind { note.text } else { nil }
                    }
                    #expect(notes.contains { $0.hasPrefix(words) }, "\(notes)")
                }
            }
        }

        private static let validate = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            kind = jsonschema.Draft202012Validator(schema)
            for path in sys.argv[2:]:
                journal = json.load(open(path))
                verdict = journal["verdict"]
                print(verdict and verdict["outcome"],
                    [error.message[:200] for error in kind.iter_errors(journal)])
            """

        @Test("journals of runs, however they end, are as Schemas/journal.schema.json says")
        func journals() async throws {
            try await onStage { stage in
                let failing = "always: [{run: 'true'}, {note: over}]"
                var paths = [
                    try await stage.run().path,
                    try await stage.run(["--dry-run", "--speed", "1.5"], yaml: failing).path,
                    try await stage.run(yaml: "stop: {shop: success > 50% over 600ms}").path,
                ]
                // A person is waited for, which goes on until something ends the run.
                for signal in [SIGINT, SIGKILL] {
                    let (program, report) = try await stage.start(
                        yaml: """
                              - name: wait
                                for: 60s
                                arm: [{as: slow, names: [slow.example.test], dns: servfail}]
                                expect: {shop: status == 500 within 50s}
                                steps: [{confirm: {role: commander, text: Go on}}]
                            roles: {commander: decides}
                            """)
                    let path = report.appending(path: "journal.json").path()
                    let waits = try await eventually(within: .seconds(20)) {
                        (try? Journal(reading: path))?.events.contains {
                            if case .stepBegan = $0.kind { true } else { false }
                        } == true
                    }
                    #expect(waits, "\(program.outputText)\(program.errorText)")
                    program.send(signal)
                    let ended = try await program.exit(within: .seconds(15))
                    await program.end()
                    #expect(ended?.status == (signal == SIGINT ? 5 : 137))
                    paths.append(path)
                }
                let found = try await Program.run(
                    Python.path, ["-I", "-c", Self.validate, Self.schema] + paths)
                #expect(
                    found.output == """
                        held []
                        held []
                        stopped []
                        interrupted []
                        None []

                        """, "\(found.errors)")
            }
        }

        @Test("a run needs no privilege but the agent's socket")
        func unprivileged() async throws {
            try await onStage { stage in
                let run = try await stage.run(
                    wrapper: [
                        "setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--",
                    ])
                #expect(run.ended.status == 0, "\(run.ended.output)\(run.ended.errors)")
            }
        }
    }
}
