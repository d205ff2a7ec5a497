import GameDay

/// The last words on a run: verdict, what failed, how fast it was back, where the report is.
struct LiveEnding {
    var story: RunStory
    var styled: Bool
    /// The paths of the reports.
    var reports: [String] = []

    var text: String {
        let words = VerdictWords(story.verdict)
        var lines = [LiveLine()]
        var head = LiveLine(
            words.head, story.verdict?.outcome == .held ? .boldGreen : .boldRed)
        head.add("  \(words.summary)", .bold)
        head.add("  (\(Figures.seconds(story.seconds)))", .dim)
        lines.append(head)
        for row in story.expectations where row.judgement.isFailure {
            let until = row.role == .until ? "until " : ""
            let measured = row.measured.map { ": \($0)" } ?? ""
            let none = row.judgement == .noSamples ? ": no samples" : measured
            lines.append(
                LiveLine(
                    "  failed  \(story.phaseName(row.phase)): \(row.probe) \(until)\(row.text)\(none)",
                    .red))
        }
        for step in story.steps where step.ended?.passed == false {
            lines.append(
                LiveLine(
                    "  failed  \(story.phaseName(step.began.phase)): \(step.began.kind) "
                        + step.began.text, .red))
        }
        let body = lines.map { $0.text(columns: .max, styled: styled) + "\n" }.joined()
        return body + measurements + reports.map { LiveLine.harmless($0) + "\n" }.joined()
    }

    private var measurements: String {
        var table = Table(["  PROBE", "TIME TO DEGRADE", "RTO", "AFTER THE LIFT"])
        var isEmpty = true
        for probe in story.probes {
            let values = story.measurements(of: probe)
            guard let degraded = values.timeToDegrade else { continue }
            isEmpty = false
            table.append(
                "  \(LiveLine.harmless(probe.info.name))", Figures.seconds(degraded),
                Figures.seconds(values.recoveryTime),
                values.wasBackBeforeLift
                    ? "before it" : Figures.seconds(values.recoveryAfterLift))
        }
        return isEmpty ? "" : "\n\(table.text)\n"
    }
}
