import Control
import GameDay
import GameDaySamples
import Testing

@testable import brownout

@Suite struct LiveScreenTests {
    /// A run until a time of it, in milliseconds.
    static func story(
        _ scenario: SyntheticRun.Scenario = .failed, until time: Int64, extraProbes: Int = 0
    ) -> RunStory {
        var run = SyntheticRun(scenario)
        run.extraProbes = extraProbes
        let journal = run.journal()
        var story = RunStory(journal.run)
        for event in journal.events where event.at <= time { story.apply(event) }
        return story
    }

    static func screen(
        _ story: RunStory, _ columns: Int, _ rows: Int, now: Int64, styled: Bool = false,
        glyphs: LiveGlyphs = .unicode
    ) -> [String] {
        LiveScreen(
            story: story, columns: columns, rows: rows, now: now, styled: styled, glyphs: glyphs
        ).lines
    }

    struct Shot: Sendable, CustomTestStringConvertible {
        var name: String
        var scenario = SyntheticRun.Scenario.failed
        var at: Int64
        var columns = 100
        var rows = 34
        var extraProbes = 0
        var glyphs = LiveGlyphs.unicode
        var styled = false
        var testDescription: String { name }
    }

    @Test(arguments: [
        Shot(name: "begin", at: 0),
        Shot(name: "outage", at: 80_000),
        Shot(name: "outage-styled", at: 80_000, styled: true),
        Shot(name: "confirm", at: 128_000),
        Shot(name: "small", at: 128_000, columns: 60, rows: 16),
        Shot(name: "ascii", at: 80_000, columns: 80, rows: 24, glyphs: .ascii),
        Shot(name: "many", at: 66_000, columns: 120, rows: 40, extraProbes: 60),
        Shot(name: "stopped", scenario: .stopped, at: 66_002),
    ])
    func golden(_ shot: Shot) throws {
        let story = Self.story(shot.scenario, until: shot.at, extraProbes: shot.extraProbes)
        let lines = Self.screen(
            story, shot.columns, shot.rows, now: shot.at, styled: shot.styled, glyphs: shot.glyphs)
        let text = lines.joined(separator: "\n").replacing("\u{1B}", with: "␛") + "\n"
        let difference = try GoldenFile.difference(text, "live-\(shot.name).txt")
        #expect(difference == nil, "\(difference ?? "")")
    }

    /// Whatever the size, nothing is too wide or too high, and what waits for a person is there.
    @Test(arguments: [1, 3, 7, 9, 12, 20, 24, 50, 200], [1, 5, 20, 40, 79, 80, 132, 250])
    func fits(rows: Int, columns: Int) {
        for extra in [0, 60] {
            let story = Self.story(until: 128_000, extraProbes: extra)
            for glyphs in [LiveGlyphs.unicode, .ascii] {
                let lines = Self.screen(story, columns, rows, now: 128_000, glyphs: glyphs)
                #expect(lines.count <= max(1, rows - 1))
                #expect(lines.allSatisfy { LiveLine.width($0) <= columns })
                #expect(glyphs != .ascii || lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
                if columns >= 40 {
                    #expect(lines.last?.contains("commander: Shift reads") == true)
                }
            }
        }
    }

    /// Parts keep their places from the first moment of a run to its last.
    @Test func isCalm() {
        let run = SyntheticRun(.held).journal()
        var story = RunStory(run.run)
        var places: Set<[Int]> = []
        var heights: Set<Int> = []
        for (index, event) in run.events.enumerated() {
            story.apply(event)
            guard index.isMultiple(of: 40) else { continue }
            let lines = Self.screen(story, 100, 40, now: event.at)
            heights.insert(lines.count)
            places.insert(
                ["ARMED", "PROBES", "EXPECTED"].compactMap { lines.firstIndex(of: $0) })
        }
        #expect(heights.count == 1)
        #expect(places.count == 1 && places.first?.count == 3)
    }

    @Test func failureIsReadableWithoutColour() {
        let lines = Self.screen(Self.story(until: 70_000), 100, 34, now: 70_000)
        let table = lines.first { $0.contains("table") }
        #expect(table?.contains("✕✕✕") == true)
        #expect(table?.hasPrefix("✗") == true)
        #expect(table?.contains("NOERROR, no addresses") == true)
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func theWorstComeFirst() {
        let lines = Self.screen(
            Self.story(until: 66_000, extraProbes: 60), 100, 24, now: 66_000)
        let rows = lines.filter { $0.hasPrefix("✗") || $0.hasPrefix("✓") }
        #expect(rows.first?.contains("✗") == true)
        #expect(lines.contains { $0.contains(" more") })
    }

    /// A server's words must not move the cursor of whoever watches.
    @Test func obeysNobodyElse() {
        var run = SyntheticRun(.failed)
        run.poison = "\u{1B}[2J\u{7}\u{202E}\nx"
        let journal = run.journal()
        var story = RunStory(journal.run)
        for event in journal.events where event.at <= 128_000 { story.apply(event) }
        for line in Self.screen(story, 100, 40, now: 128_000) {
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .format })
        }
        var view = LiveView(journal.run, style: .plain, glyphs: .unicode)
        for event in journal.events {
            let text = view.apply(event)
            #expect(!text.contains("\u{1B}") && text.count { $0 == "\n" } <= 1)
        }
    }

    @Test(arguments: [
        (["LANG": "en_US.UTF-8"], false), (["LANG": "C.utf8"], false), ([:], true),
        (["LANG": "C"], true), (["LC_ALL": "C", "LANG": "en_US.UTF-8"], true),
        (["LC_ALL": "", "LC_CTYPE": "de_DE.UTF-8", "LANG": "C"], false),
    ])
    func glyphs(environment: [String: String], isASCII: Bool) {
        #expect(LiveGlyphs(environment: environment).isASCII == isASCII)
    }

    @Test(arguments: [
        ("24 80\n", [:], 80, 24), ("50 132", ["COLUMNS": "90"], 132, 50),
        ("", ["COLUMNS": "90", "LINES": "30"], 90, 30), ("0 0\n", [:], 80, 24),
        ("stty: error", ["COLUMNS": "-3"], 80, 24),
    ])
    func size(answer: String, environment: [String: String], columns: Int, rows: Int) {
        #expect(
            LiveSize(answer, environment: environment)
                == LiveSize(columns: columns, rows: rows))
    }

    @Test func widths() {
        #expect(LiveLine.width("abc") == 3 && LiveLine.width("日本") == 4)
        #expect(LiveLine.cut("日本語", to: 5) == "日本.")
        #expect(LiveLine.cut("abcdef", to: 4) == "abc." && LiveLine.cut("abcd", to: 4) == "abcd")
    }
}
