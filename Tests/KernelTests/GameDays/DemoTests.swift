import Foundation
import GameDay
import Testing

extension KernelTests {
    /// `make demo`, after the build.
    @Suite("the demo") struct DemoTests {
        private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

        /// The script and the programs where everybody may read them; a checkout may be somebody's own.
        private func script() async throws -> (script: String, programs: String) {
            let folder = try await Place.scratch()
            let scripts = folder.appending(path: "Scripts")
            let programs = folder.appending(path: "programs")
            for folder in [scripts, programs] {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
            }
            let script = scripts.appending(path: "demo.sh")
            try FileManager.default.copyItem(
                at: Self.repository.appending(path: "Scripts/demo.sh"), to: script)
            try await Program.check(
                "mount", "--bind", AgentUnderTest.products.path(), programs.path())
            return (script.path(), programs.path())
        }

        /// The demo as somebody, with a mark by which everything that it starts is found.
        private func start(
            _ wrapper: [String] = [], mark: String, report: String
        ) async throws -> Program {
            let (script, programs) = try await script()
            let words = wrapper + [script, report]
            return try await Program(
                words[0], Array(words.dropFirst()),
                environment: ["BROWNOUT_BIN_DIR": programs, "DEMO_MARK": mark])
        }

        /// Processes that the demo has started, however they are called.
        private func alive(_ mark: String) -> [String] {
            let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            let text = { (path: String) in
                String(
                    decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            }
            return processes.filter { text("/proc/\($0)/environ").contains("DEMO_MARK=\(mark)") }
                .map { "\($0) " + text("/proc/\($0)/cmdline").replacing("\0", with: " ") }
        }

        /// Reads each report with a parser that is not ours.
        private static let parse = """
            import html.parser, json, sys, xml.etree.ElementTree
            folder = sys.argv[1]
            class Reader(html.parser.HTMLParser):
                tags = []
                def handle_starttag(self, tag, attrs): self.tags.append(tag)
            Reader().feed(open(folder + "/report.html").read())
            cases = list(xml.etree.ElementTree.parse(folder + "/junit.xml").iter("testcase"))
            print(json.dumps([json.load(open(folder + "/journal.json"))["verdict"]["outcome"],
                len(cases) > 5, sum(len(case) for case in cases if case.find("failure") is not None),
                "svg" in Reader.tags, open(folder + "/report.md").read(2)]))
            """

        /// Runs it to its end, and looks at what it leaves.
        private func whole(_ wrapper: [String], report: URL) async throws {
            let mark = UUID().uuidString
            let began = ContinuousClock.now
            let program = try await start(wrapper, mark: mark, report: report.path())
            let ended = try await program.exit(within: .seconds(90))
            await program.end()
            let demo = try #require(ended, "not done in 90 s: \(program.outputText)")
            #expect(demo.status == 0, "\(demo.output)\(demo.errors)")
            #expect(ContinuousClock.now - began < .seconds(90))
            let page = report.appending(path: "report.html").path()
            #expect(demo.output.hasSuffix("The report, for a browser: \(page)\n"))
            // What is shown of the run itself.
            #expect(demo.output.contains("phase 2 of 4 begins: outage"))
            #expect(demo.output.contains("HELD  all"))
            #expect(demo.errors == "")
            let parsed = try await Program.run(
                Python.path, ["-I", "-c", Self.parse, report.path()])
            #expect(
                parsed.output == ##"["held", true, 0, true, "# "]"## + "\n", "\(parsed.errors)")
            #expect(try await eventually { alive(mark).isEmpty }, "\(alive(mark))")
        }

        @Test("as root and as nobody: live, in time, and its report can be read")
        func runs() async throws {
            try await Place.prepare()
            let reports = [try await Place.scratch(), try await Place.scratch()]
            // Where this is a user namespace, this is nobody already.
            guard Place.hasOtherUsers else { return try await whole([], report: reports[0]) }
            let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
            try await Program.check("chown", "65534:65534", reports[1].path())
            async let root: Void = whole([], report: reports[0])
            async let other: Void = whole(nobody, report: reports[1])
            try await root
            try await other
        }

        @Test("Ctrl-C in the middle leaves nothing behind", arguments: [SIGINT, SIGTERM])
        func stops(_ signal: Int32) async throws {
            try await Place.prepare()
            let mark = UUID().uuidString
            let report = try await Place.scratch()
            // A terminal's Ctrl-C is for the whole group: `timeout` hands it on so.
            let program = try await start(
                ["timeout", "--signal=TERM", "80"], mark: mark, report: report.path())
            let began = try await eventually(within: .seconds(30)) {
                program.outputText.contains("phase 2 of 4 begins: outage")
            }
            #expect(began, "\(program.outputText)\(program.errorText)")
            #expect(alive(mark).count > 3)
            program.send(signal)
            let ended = try await program.exit(within: .seconds(15))
            await program.end()
            #expect(ended?.errors.contains("demo: stopped") == true, "\(program.errorText)")
            #expect(ended?.output.contains("INTERRUPTED") == true, "\(program.outputText)")
            #expect(try await eventually { alive(mark).isEmpty }, "\(alive(mark))")
            #expect(try await !ruleset().contains("brownout"))
        }

        @Test("what is missing is said")
        func missing() async throws {
            let ended = try await Program.run(
                Self.repository.appending(path: "Scripts/demo.sh").path(), [],
                environment: ["BROWNOUT_BIN_DIR": "/nowhere"])
            #expect(ended.status == 2)
            #expect(
                ended.errors
                    == "demo: /nowhere/brownout is not built: run `make demo`\n")
        }
    }
}
