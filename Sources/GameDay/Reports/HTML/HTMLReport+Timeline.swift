extension HTMLReport {
    /// Height of a strip, of a bar that passed, and the least of one with a failure, in drawing units.
    private static var strip: (height: Double, passed: Double, failed: Double) { (28, 10, 17) }
    /// A failure is never narrower: on a phone a drawing's unit is a third of a pixel.
    private static var leastWidth: Double { 3 }

    var timeline: String {
        var rows = lane("Phases", "", phaseBand)
        for fault in story.faults {
            rows += lane(fault.name, "fault", faultBand(fault))
        }
        for probe in story.probes {
            rows += lane(probe.info.name, share(probe), strip(probe))
        }
        rows += lane("", "", ticks, style: " ax")
        return """
            <section id="timeline"><h2>Timeline</h2>
            \(rows)<ul class="key">
            <li><svg viewBox="0 0 26 14" aria-hidden="true"><path class="sp" d="M0 9h26v5h-26z"/></svg>\
            low bar: every check passed</li>
            <li><svg viewBox="0 0 26 14" aria-hidden="true"><path class="sf" d="M0 14V0h13v5h13v9z"/></svg>\
            high bar: failures, the higher the more of the checks</li>
            <li><svg viewBox="0 0 26 14" aria-hidden="true"><path class="sa" d="M0 0h26v14h-26z"/></svg>\
            something was armed</li>
            </ul></section>

            """
    }

    private func lane(_ name: String, _ small: String, _ html: String, style: String = "") -> String
    {
        let note = small.isEmpty ? "" : "<small>\(XMLText.escaped(small))</small>"
        return
            "<div class=\"lane\(style)\"><div class=\"name\">\(XMLText.escaped(name))\(note)</div>"
            + "\(html)</div>\n"
    }

    private func share(_ probe: ProbeStory) -> String {
        guard probe.checks > 0 else { return "no checks" }
        return Figures.percent(Double(probe.checks - probe.failures) / Double(probe.checks))
            + " passed"
    }

    private var phaseBand: String {
        var html = "<div class=\"band\">"
        for (index, phase) in story.phases.enumerated() {
            guard let began = phase.began else { continue }
            let ended = phase.ended ?? axis.total
            let name = "\(index + 1) \(phase.info.name)"
            let words =
                "\(name): \(Figures.clock(began)) to \(Figures.clock(ended)), "
                + (phase.reason?.words ?? "not ended")
            html += band(
                began, ended, phase.reason == .stopped ? "ph cut" : "ph", name, title: words)
        }
        return html + "</div>"
    }

    private func faultBand(_ fault: FaultStory) -> String {
        let ended = fault.liftedAt ?? axis.total
        let text = fault.armed.effects.joined(separator: "; ")
        let title =
            "\(fault.name): armed \(Figures.clock(fault.armedAt)), lifted "
            + (fault.liftedAt.map(Figures.clock) ?? "not told")
        return "<div class=\"band\">" + band(fault.armedAt, ended, "fa", text, title: title)
            + "</div>"
    }

    private func band(
        _ from: Int64, _ to: Int64, _ style: String, _ text: String, title: String
    ) -> String {
        let width = Figures.decimals((axis.place(to) - axis.place(from)) * 100, 3)
        return "<i class=\"\(style)\" style=\"left:\(axis.percent(from));width:\(width)%\" "
            + "title=\"\(XMLText.escaped(title))\">\(XMLText.escaped(text))</i>"
    }

    private var ticks: String {
        let times = axis.ticks
        let marks = times.map { time in
            // The last would stick out.
            let style = axis.place(time) > 0.96 ? " class=\"end\"" : ""
            return "<i\(style) style=\"left:\(axis.percent(time))\">\(Figures.clock(time))</i>"
        }
        return "<div class=\"axis\" aria-hidden=\"true\">\(marks.joined())</div>"
    }

    // MARK: Drawings

    /// How many bins a probe may have, so that many probes still make a small file.
    var binLimit: Int { min(700, max(100, 30_000 / max(1, story.probes.count))) }

    private func strip(_ probe: ProbeStory) -> String {
        let results = series[probe.info.name] ?? ResultSeries()
        let segments = ResultSeries.merged(
            results.segments(
                limit: binLimit, total: axis.total, every: probe.info.everySeconds))
        let (height, low, least) = Self.strip
        var passed = ""
        var failed = ""
        for segment in segments {
            let x = axis.x(segment.from)
            let width = axis.x(segment.to) - x
            if segment.failures == 0 {
                passed += "M\(number(x)) \(number(height - low))h\(number(width))V28H\(number(x))z"
            } else {
                let tall = least + (height - least) * segment.share
                let wide = max(width, Self.leastWidth)
                let text =
                    "\(Figures.clock(segment.from)): \(segment.failures) of \(segment.checks) failed"
                    + (segment.reason.map { ", \($0)" } ?? "")
                failed +=
                    "<path class=\"sf\" d=\"M\(number(x)) \(number(height - tall))"
                    + "h\(number(wide))V28H\(number(x))z\"><title>\(XMLText.escaped(text))</title></path>"
            }
        }
        let words =
            "\(probe.info.name): \(Figures.count(probe.checks)) checks, "
            + "\(Figures.count(probe.failures)) failed"
        let description =
            probe.failures == 0
            ? "Every check passed."
            : "Failures begin at "
                + segments.filter { $0.failures > 0 }.prefix(5).map { Figures.clock($0.from) }
                .joined(separator: ", ") + "."
        return drawing(words, description, height: height)
            + "<path class=\"sp\" d=\"\(passed)\"/>\(failed)</svg>"
    }

    /// The begin of a drawing 1,000 wide, with the time in which something was armed and the phases.
    func drawing(_ title: String, _ description: String, height: Double) -> String {
        let h = number(height)
        var armed = ""
        for (from, to) in armedTimes {
            let x = axis.x(from)
            armed += "M\(number(x)) 0H\(number(axis.x(to)))V\(h)H\(number(x))z"
        }
        let bounds = story.phases.dropFirst().compactMap(\.began).map {
            "M\(number(axis.x($0))) 0V\(h)"
        }
        return """
            <svg viewBox="0 0 1000 \(h)" preserveAspectRatio="none" role="img">\
            <title>\(XMLText.escaped(title))</title><desc>\(XMLText.escaped(description))</desc>\
            <path class="sa" d="\(armed)"/>\
            <path class="sb" vector-effect="non-scaling-stroke" d="\(bounds.joined())"/>
            """
    }

    /// When at least one fault was armed.
    private var armedTimes: [(Int64, Int64)] {
        var times: [(Int64, Int64)] = []
        for fault in story.faults.sorted(by: { $0.armedAt < $1.armedAt }) {
            let to = fault.liftedAt ?? axis.total
            if let last = times.last, fault.armedAt <= last.1 {
                times[times.count - 1].1 = max(last.1, to)
            } else {
                times.append((fault.armedAt, to))
            }
        }
        return times
    }

    func number(_ value: Double) -> String { Figures.decimals(value, 2) }
}
