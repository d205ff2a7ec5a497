extension HTMLReport {
    /// Height of a chart, and of the place at its foot for failures, in drawing units.
    private static var chart: (height: Double, foot: Double) { (150, 14) }

    var charts: String {
        let drawn = story.probes.compactMap(chart)
        guard !drawn.isEmpty else { return "" }
        return """
            <section id="latency"><h2>Latency</h2>
            <ul class="key">
            <li>\(sample("l50"))p50</li><li>\(sample("l95"))p95</li>\
            <li>\(sample("lt"))time to first byte, p95</li>
            <li><svg viewBox="0 0 26 14" aria-hidden="true"><path class="sf" d="M10 2h5v12h-5z"/></svg>\
            at the foot: checks failed; lines are of those that passed</li>
            </ul>
            <div class="charts">
            \(drawn.joined())</div></section>

            """
    }

    private func sample(_ style: String) -> String {
        "<svg viewBox=\"0 0 26 14\" aria-hidden=\"true\"><path class=\"ln \(style)\" d=\"M0 7h26\"/></svg>"
    }

    /// Nil for a probe that was never asked.
    private func chart(_ probe: ProbeStory) -> String? {
        guard let results = series[probe.info.name] else { return nil }
        // Of five checks at least, so that percentiles differ; and no finer than two pixels.
        let limit = max(1, min(probe.checks / 5, 240, binLimit))
        let bins = results.latencyBins(limit: limit, total: axis.total)
        let values = bins.flatMap { bin in
            [bin.latency?.p50, bin.latency?.p95, bin.ttfb].compactMap { $0 }
        }
        let scale = LatencyScale(values)
        let (height, foot) = Self.chart
        func y(_ value: Double) -> Double {
            height - foot - 4 - (height - foot - 10) * scale.place(value)
        }
        let gap = 1.5 * Double(axis.total) / Double(limit)
        func line(_ style: String, _ value: (ResultSeries.LatencyBin) -> Double?) -> String {
            var path = ""
            var last: Int64?
            for bin in bins {
                guard let value = value(bin) else {
                    last = nil
                    continue
                }
                let joins = last.map { Double(bin.at - $0) <= gap } ?? false
                path += "\(joins ? "L" : "M")\(number(axis.x(bin.at))) \(number(y(value)))"
                // A point alone is seen as the round end of a line of no length.
                if !joins { path += "h0" }
                last = bin.at
            }
            guard !path.isEmpty else { return "" }
            return
                "<path class=\"ln \(style)\" vector-effect=\"non-scaling-stroke\" d=\"\(path)\"/>"
        }
        let grid = scale.ticks.map { "M0 \(number(y($0)))H1000" }.joined()
        let failed = bins.filter { $0.failures > 0 }.map { bin in
            "M\(number(max(0, axis.x(bin.at) - 1.5))) \(number(height - foot + 2))h3v\(number(foot - 2))h-3z"
        }
        let labels = scale.ticks.map { tick in
            "<i style=\"bottom:\(Figures.decimals((height - y(tick)) / height * 100, 2))%\">"
                + "\(Figures.milliseconds(tick))</i>"
        }
        let all = LatencySummary(results.points.filter(\.passed).map(\.latency))
        let words = "Latency of \(probe.info.name) over the run"
        let description =
            all.map {
                "p50 \(Figures.milliseconds($0.p50)), p95 \(Figures.milliseconds($0.p95)), "
                    + "largest \(Figures.milliseconds($0.max)) over the whole run."
            } ?? "No check passed."
        return """
            <div class="chart"><h3>\(XMLText.escaped(probe.info.name)) <span class="dim small">\
            \(XMLText.escaped(description))\(scale.isLogarithmic ? " Logarithmic scale." : "")</span></h3>
            <div class="plot"><div class="ys" aria-hidden="true">\(labels.joined())</div>
            \(drawing(words, description, height: height))\
            <path class="gr" vector-effect="non-scaling-stroke" d="\(grid)"/>\
            <path class="sf" d="\(failed.joined())"/>\
            \(line("lt", \.ttfb))\(line("l50") { $0.latency?.p50 })\(line("l95") { $0.latency?.p95 })</svg>
            <div></div>\(chartTicks)</div></div>

            """
    }

    private var chartTicks: String {
        let times = axis.ticks
        let marks = times.enumerated().filter { times.count <= 5 || $0.offset.isMultiple(of: 2) }
            .map { _, time in
                let style = axis.place(time) > 0.94 ? " class=\"end\"" : ""
                return "<i\(style) style=\"left:\(axis.percent(time))\">\(Figures.clock(time))</i>"
            }
        return "<div class=\"axis\" aria-hidden=\"true\">\(marks.joined())</div>"
    }
}
