import Foundation
import GameDay
import GameDaySamples
import Testing

/// The reports of every synthetic run. To look at them: `BROWNOUT_REPORTS=/some/folder swift test
/// --filter ReportSamplesTests` leaves them there.
@Suite struct ReportSamplesTests {
    @Test(arguments: SyntheticRun.Scenario.allCases)
    func areWritten(_ scenario: SyntheticRun.Scenario) throws {
        try write(SyntheticRun(scenario).journal(), as: scenario.rawValue)
    }

    @Test func attacked() throws {
        var run = SyntheticRun(.failed)
        run.poison = #"<script>alert(1)</script>"'&`|]]>"#
        try write(run.journal(), as: "attacked")
    }

    @Test func many() throws {
        var run = SyntheticRun(.failed)
        run.extraProbes = 94
        try write(run.journal(), as: "many")
    }

    private func write(_ journal: Journal, as name: String) throws {
        try withScratch { scratch in
            let root = ProcessInfo.processInfo.environment["BROWNOUT_REPORTS"] ?? scratch
            let paths = try ReportWriter.write(journal, to: "\(root)/\(name)")
            #expect(paths.count == 3)
            for path in paths {
                #expect(try !Data(contentsOf: URL(filePath: path)).isEmpty)
            }
        }
    }
}
