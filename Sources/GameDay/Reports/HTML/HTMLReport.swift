import Control

/// `report.html`: one file that needs nothing else, no network and no script.
///
/// A policy in its head forbids both, so that a text that slips through could do nothing. However long the
/// run was, results are drawn in bins; a bin with one failure shows it.
public struct HTMLReport: Sendable {
    public let story: RunStory
    let series: [String: ResultSeries]
    let axis: TimeAxis

    public init(_ journal: Journal) { self.init(journal, RunStory(journal)) }

    /// - Parameter story: of the same journal.
    init(_ journal: Journal, _ story: RunStory) {
        self.story = story
        series = ResultSeries.all(journal.events)
        axis = TimeAxis(total: story.verdict?.at ?? story.now)
    }

    public var text: String {
        let words = VerdictWords(story.verdict)
        let title = XMLText.escaped("\(words.head): \(story.header.title)")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <style>\(HTMLStyle.text)</style>
            </head>
            <body data-verdict="\(words.code)">
            <main>
            \(head)\(story.stopped.map(stopped) ?? "")\(failures)\(figures)
            \(timeline)
            \(expectations)
            \(measurements)
            \(steps)
            \(charts)
            \(phaseTable)
            \(shares)
            \(faults)
            \(reasons)
            \(notes)
            \(origin)
            \(footer)</main>
            </body>
            </html>

            """
    }

    // MARK: Head

    private var head: String {
        let header = story.header
        let words = VerdictWords(story.verdict)
        var tags = [
            Figures.date(header.startedAt), "lasted \(Figures.seconds(story.seconds))",
            "host \(header.host)", "run \(header.id)",
        ].map { "<li>\(XMLText.escaped($0))</li>" }
        if header.dryRun { tags.append("<li class=\"loud\">dry run: nothing was changed</li>") }
        if header.lab { tags.append("<li class=\"loud\">in the lab</li>") }
        if header.speed != 1 {
            tags.append(
                "<li class=\"loud\">\(Figures.decimals(header.speed, 2)) times as fast</li>")
        }
        let about = header.about.map { "<p>\(XMLText.escaped($0))</p>" } ?? ""
        let code = story.verdict.map { " · exit code \($0.exitCode)" } ?? ""
        return """
            <header>
            <p class="dim small">Brownout game day</p>
            <h1>\(XMLText.escaped(header.title))</h1>
            <ul class="tags">\(tags.joined())</ul>
            <div class="verdict \(tone)" role="status">\(icon)<div>\
            <strong>\(words.head)</strong><span>\(XMLText.escaped(words.summary))\(code)</span>\
            </div></div>
            \(about)
            </header>

            """
    }

    private var tone: String {
        switch story.verdict?.outcome {
        case .held: "good"
        case .failed, .notStarted, .error: "bad"
        case .stopped, .interrupted, nil: "odd"
        }
    }

    private var icon: String {
        let drawing =
            switch tone {
            case "good": "<path d=\"M28 52l16 16 30-36\"/>"
            case "bad": "<path d=\"M32 32l36 36M68 32L32 68\"/>"
            default: "<path d=\"M50 26v30M50 72v.5\"/>"
            }
        return """
            <svg viewBox="0 0 100 100" aria-hidden="true" fill="none" stroke="currentColor" \
            stroke-width="9" stroke-linecap="round" stroke-linejoin="round">\
            <circle cx="50" cy="50" r="43" stroke-width="6"/>\(drawing)</svg>
            """
    }

    /// The numbers that people ask for first.
    private var figures: String {
        var items: [(String, String)] = []
        let counts = story.judgements
        let total = story.expectations.count
        let unjudged = counts[.notJudged].map { ", \($0) not judged" } ?? ""
        items.append(("\(counts[.passed] ?? 0) of \(total)", "expectations met\(unjudged)"))
        let values = story.probes.map { ($0, story.measurements(of: $0)) }
        let degraded = values.filter { $0.1.timeToDegrade != nil }
        if let first = degraded.min(by: { ($0.1.timeToDegrade ?? 0) < ($1.1.timeToDegrade ?? 0) }) {
            items.append(
                (
                    Figures.seconds(first.1.timeToDegrade),
                    "until the first probe failed: \(first.0.info.name)"
                ))
        }
        let back = degraded.filter { $0.1.recoveryTime != nil }
        if let last = back.max(by: { ($0.1.recoveryTime ?? 0) < ($1.1.recoveryTime ?? 0) }) {
            items.append(
                (Figures.seconds(last.1.recoveryTime), "longest RTO: \(last.0.info.name)"))
        }
        let lost = degraded.filter { $0.1.recoveryTime == nil }
        if !lost.isEmpty {
            items.append(
                (
                    "\(lost.count) of \(degraded.count)",
                    "probes that failed were not seen back for good"
                ))
        } else if degraded.isEmpty, !story.faults.isEmpty {
            items.append(("0 of \(story.probes.count)", "probes failed after the first fault"))
        }
        let fired = story.faults.reduce(UInt64(0)) { $0 &+ ($1.counts?.fired ?? 0) }
        let faults = story.faults.count
        items.append(
            faults > 0
                ? (
                    Figures.count(fired),
                    "answers changed by \(faults) fault\(faults == 1 ? "" : "s")"
                )
                : ("none", "faults were armed"))
        items.append(
            (Figures.count(story.probes.reduce(0) { $0 + $1.checks }), "checks made"))
        let list = items.map { value, words in
            "<li><b>\(XMLText.escaped(value))</b><span>\(XMLText.escaped(words))</span></li>"
        }
        return "<ul class=\"figures\">\(list.joined())</ul>\n"
    }

    /// What a reader of a failed run looks for first.
    private var failures: String {
        let rows = story.expectations.filter(\.judgement.isFailure).map { row in
            let measured = row.measured.map { ", measured \($0)" } ?? ""
            let words = row.judgement == .noSamples ? ": no samples" : measured
            return
                "<li>\(XMLText.escaped(story.phaseName(row.phase))): <b>\(XMLText.escaped(row.probe))</b> "
                + "<code>\(XMLText.escaped(row.text))</code>\(XMLText.escaped(words))</li>"
        }
        let steps = story.steps.filter { $0.ended?.passed == false }.map { step in
            let detail = step.ended?.detail.map { ", \($0)" } ?? ""
            return "<li>\(XMLText.escaped(story.phaseName(step.began.phase))): step "
                + "<b>\(XMLText.escaped(step.began.text))</b>\(XMLText.escaped(detail))</li>"
        }
        let all = rows + steps
        guard !all.isEmpty else { return "" }
        let more = all.count > 12 ? "<li class=\"dim\">and \(all.count - 12) more below</li>" : ""
        return "<ul class=\"failed\">\(all.prefix(12).joined())\(more)</ul>\n"
    }

    private func stopped(_ stop: StopStory) -> String {
        """
        <p><strong>Ended at \(Figures.clock(stop.at)) by \(stop.cause.words):</strong> \
        \(XMLText.escaped(stop.why))</p>
        """
    }

    private var footer: String {
        let header = story.header
        return """
            <footer>Made by Brownout \(XMLText.escaped(header.brownout)) from the journal of run \
            \(XMLText.escaped(header.id)). Times are counted from the begin of the run, \
            \(Figures.date(header.startedAt)).</footer>

            """
    }
}
