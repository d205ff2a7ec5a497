import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// What decides how a run ends, and what it leaves behind.
    @Suite("verdicts of a run") struct RunVerdictTests {
        @Test("the steady state does not hold: nothing was ever armed, exit 1")
        func notStarted() async throws {
            try await Drill.onStage { agent, mark in
                let drill = Drill(steadyState: "addresses >= 2", mark: mark)
                let (run, ended) = try await RunUnderTest.whole(drill.yaml, agent)
                #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
                #expect(ended.output.contains("NOT STARTED"))
                #expect(ended.output.contains("nothing was armed"))
                let journal = try run.journal()
                #expect(journal.verdict?.outcome == .notStarted)
                #expect(journal.armed.isEmpty && !journal.hasBegun(1) && !journal.hasBegun(3))
                #expect(try !agent.events().contains { $0.event == .arm })
                // Whatever happened.
                #expect(FileManager.default.fileExists(atPath: mark.path()))
            }
        }

        @Test("a stop condition ends the run within an interval and a second: exit 4")
        func stopped() async throws {
            try await Drill.onStage { agent, mark in
                let drill = Drill(more: "stop:\n  table: success < 50% over 2s", mark: mark)
                let (run, ended) = try await RunUnderTest.whole(drill.yaml, agent)
                #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
                let journal = try run.journal()
                #expect(journal.verdict?.outcome == .stopped)
                #expect(journal.verdict?.summary.hasPrefix("table: success < 50% over 2s") == true)
                let stop = try #require(journal.stop)
                #expect(stop.cause == .condition)
                // It holds once its window is seen, half of which fails since the fault.
                let fails = journal.results(of: "table").filter { !$0.result.passed }
                let due = try #require(fails.first).at + 2000
                #expect(stop.at <= due + 1100, "\(stop.at) after \(due)")
                let lifting = try #require(journal.lifted.first)
                #expect(lifting.at - stop.at < 500)
                #expect(!journal.hasBegun(2) && journal.hasBegun(3))
                #expect(FileManager.default.fileExists(atPath: mark.path()))
                #expect(try await agent.client.faults().isEmpty)
            }
        }

        /// What the phases expect needs a fault that bites.
        @Test("--dry-run: faults only count, and the steady state alone decides")
        func dryRun() async throws {
            try await Drill.onStage { agent, _ in
                let drill = Drill(outage: "for: 2s\nexpect: {table: [fail within 1s, fail]}")
                let (run, ended) = try await RunUnderTest.whole(drill.yaml, agent, ["--dry-run"])
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                let journal = try run.journal()
                #expect(journal.verdict?.outcome == .held)
                #expect(
                    journal.verdict?.summary
                        == "a dry run, in which 3 of the phases decide nothing: all 2 expectations met"
                )
                #expect(journal.run.dryRun)
                #expect(!journal.armed.contains { !$0.dryRun })
                #expect(!journal.results(of: "table").contains { !$0.result.passed })
                let counts = try #require(
                    journal.events.compactMap { event -> FaultCounts? in
                        if case .lifted(let value) = event.kind { value.counts } else { nil }
                    }.last)
                #expect(counts.fired > 10, "what it would have changed is counted")
                #expect(try run.text(of: "report.md").contains("dry run"))
                #expect(try run.text(of: "report.md").contains("3 not judged"))
                let junit = try run.text(of: "junit.xml")
                #expect(!junit.contains("<failure") && !junit.contains("<error"))
                // A steady state that does not hold decides as ever.
                let failing = try await RunUnderTest.whole(
                    Drill(steadyState: "addresses >= 2").yaml, agent, ["--dry-run"])
                #expect(failing.ended.status == 1)
            }
        }

        @Test("what a secret variable holds is nowhere in what a run leaves, says or answers")
        func secrets() async throws {
            try await Drill.onStage { agent, _ in
                let secret = "hunter2-\(Int.random(in: 100_000...999_999))"
                let more = """
                    variables:
                      API_TOKEN: default-\(secret)
                      DB_PASSWORD: \(secret)
                      PUBLIC: shown
                    about: ${PUBLIC} and ${DB_PASSWORD}
                    always:
                      - run: "echo says ${API_TOKEN}; test ${DB_PASSWORD} = \(secret)"
                      - run: "echo ${PUBLIC} >&2; exit 3 # ${DB_PASSWORD}"
                    """
                let yaml = Drill(outage: "for: 1s", more: more).yaml.replacing(
                    "probes:",
                    with: """
                        probes:
                          script: {exec: "echo ${DB_PASSWORD}", timeout: 900ms}
                        """
                ).replacing("expect: {", with: "expect: {script: output contains ${DB_PASSWORD}, ")
                for style in [[], ["--json"]] {
                    let (run, ended) = try await RunUnderTest.whole(yaml, agent, style)
                    #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
                    #expect(!ended.output.contains(secret) && !ended.errors.contains(secret))
                    let files = try FileManager.default.contentsOfDirectory(
                        atPath: run.folder.path())
                    #expect(
                        files.sorted() == [
                            "journal.json", "junit.xml", "report.html", "report.md",
                        ])
                    for file in files {
                        let text = try run.text(of: file)
                        #expect(!text.contains(secret), "\(file)")
                        #expect(text.contains("shown"), "\(file)")
                    }
                    let journal = try run.journal()
                    #expect(
                        journal.run.variables == [
                            "API_TOKEN": "(not shown)", "DB_PASSWORD": "(not shown)",
                            "PUBLIC": "shown",
                        ])
                    #expect(journal.stepsEnded.first?.passed == true, "the command had it")
                    #expect(
                        journal.stepsEnded.first?.detail == "exit code 0: says (not shown)")
                }
            }
        }

        @Test("a full disk: the run goes on, all is lifted, one line says what is missing, exit 70")
        func fullDisk() async throws {
            try await Drill.onStage { agent, mark in
                let disk = try await Place.scratch()
                try await Program.check(
                    "mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk.path())
                do {
                    // Room for a journal, none for its reports.
                    try await run(on: disk, agent, mark, filler: 0, outage: "for: 2s") {
                        #expect($0.errors.contains("report.html: No space left on device"))
                    }
                    try FileManager.default.removeItem(at: mark)
                    // None for the journal itself after a while: 100 results a second.
                    try await run(
                        on: disk, agent, mark, filler: 110_000, outage: "for: 8s", every: "10ms"
                    ) {
                        #expect($0.errors.contains("journal.json: No space left on device"))
                    }
                    // None at all: said at once.
                    try FileManager.default.createDirectory(
                        at: disk.appending(path: "3"), withIntermediateDirectories: true)
                    _ = try? Data(count: 400_000).write(to: disk.appending(path: "3/filler"))
                    try fill(disk.appending(path: "3/rest"))
                    let none = try await RunUnderTest.whole(
                        Drill().yaml, agent, report: disk.appending(path: "none"))
                    #expect(none.ended.status == 2, "\(none.ended.errors)")
                    #expect(none.ended.errors.split(separator: "\n").count == 1)
                    #expect(none.ended.errors.contains("No space left on device"))
                    #expect(try await agent.client.faults().isEmpty)
                    try await Program.check("umount", disk.path())
                } catch {
                    try await Program.check("umount", disk.path())
                    throw error
                }
            }
        }

        /// Fills a file system to its last byte.
        private func fill(_ file: URL) throws {
            _ = FileManager.default.createFile(atPath: file.path(), contents: nil)
            let handle = try FileHandle(forWritingTo: file)
            while (try? handle.write(contentsOf: Data(count: 1024))) != nil {}
            try? handle.close()
        }

        private func run(
            on disk: URL, _ agent: AgentUnderTest, _ mark: URL, filler: Int, outage: String,
            every: String = "100ms", _ check: (Program.Ended) -> Void
        ) async throws {
            let report = disk.appending(path: "report")
            try? FileManager.default.removeItem(at: report)
            let padding = disk.appending(path: "padding")
            try? FileManager.default.removeItem(at: padding)
            if filler > 0 { try Data(count: filler).write(to: padding) }
            let drill = Drill(outage: outage, mark: mark).yaml
                .replacing("every: 100ms", with: "every: \(every)")
                .replacing("timeout: 90ms", with: "timeout: \(every)")
            let (run, ended) = try await RunUnderTest.during(drill, agent, report: report) { run in
                try await run.arms()
                // Whatever was left over is gone now.
                try fill(disk.appending(path: "rest"))
                return (run, try await run.end(within: .seconds(40)))
            }
            try FileManager.default.removeItem(at: disk.appending(path: "rest"))
            #expect(ended.status == 70, "\(ended.output)\(ended.errors)")
            #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
            #expect(ended.output.contains("HELD"))
            #expect(try run.journal().verdict?.outcome == .held)
            #expect(try await agent.client.faults().isEmpty)
            #expect(FileManager.default.fileExists(atPath: mark.path()))
            check(ended)
        }

        /// A path that somebody mistyped is not tidied away.
        @Test("--control with something that is no socket leaves it alone: exit 2")
        func controlIsNoSocket() async throws {
            try await Drill.onStage { agent, _ in
                let folder = try await Place.scratch()
                let file = folder.appending(path: "precious")
                try Data("precious".utf8).write(to: file)
                for path in [folder.path(), file.path()] {
                    let (_, ended) = try await RunUnderTest.whole(
                        Drill().yaml, agent, ["--control", path])
                    #expect(ended.status == 2 && ended.errors.contains("is no socket"))
                    #expect(try Data(contentsOf: file) == Data("precious".utf8))
                }
            }
        }
    }
}
