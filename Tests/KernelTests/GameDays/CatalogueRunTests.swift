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

        /// So many labs at a time, each in a network of its own: each takes about an eighth of a core.
        static let width = 8

        @Test("each has its pair here")
        func complete() {
            #expect(
                Set(CatalogueDay.all.map(\.name)) == Set(GameDayCatalogue.all.map(\.name)))
        }

        @Test("each holds with care, and fails without where it says why")
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
            let run = try await LabRun.of(turn.day, careless: turn.careless)
            let name: Comment = "\(turn.day.name)\(turn.careless ? ", careless" : "")"
            let path = run.folder.appending(path: "journal.json").path()
            guard let journal = try? Journal(reading: path) else {
                Issue.record("\(name): \(run.ended.errors)")
                return
            }
            let story = RunStory(journal)
            let failed = story.expectations.filter(\.judgement.isFailure).map { row in
                let until = row.role == .until ? "until " : ""
                return "\(story.phaseName(row.phase)): \(row.probe): \(until)\(row.text)"
            }
            let measured = story.expectations.filter(\.judgement.isFailure)
                .compactMap(\.measured)
            if turn.careless {
                #expect(run.ended.status == 1, name)
                #expect(journal.verdict?.outcome == .failed, name)
                for named in turn.day.named {
                    #expect(failed.contains(named), "\(name): held: \(named)")
                }
                let others = Set(failed).subtracting(turn.day.named + turn.day.follows)
                #expect(others.isEmpty, "\(name): \(measured)")
            } else {
                #expect(run.ended.status == 0, "\(name): \(journal.verdict?.summary ?? "")")
                #expect(journal.verdict?.outcome == .held, name)
                #expect(failed.isEmpty, "\(name): \(measured)")
            }
            #expect(story.expectations.allSatisfy { $0.judgement != .notJudged }, name)
            // Each fault did something, and none is left.
            #expect(story.faults.allSatisfy { !$0.isArmed }, name)
            #expect(story.faults.contains { $0.counts?.fired ?? 0 > 0 }, name)
            try await agree(run, name)
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
                    expect: {table: "ttl \(number.isMultiple(of: 2) ? "== 0s" : ">= 1d") within 600ms"}
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
            #expect(run.ended.status == 0, "\(run.ended.output)\(run.ended.errors)")
        }
    }
}
