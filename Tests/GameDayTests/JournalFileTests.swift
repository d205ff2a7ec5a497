import Control
import Foundation
import GameDaySamples
import Subprocess
import SystemPackage
import Testing

@testable import GameDay

@Suite struct JournalFileTests {
    static let journal = SyntheticRun(.held).journal()

    @Test func isAJournalAtEveryMoment() throws {
        try withScratch { folder in
            let path = folder + "/journal.json"
            let file = try JournalFile(path: path, header: Self.journal.run)
            #expect(try Journal(reading: path) == Journal(run: Self.journal.run))
            var told: [RunEvent] = []
            // Batches of 0, 1, 2 … events; every state is read back.
            var rest = Self.journal.events.prefix(600)
            var turn = 0
            while !rest.isEmpty {
                let batch = Array(rest.prefix(turn % 17))
                rest = rest.dropFirst(turn % 17)
                turn += 1
                file.append(batch)
                told += batch
                #expect(try Journal(reading: path) == Journal(run: Self.journal.run, events: told))
            }
            #expect(file.status == JournalFile.Status(written: 600, lost: 0, problem: nil))
            let verdict = try #require(Self.journal.verdict)
            file.finish(verdict)
            let whole = Journal(run: Self.journal.run, events: told, verdict: verdict)
            #expect(try Journal(reading: path) == whole)
            // The blanks are given back, but for those at the ends of pages.
            let size = try #require(
                FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            #expect(size < (try ControlJSON.encode(whole).count) * 11 / 10)
            file.append([RunEvent(at: 1, .note(.init(text: "too late")))])
            #expect(file.status.lost == 1)
            #expect(try Journal(reading: path) == whole)
        }
    }

    /// Larger than a page, larger than all blanks, first of all, among others.
    @Test(arguments: [1, 4000, 4090, 4096, 5000, 70_000, 400_000])
    func takesEventsOfAnySize(_ size: Int) throws {
        try withScratch { folder in
            let path = folder + "/journal.json"
            let small = RunEvent(at: 1, .note(.init(text: "small")))
            let large = RunEvent(
                at: 2, .note(.init(text: String(repeating: "ä\n", count: size / 2))))
            for events in [
                [large], [small, large, small], [large, large], [small, small, large],
            ] {
                let file = try JournalFile(path: path, header: Self.journal.run)
                file.append(events)
                #expect(try Journal(reading: path).events == events)
                file.append(events)
                #expect(try Journal(reading: path).events == events + events)
                #expect(file.status.lost == 0)
            }
        }
    }

    @Test func whatJSONCannotCarryIsLostAlone() throws {
        try withScratch { folder in
            let path = folder + "/journal.json"
            let file = try JournalFile(path: path, header: Self.journal.run)
            let bad = RunEvent(
                at: 1, .result(.init(probe: "p", passed: true, latency: .infinity)))
            let good = RunEvent(at: 2, .note(.init(text: "good")))
            file.append([bad, good, bad, good])
            #expect(try Journal(reading: path).events == [good, good])
            #expect(file.status.lost == 2 && file.status.problem != nil)
        }
    }

    @Test func aLongVerdictFits() throws {
        try withScratch { folder in
            let path = folder + "/journal.json"
            let file = try JournalFile(path: path, header: Self.journal.run)
            let long = String(repeating: "\"no\u{1}", count: 5000)
            file.finish(Verdict(outcome: .failed, summary: long, exitCode: 1, at: 7))
            let verdict = try Journal(reading: path).verdict
            #expect(verdict?.outcome == .failed && verdict?.at == 7)
        }
    }

