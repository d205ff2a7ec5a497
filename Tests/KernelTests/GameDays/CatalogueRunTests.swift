import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// Every game day of the catalogue in the lab: it holds with the careful service, and fails with
    /// the careless one at what names the fault.
    @Suite("game days of the catalogue") struct CatalogueRuns {
        struct Turn: Sendable {
            var day: CatalogueDay
            var careless: Bool
        }

        /// So many labs at a time, each in a network of its own: more would be late on two cores.
        static let width = 3

        @Test("each has its pair here")
        func complete() {
            #expect(
                Set(CatalogueDay.all.map(\.name)) == Set(GameDayCatalogue.all.map(\.name)))
        }

        @Test("each holds with care, and fails without where it is to")
        func pairs() async throws {
            try await Place.prepare()
            let turns = CatalogueDay.all.flatMap { day in
                [Turn(day: day, careless: false), Turn(day: day, careless: true)]
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                var left = turns[...]
                func start() {
                    guard let turn = left.popFirst() else { return }
                    group.addTask { try await Self.judge(turn) }
                }
                for _ in 0..<Self.width { start() }
                while try await group.next() != nil { start() }
            }
        }

        private static func judge(_ turn: Turn) async throws {
            let name = turn.day.name + (turn.careless ? ", careless" : "")
            for attempt in 1... {
                let run = try await LabRun.of(turn.day, careless: turn.careless)
                let path = run.folder.appending(path: "journal.json").path()
                guard let journal = try? Journal(reading: path) else {
                    Issue.record("\(name): \(run.ended.errors)")
                    return
                }
                let problems = problems(turn, run, RunStory(journal))
                // A machine too busy for a page of the lab within a second proves nothing: once more.
                if !problems.isEmpty, attempt == 1, journal.isStarved { continue }
                for problem in problems { Issue.record("\(name), attempt \(attempt): \(problem)") }
                if problems.isEmpty { try await agree(run, "\(name)") }
                return
            }
        }

        /// What is not as it must be.
        private static func problems(_ turn: Turn, _ run: LabRun, _ story: RunStory) -> [String] {
            var problems: [String] = []
            func require(_ condition: Bool, _ problem: String) {
                if !condition { problems.append(problem) }
            }
            let rows = story.expectations.filter(\.judgement.isFailure)
            let failed = rows.map { row in
                let until = row.role == .until ? "until " : ""
                return "\(story.phaseName(row.phase)): \(row.probe): \(until)\(row.text)"
            }
            let outcome = turn.careless ? Verdict.Outcome.failed : .held
            require(
                story.verdict?.outcome == outcome,
                "\(story.verdict?.outcome.rawValue ?? "no verdict"): \(story.verdict?.summary ?? "")"
            )
            require(run.ended.status == (turn.careless ? 1 : 0), "exit code \(run.ended.status)")
            for named in turn.careless ? turn.day.named : [] {
                require(failed.contains(named), "this held: \(named)")
            }
            let mayFail = turn.careless ? turn.day.named + turn.day.follows : []
            for (name, row) in zip(failed, rows) where !mayFail.contains(name) {
                let reasons = story.probes.first { $0.info.name == row.probe }?.topReasons(2) ?? []
                problems.append("\(name): \(row.measured ?? "no samples"), \(reasons)")
            }
            require(
                story.expectations.allSatisfy { $0.judgement != .notJudged }, "some were not judged"
            )
            // Each fault did something, and none is left.
            require(story.faults.contains { $0.counts?.fired ?? 0 > 0 }, "no fault fired")
            require(story.faults.allSatisfy { !$0.isArmed }, "a fault is left")
            return problems
        }

        private static func agree(_ run: LabRun, _ name: Comment) async throws {
            let told = try await ReportReader.read(run.folder)
            let journal = try #require(told["journal"], name)
            #expect(told.count == 4, name)
            #expect(!journal.rows.isEmpty && !journal.times.isEmpty, name)
            for (kind, what) in told {
                #expect(what.verdict == journal.verdict, "\(name), \(kind)")
                #expect(what.rows == journal.rows, "\(name), \(kind)")
                #expect(
                    what.times == (kind == "junit" ? journal.waits : journal.times),
                    "\(name), \(kind)")
            }
        }

        @Test("a phase that lifts everything finds an agent to arm with")
        func swapping() async throws {
            let phases = (0..<10).map { number in
                """
                  - name: \(number)
                    for: 700ms
                    lift: all
                    arm: [\(number.isMultiple(of: 2) ? "ttl-zero" : "ttl-days")]
                    expect: {table: pass within 700ms}
                """
            }
            let text = """
                title: One fault after the other
                probes:
                  table:
                    dns: {name: dynamodb.us-east-1.amazonaws.com, types: [A]}
                    every: 100ms
                baseline: 1s
                recovery: 10s
                steadyState: {table: addresses >= 1}
                phases:
                  - name: begin
                    for: 1s
                    arm: [ttl-zero]
                    expect: {table: pass}

                """
            // The lab hides where the test's other files are.
            let file = FileManager.default.temporaryDirectory.appending(
                path: "brownout-\(UUID().uuidString).yaml")
            try Data((text + phases.joined(separator: "\n") + "\n").utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let run = try await LabRun.run([file.path()])
            let story = RunStory(
                try Journal(reading: run.folder.appending(path: "journal.json").path()))
            #expect(story.stopped == nil && story.faults.count == 11, "\(run.ended.errors)")
            #expect(story.faults.allSatisfy { !$0.isArmed })
        }
    }
}

extension Journal {
    /// Whether a request was not answered in time, as happens to all on a machine that is too busy.
    fileprivate var isStarved: Bool {
        let pages = run.probes.filter { $0.kind == "http" }.map(\.name)
        return events.contains { event in
            guard case .result(let result) = event.kind else { return false }
            return pages.contains(result.probe) && result.reason == "timed out"
        }
    }
}
