import GameDay

/// `gameday compare A B` as people read it.
struct ComparisonText {
    var comparison: Comparison

    init(_ comparison: Comparison) { self.comparison = comparison }

    var text: String {
        let parts = [head, expectations, probes, latencies, remarks].filter { !$0.isEmpty }
        return parts.joined(separator: "\n")
    }

    private var head: String {
        var table = Table(["", "BEFORE", "AFTER"])
        let (a, b) = (comparison.before, comparison.after)
        table.append("run", a.id, b.id)
        table.append("began", Figures.date(a.startedAt), Figures.date(b.startedAt))
        table.append("lasted", Figures.seconds(a.seconds), Figures.seconds(b.seconds))
        table.append("verdict", a.verdict, "\(b.verdict) (\(comparison.verdict.words))")
        table.append("expectations", Self.counts(a), Self.counts(b))
        let title = a.title == b.title ? b.title : "\(a.title) / \(b.title)"
        return "\(title): \(answer)\n\n\(table.text)"
    }

    /// Did we get better?
    private var answer: String {
        let (better, worse) = (comparison.better, comparison.worse)
        return switch (better, worse) {
        case (0, 0): "nothing changed for better or worse"
        case (_, 0): "better in \(better), worse in nothing"
        case (0, _): "worse in \(worse), better in nothing"
        default: "better in \(better), worse in \(worse)"
        }
    }

    private static func counts(_ run: Comparison.Run) -> String {
        let unjudged = run.notJudged > 0 ? ", \(run.notJudged) not judged" : ""
        return "\(run.passed) passed, \(run.failed) failed\(unjudged)"
    }

    private var expectations: String {
        // What is as it was needs no line each.
        let changed = comparison.expectations.filter { $0.change != .same }
        let same = comparison.expectations.count - changed.count
        let failing = comparison.expectations.filter {
            $0.change == .same && $0.after?.isFailure == true
        }
        var table = Table(["EXPECTATION", "BEFORE", "AFTER", "CHANGE"])
        for row in changed + failing {
            let until = row.role == .until ? "until " : ""
            table.append(
                "\(row.phase): \(row.probe) \(until)\(row.text)",
                Self.side(row.before, row.beforeMeasured), Self.side(row.after, row.afterMeasured),
                row.change.words)
        }
        let rows = changed.isEmpty && failing.isEmpty ? "" : table.text
        let passing = same - failing.count
        return rows + (passing > 0 ? "\(passing) expectations are as they were\n" : "")
    }

    private static func side(_ judgement: Judgement?, _ measured: String?) -> String {
        guard let judgement else { return Figures.none }
        return judgement.words + (measured.map { " (\($0))" } ?? "")
    }

    private var probes: String {
        guard !comparison.probes.isEmpty else { return "" }
        var table = Table(["PROBE", "TIME TO DEGRADE", "", "RTO", ""])
        for row in comparison.probes {
            table.append(
                row.probe,
                "\(Figures.seconds(row.before?.timeToDegrade)) → "
                    + Figures.seconds(row.after?.timeToDegrade), row.timeToDegrade.words,
                "\(Figures.seconds(row.before?.recoveryTime)) → "
                    + Figures.seconds(row.after?.recoveryTime), row.recoveryTime.words)
        }
        return table.text
    }

    private var latencies: String {
        let rows = comparison.latencies.filter { $0.change != .same }
        guard !rows.isEmpty else { return "" }
        var table = Table(["PHASE", "PROBE", "PASSED", "P95", "CHANGE"])
        for row in rows {
            table.append(
                row.phase, row.probe,
                "\(Figures.percent(row.before?.passed)) → \(Figures.percent(row.after?.passed))",
                "\(Figures.milliseconds(row.before?.latency?.p95)) → "
                    + Figures.milliseconds(row.after?.latency?.p95), row.change.words)
        }
        return table.text
    }

    private var remarks: String {
        comparison.remarks.map { "note: \($0)\n" }.joined()
    }
}