    @Test func aMissingFolderIsAnError() {
        #expect(
            throws: JournalError.unwritable(
                path: "/nonexistent/j", problem: "No such file or directory")
        ) { try JournalFile(path: "/nonexistent/j", header: Self.journal.run) }
    }

    @Test(arguments: [
        ("", "no valid JSON"), ("{", "no valid JSON"),
        ("[]", "another type of value than expected"),
        (#"{"version":1}"#, "no key `run`"),
        (#"{"version":1,"run":{},"events":[],"verdict":null}"#, "no key `id` in run"),
    ])
    func whatIsNoJournalIsSaid(text: String, problem: String) throws {
        try withScratch { folder in
            let path = folder + "/j"
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(throws: JournalError.notAJournal(path: path, problem: problem)) {
                try Journal(reading: path)
            }
        }
    }

    @Test(arguments: [#"{"version":2}"#, #"{"version":2,"run":3,"events":{}}"#])
    func aNewerOneIsSaid(_ text: String) throws {
        try withScratch { folder in
            let path = folder + "/j"
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(throws: JournalError.newer(path: path, version: 2)) {
                try Journal(reading: path)
            }
        }
    }

    @Test func aNewerOneOfTheSameShapeIsSaid() throws {
        try withScratch { folder in
            let path = folder + "/j"
            var journal = Journal(run: Self.journal.run)
            journal.version = 9
            try ControlJSON.encode(journal).write(to: URL(filePath: path))
            #expect(throws: JournalError.newer(path: path, version: 9)) {
                try Journal(reading: path)
            }
        }
    }

    @Test func aMissingOneIsSaid() {
        #expect(
            throws: JournalError.unreadable(
                path: "/nonexistent/j", problem: "No such file or directory")
        ) { try Journal(reading: "/nonexistent/j") }
    }

    // MARK: What kills

    /// Writers that are killed at moments of chance leave journals that two readers read.
    @Test func killedAtAnyMoment() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "brownout-\(UUID().uuidString)"
        ).path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var events = 0
        let kills = 60
        for index in 0..<kills {
            let path = "\(folder)/\(index).json"
            let pause = Int.random(in: 0...12_000, using: &random)
            let result = try await Subprocess.run(
                .path("/proc/self/exe"),
                arguments: ["--testing-library", "swift-testing", "--filter", "journalChildRole"],
                environment: .inherit.updating(["BROWNOUT_JOURNAL_CHILD": path]),
                input: .none, output: .sequence, error: .discarded
            ) { execution in
                // Killed while it writes: some time after it has begun to.
                for try await line in execution.standardOutput.strings()
                where line.contains("writing") {
                    let end = ContinuousClock.now + .microseconds(pause)
                    while ContinuousClock.now < end {}
                    try execution.send(signal: .kill)
                    break
                }
            }
            #expect(result.terminationStatus == .signaled(9), "seed \(seed)")
            let journal = try Journal(reading: path)
            events += journal.events.count
            // Nothing is missing before the last: they are numbered.
            #expect(
                journal.events.map(\.at) == journal.events.indices.map(Int64.init),
                "seed \(seed), \(index)")
        }
        #expect(events > kills, "the writers wrote: \(events)")
        let python = try await Subprocess.run(
            .name("python3"),
            arguments: [
                "-c",
                """
                import glob, json, sys
                files = glob.glob(sys.argv[1] + "/*.json")
                print(len(files), sum(len(json.load(open(f))["events"]) for f in files))
                """, folder,
            ], output: .string(limit: 1000), error: .string(limit: 10_000))
        #expect(python.standardOutput == "\(kills) \(events)\n", "\(python.standardError)")
    }
}

/// Not a test of its own: what `killedAtAnyMoment` runs this binary again for.
@Test(.enabled(if: ProcessInfo.processInfo.environment["BROWNOUT_JOURNAL_CHILD"] != nil))
func journalChildRole() throws {
    let path = try #require(ProcessInfo.processInfo.environment["BROWNOUT_JOURNAL_CHILD"])
    let file = try JournalFile(path: path, header: JournalFileTests.journal.run)
    var random = SystemRandomNumberGenerator()
    _ = try FileDescriptor.standardOutput.writeAll("\nwriting\n".utf8)
    var at: Int64 = 0
    // More than can be written before the kill comes; bounded all the same.
    while at < 3_000_000 {
        let batch = (0..<Int.random(in: 1...200, using: &random)).map { _ in
            defer { at += 1 }
            let text = String(repeating: "x", count: Int.random(in: 0...300, using: &random))
            return RunEvent(at: at, .note(.init(text: text)))
        }
        file.append(batch)
    }
}
