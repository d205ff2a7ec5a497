import Control
import Testing

@testable import brownout

@Suite struct ReportTests {
    let now = Samples.start + .seconds(18)
    let counts = FaultCounts(seen: 1204, matched: 40, fired: 37)

    private func watched(
        _ id: String = "f1", ending: WatchedFault.Ending? = nil, dryRun: Bool = false,
        counts: FaultCounts? = nil
    ) -> WatchedFault {
        var watched = WatchedFault(
            Samples.fault(id, counts: counts ?? self.counts, dryRun: dryRun))
        watched.ending = ending
        return watched
    }

    @Test func plain() {
        let report = Report(style: .plain)
        #expect(
            report.armed([Samples.fault()], now: Samples.start)
                == "armed f1  dns empty a.test  for 1:00, seed 7\n")
        #expect(report.live([watched()], now: now) == nil)
        #expect(
            report.progress([watched()], now: now)
                == "f1  seen 1,204  fired 37  0:42 left  dns empty a.test\n")
        #expect(
            report.ended([watched(ending: .time)], now: Samples.start + .seconds(60))
                == "f1  ended after 1m: seen 1,204, matched 40, fired 37  dns empty a.test\n")
    }

    @Test func plainDryRunThatMissed() {
        let report = Report(style: .plain)
        let fault = Samples.fault(dryRun: true)
        #expect(
            report.armed([fault], now: Samples.start)
                == "armed f1  dns empty a.test  for 1:00, seed 7, dry run: nothing is changed\n")
        #expect(
            report.ended(
                [watched(ending: .lifted, dryRun: true, counts: FaultCounts(passed: 1))], now: now)
                    == """
                    f1  lifted after 18s: seen 0, matched 0, would have fired 0, passed 1  \
                    dns empty a.test
                    No answer matched. If something asked for these names,
                    `brownout doctor` says what may have kept the answers away.

                    """)
        #expect(
            report.ended([watched(ending: .lost, counts: FaultCounts())], now: now)
                == "f1  lost with its agent after 18s: seen 0, matched 0, fired 0  dns empty a.test\n"
        )
    }

    @Test func live() {
        let report = Report(style: .live(styled: false))
        #expect(
            report.live([watched("f9"), watched("f10", dryRun: true)], now: now) == [
                "f9   seen 1,204  fired 37  0:42 left  dns empty a.test",
                "f10  seen 1,204  would have fired 37  0:42 left  dns empty a.test",
            ])
        #expect(report.progress([watched()], now: now) == "")
        #expect(report.live([watched(ending: .time)], now: now) == [])
        let many = (1...9).map { watched("f\($0)") }
        #expect(
            report.live(many, now: now) == ["9 faults  seen 10,836  fired 333  0:42 left"])
    }

    @Test func styled() {
        let line = Report(style: .live(styled: true)).live([watched()], now: now)?.first
        #expect(
            line == "\u{1B}[1mf1\u{1B}[0m  seen 1,204  \u{1B}[1mfired 37\u{1B}[0m  0:42 left  "
                + "\u{1B}[2mdns empty a.test\u{1B}[0m")
    }

    @Test func json() throws {
        let report = Report(style: .json)
        #expect(
            report.progress([watched()], now: now) == """
                {"armedAt":"2025-10-20T06:48:00.000Z","dryRun":false,\
                "endsAt":"2025-10-20T06:49:00.000Z","event":"progress","fired":37,"id":"f1",\
                "matched":40,"name":"dns empty a.test","passed":0,"remainingSeconds":42,\
                "seed":7,"seen":1204}

                """)
        let end = report.ended([watched(ending: .lifted)], now: now)
        #expect(end.contains(#""event":"end""#) && end.contains(#""reason":"interrupted""#))
        #expect(end.contains(#""remainingSeconds":0"#))
        let arm = report.armed([Samples.fault()], now: now)
        #expect(arm.contains(#""fault":{"#) && arm.hasSuffix("}\n"))
    }

    @Test func liveLinesAreRedrawnInPlace() {
        var lines = LiveLines()
        #expect(lines.erase() == "")
        #expect(lines.draw(["a"]) == "\u{1B}[?7l\r\u{1B}[2Ka\u{1B}[J\u{1B}[?7h")
        #expect(lines.draw(["a", "b"]) == "\u{1B}[?7l\r\u{1B}[2Ka\n\u{1B}[2Kb\u{1B}[J\u{1B}[?7h")
        #expect(lines.draw(["c"]) == "\u{1B}[?7l\r\u{1B}[1A\u{1B}[2Kc\u{1B}[J\u{1B}[?7h")
        #expect(lines.erase() == "\r\u{1B}[J")
        #expect(lines.erase() == "")
    }

    @Test(arguments: [
        (true, ["TERM": "xterm"], true, true),
        (true, ["TERM": "xterm", "NO_COLOR": "1"], true, false),
        (true, ["TERM": "xterm", "NO_COLOR": ""], true, true),
        (true, ["TERM": "dumb"], false, false),
        (true, [:], false, false),
        (false, ["TERM": "xterm"], false, false),
    ])
    func terminal(
        isTerminal: Bool, environment: [String: String], redraw: Bool, style: Bool
    ) {
        let terminal = Terminal(isTerminal: isTerminal, environment: environment)
        #expect(terminal.canRedraw == redraw)
        #expect(terminal.canStyle == style)
    }
}
