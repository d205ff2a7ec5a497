import Control
import Foundation
import GameDay
import GameDaySamples
import Testing

@testable import brownout

@Suite struct LiveViewTests {
    private func told(_ scenario: SyntheticRun.Scenario, _ style: Report.Style) -> String {
        let journal = SyntheticRun(scenario).journal()
        var view = LiveView(journal.run, style: style, glyphs: .unicode)
        var text = view.begin()
        for event in journal.events {
            text += view.apply(event)
            text += view.tick(now: event.at, columns: 100, rows: 30)
        }
        if let verdict = journal.verdict {
            text += view.finish(verdict, reports: ["/r/report.html"])
        }
        return text
    }

    @Test(arguments: [SyntheticRun.Scenario.held, .failed, .stopped, .notStarted])
    func plain(_ scenario: SyntheticRun.Scenario) throws {
        let difference = try GoldenFile.difference(
            told(scenario, .plain), "live-plain-\(scenario).txt")
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func json() throws {
        let journal = SyntheticRun(.stopped).journal()
        let lines = told(.stopped, .json).split(separator: "\n")
        #expect(lines.count == journal.events.count + 2)
        #expect(lines.first?.contains(#""event":"run""#) == true)
        #expect(lines.last?.contains(#""event":"verdict""#) == true)
        for (line, event) in zip(lines.dropFirst(), journal.events) {
            #expect(try ControlJSON.decode(RunEvent.self, from: Data(line.utf8)) == event)
        }
    }

    @Test func drawsFiveTimesASecondAtMost() {
        let journal = SyntheticRun(.held).journal()
        var view = LiveView(journal.run, style: .live(styled: true), glyphs: .unicode)
        var drawn = 0
        for now in stride(from: Int64(0), to: 10_000, by: 7) {
            if !view.tick(now: now, columns: 80, rows: 24).isEmpty { drawn += 1 }
        }
        #expect((45...50).contains(drawn))
    }

    @Test func drawsOverAndLeavesNothing() {
        let text = told(.held, .live(styled: false))
        #expect(text.contains("\u{1B}[2K"))
        // What comes after the last erasing is the ending alone.
        let ending = text.components(separatedBy: "\u{1B}[J").last
        #expect(ending?.contains("HELD") == true && ending?.contains("EXPECTED") == false)
        #expect(ending?.hasSuffix("/r/report.html\n") == true)
    }
}

@Suite struct ComparisonTextTests {
    @Test(arguments: [
        (SyntheticRun.Scenario.failed, SyntheticRun.Scenario.held), (.held, .failed),
        (.stopped, .held), (.held, .held),
    ])
    func golden(before: SyntheticRun.Scenario, after: SyntheticRun.Scenario) throws {
        let comparison = Comparison(
            SyntheticRun(before, seed: 1).journal(), SyntheticRun(after, seed: 2).journal())
        let difference = try GoldenFile.difference(
            ComparisonText(comparison).text, "compare-\(before)-\(after).txt")
        #expect(difference == nil, "\(difference ?? "")")
    }
}
