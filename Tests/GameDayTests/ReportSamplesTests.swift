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

    /// The whole incident with a million results: bins keep the report small and fast.
    @Test func longAsTheIncident() throws {
        let run = SyntheticRun.incident()
        let journal = run.journal()
        let results = journal.events.count { if case .result = $0.kind { true } else { false } }
        #expect(results > 990_000)
        let clock = ContinuousClock()
        let began = clock.now
        try write(journal, as: "incident")
        let took = clock.now - began
        let html = HTMLReport(journal).text
        #expect(html.utf8.count < 5_000_000)
        // Debug builds are some ten times as slow as what people run.
        #expect(took < .seconds(60))
        print("\(results) results: \(html.utf8.count) bytes of HTML, written in \(took)")
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
