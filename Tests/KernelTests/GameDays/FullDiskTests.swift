import Foundation
import GameDay
import GameDaySamples
import Testing

extension KernelTests {
    /// What a run leaves where the disk is full: a small file system of its own.
    @Suite struct FullDisk {
        /// Mounts so many KiB and runs `body` there.
        private func withDisk(
            kilobytes: Int, _ body: (URL) async throws -> Void
        ) async throws {
            let folder = try await Place.scratch()
            try await Program.check(
                "mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.path())
            do {
                try await body(folder)
                try await Program.check("umount", folder.path())
            } catch {
                try await Program.check("umount", folder.path())
                throw error
            }
        }

        private func event(_ at: Int) -> RunEvent {
            RunEvent(at: Int64(at), .note(.init(text: String(repeating: "x", count: 200))))
        }

        @Test func theJournalStaysValidAndGoesOn() async throws {
            let header = SyntheticRun(.held).journal().run
            try await withDisk(kilobytes: 768) { folder in
                let filler = folder.appending(path: "filler")
                try Data(count: 400 * 1024).write(to: filler)
                let path = folder.appending(path: "journal.json").path()
                let file = try JournalFile(path: path, header: header)
                var at = 0
                while file.status.lost == 0, at < 10_000 {
                    file.append((0..<7).map { event(at + $0) })
                    at += 7
                    _ = try Journal(reading: path)
                }
                #expect(file.status.problem == "No space left on device")
                let written = file.status.written
                #expect(written > 100)
                #expect(try Journal(reading: path).events.count == written)
                // Nothing of the attempt is left behind.
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path())
                #expect(left.sorted() == ["filler", "journal.json"])
                // Room again: it goes on, after a while.
                try FileManager.default.removeItem(at: filler)
                file.append([event(at + 6000)])
                #expect(file.status.written == written + 1)
                let lost = file.status.lost
                file.finish(Verdict(outcome: .held, summary: "s", exitCode: 0, at: 1))
                let journal = try Journal(reading: path)
                #expect(journal.events.count == written + 1 && journal.verdict?.outcome == .held)
                #expect(file.status.lost == lost && lost > 0)
            }
        }

        @Test func theVerdictNeedsNoRoom() async throws {
            let header = SyntheticRun(.held).journal().run
            try await withDisk(kilobytes: 256) { folder in
                let path = folder.appending(path: "journal.json").path()
                let file = try JournalFile(path: path, header: header)
                file.append((0..<100).map(event))
                // To the last byte.
                #expect(throws: (any Error).self) {
                    try Data(count: 1024 * 1024).write(to: folder.appending(path: "filler"))
                }
                file.finish(
                    Verdict(
                        outcome: .failed, summary: String(repeating: "s", count: 900), exitCode: 1,
                        at: 1))
                let journal = try Journal(reading: path)
                #expect(journal.verdict?.outcome == .failed && journal.events.count == 100)
            }
        }

        @Test func theReportsThatFitAreWritten() async throws {
            let journal = SyntheticRun(.failed).journal()
            try await withDisk(kilobytes: 64) { folder in
                let error = #expect(throws: ReportError.self) {
                    try ReportWriter.write(journal, to: folder.path())
                }
                #expect(error?.failures.count == 1)
                #expect(error?.failures.first?.path.hasSuffix("/report.html") == true)
                #expect(error?.failures.first?.problem == "No space left on device")
                #expect(error?.written.count == 2)
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path())
                #expect(left.sorted() == ["junit.xml", "report.md"])
            }
        }
    }
}
