import Control
import GameDay

/// What a terminal shows of a run that goes on: pure text of a story, a size and a time.
///
/// Calm: every part has its place for the whole run, since places follow from the header alone. Only where
/// there are more probes or expectations than lines do the worst come first.
struct LiveScreen {
    var story: RunStory
    var columns: Int
    var rows: Int
    /// Milliseconds of the run.
    var now: Int64
    var styled: Bool
    var glyphs: LiveGlyphs
    /// What a person does to confirm a step.
    var confirming = "press Enter when done"

    var lines: [String] {
        let plan = LivePlan(self)
        var lines = [title]
        if plan.spaced { lines.append(LiveLine()) }
        lines += [phase, bar]
        for section in [
            (plan.faults, "ARMED", faults), (plan.probes, "PROBES", probes),
            (plan.expectations, "EXPECTED", expectations),
        ] {
            if plan.spaced { lines.append(LiveLine()) }
            if plan.headed { lines.append(LiveLine(section.1, .dim)) }
            let shown = section.2(section.0)
            lines += shown
            lines += Array(repeating: LiveLine(), count: max(0, section.0 - shown.count))
        }
        if plan.spaced { lines.append(LiveLine()) }
        // The last line of a terminal stays free; whom it waits for is seen on the smallest.
        lines = lines.prefix(max(0, rows - 2)) + [notice]
        return lines.map { line in
            let text = line.text(columns: columns, styled: styled)
            return glyphs.isASCII ? LiveLine.ascii(text) : text
        }
    }

    // MARK: Head

    private var title: LiveLine {
        let header = story.header
        var line = LiveLine(header.title, .bold)
        var tags: [String] = []
        if header.dryRun { tags.append("dry run") }
        if header.lab { tags.append("lab") }
        if header.speed != 1 { tags.append("\(Figures.decimals(header.speed, 1)) times as fast") }
        tags.append(Figures.clock(now))
        line.add(tags.joined(separator: "  "), .dim, endingAt: columns)
        return line
    }

    private var phase: LiveLine {
        let count = story.phases.count
        guard let index = story.current else {
            if let stop = story.stopped {
                return LiveLine("Ended by \(stop.cause.name), lifting everything", .boldRed)
            }
            let isOver = story.phases.last?.ended != nil
            let isBegun = story.phases.contains { $0.began != nil }
            return LiveLine(
                isOver ? "All phases are done" : isBegun ? "Between two phases" : "About to begin",
                .bold)
        }
        let phase = story.phases[index]
        var line = LiveLine("Phase \(index + 1) of \(count)  ")
        line.add(phase.info.name, .bold)
        line.add(remaining(phase), .bold, endingAt: columns)
        return line
    }

    private func remaining(_ phase: PhaseStory) -> String {
        let passed = Double(now - (phase.began ?? now)) / 1000
        guard let seconds = phase.info.seconds else {
            return "\(Figures.clock(Int64(passed * 1000))), until its steps are done"
        }
        return "\(Numbers.clock(seconds - passed)) left"
    }

    private var bar: LiveLine {
        guard let index = story.current, let began = story.phases[index].began,
            let seconds = story.phases[index].info.seconds, seconds > 0
        else {
            let isOver = story.phases.last?.ended != nil
            return LiveLine(
                String(repeating: isOver ? glyphs.full : glyphs.empty, count: max(1, columns)), .dim
            )
        }
        let share = min(max(Double(now - began) / 1000 / seconds, 0), 1)
        let full = Int(share * Double(columns))
        var line = LiveLine(String(repeating: glyphs.full, count: full))
        line.add(String(repeating: glyphs.empty, count: max(0, columns - full)), .dim)
        return line
    }

    // MARK: Parts

    private func faults(_ limit: Int) -> [LiveLine] {
        let armed = story.faults.filter(\.isArmed)
        guard !armed.isEmpty else { return [LiveLine("nothing is armed", .dim)] }
        let shown = armed.count <= limit ? armed : Array(armed.prefix(max(0, limit - 1)))
        let names = min(28, shown.map { LiveLine.width($0.name) }.max() ?? 0)
        var lines = shown.map { fault in
            var line = LiveLine()
            line.add(fault.name, .boldYellow, in: names + 2)
            let counts = fault.counts
            let word = fault.armed.dryRun ? "would have fired" : "fired"
            line.add("\(word) \(counts.map { Numbers.grouped($0.fired) } ?? "0")", in: 14)
            line.add(
                "  of \(counts.map { Numbers.grouped($0.matched) } ?? "0") matched", in: 20)
            line.add(fault.armed.effects.joined(separator: ", "), .dim)
            return line
        }
        if shown.count < armed.count {
            let rest = armed.dropFirst(shown.count)
            let fired = rest.reduce(UInt64(0)) { $0 &+ ($1.counts?.fired ?? 0) }
            lines.append(
                LiveLine("\(rest.count) more armed, fired \(Numbers.grouped(fired))", .yellow))
        }
        return lines
    }

    private func probes(_ limit: Int) -> [LiveLine] {
        let probes = story.probes
        guard probes.count > limit else { return probes.map(row) }
        // Stable: among equals the file's order.
        let worst = probes.enumerated().sorted {
            ($1.element.badness, $0.offset) < ($0.element.badness, $1.offset)
        }.map(\.element)
        let shown = worst.prefix(max(0, limit - 1))
        let rest = worst.dropFirst(shown.count)
        let failing = rest.count { $0.failing > 0 }
        let unseen = rest.count { $0.checks == 0 }
        var words = "\(rest.count) more"
        words += failing > 0 ? ", \(failing) of them failing" : unseen == 0 ? " pass" : ""
        return shown.map(row) + [LiveLine(words, failing > 0 ? .red : .dim)]
    }

    private func row(_ probe: ProbeStory) -> LiveLine {
        let names = min(
            max(12, columns / 4), story.probes.map { LiveLine.width($0.info.name) }.max() ?? 0)
        let last = probe.recent.last
        var line = LiveLine()
        let isFailing = probe.failing > 0
        line.add(
            last == nil ? glyphs.open : isFailing ? glyphs.bad : glyphs.good,
            last == nil ? .dim : isFailing ? .boldRed : .green, in: 3)
        line.add(probe.info.name, isFailing ? .bold : .plain, in: names + 2)
        // What follows the strip has its place first.
        let tail = 9
        let room = columns - names - 5 - tail
        // Why it fails is worth more than older checks.
        let strip = max(0, min(60, room - (columns >= 70 ? 26 : 2)))
        addStrip(probe, strip, to: &line)
        line.add(
            last.map { Figures.milliseconds($0.latency) } ?? "", endingAt: names + 5 + strip + tail)
        if let reason = last?.reason, isFailing { line.add("  \(reason)", .red) }
        return line
    }

    private func addStrip(_ probe: ProbeStory, _ width: Int, to line: inout LiveLine) {
        let samples = probe.recent.suffix(width)
        let most = samples.filter(\.passed).map(\.latency).max() ?? 1
        line.add(String(repeating: " ", count: width - samples.count))
        // One colour for as long as it stays the same: fewer bytes to a shared screen.
        var run = ""
        var isFailed = false
        for sample in samples {
            if sample.passed == isFailed, !run.isEmpty {
                line.add(run, isFailed ? .red : .green)
                run = ""
            }
            isFailed = !sample.passed
            run.append(sample.passed ? level(sample.latency / most) : glyphs.failed)
        }
        line.add(run, isFailed ? .red : .green)
    }

    private func level(_ share: Double) -> Character {
        let index = Int((share * Double(glyphs.passed.count)).rounded(.up)) - 1
        return glyphs.passed[min(max(index, 0), glyphs.passed.count - 1)]
    }

    private func expectations(_ limit: Int) -> [LiveLine] {
        guard let current = story.current ?? story.phases.lastIndex(where: { $0.began != nil })
        else { return [] }
        let rows = story.expectations.filter { $0.phase == current }
        guard !rows.isEmpty else { return [LiveLine("nothing but that it goes on", .dim)] }
        guard rows.count > limit else { return rows.map(row) }
        let worst = rows.enumerated().sorted {
            ($0.element.state.urgency, $0.offset) < ($1.element.state.urgency, $1.offset)
        }.map(\.element)
        let shown = worst.prefix(max(0, limit - 1))
        let rest = worst.dropFirst(shown.count)
        let failing = rest.count { $0.isBad }
        let words =
            "\(rest.count) more" + (failing > 0 ? ", \(failing) of them not met" : "")
        return shown.map(row) + [LiveLine(words, failing > 0 ? .red : .dim)]
    }

    private func row(_ expected: ExpectationStory) -> LiveLine {
        let isGood = expected.state == .holding || expected.state == .passed
        var line = LiveLine()
        line.add(
            isGood ? glyphs.good : expected.isBad ? glyphs.bad : glyphs.open,
            isGood ? .boldGreen : expected.isBad ? .boldRed : .dim, in: 3)
        let until = expected.role == .until ? "until " : ""
        let words = "\(expected.probe) \(until)\(expected.text)"
        line.add(words, expected.isBad ? .bold : .plain, in: min(48, max(20, columns / 2)))
        line.add("  \(expected.state.words)", .dim, in: 13)
        if let measured = expected.measured {
            line.add("  \(measured)", isGood ? .green : expected.decides ? .red : .dim)
        }
        return line
    }

    // MARK: Foot

    /// A person is waited for, or the run was ended, or the last word for the record.
    private var notice: LiveLine {
        let waiting = story.steps.last { $0.ended == nil && $0.began.kind == "confirm" }
        if let waiting {
            var line = LiveLine("\(glyphs.pointer) ", .boldYellow)
            if let role = waiting.began.role { line.add("\(role): ", .boldYellow) }
            line.add(waiting.began.text, .bold)
            line.add("  (\(confirming); \(Figures.clock(now - waiting.beganAt)))", .dim)
            return line
        }
        if let stop = story.stopped { return LiveLine("\(glyphs.bad) \(stop.why)", .boldRed) }
        if let running = story.steps.last, running.ended == nil {
            return LiveLine("\(glyphs.pointer) \(running.began.kind): \(running.began.text)")
        }
        return LiveLine(story.notes.last.map { "\(glyphs.dot) \($0.text)" } ?? "", .dim)
    }
}

extension ProbeStory {
    /// What is failing now, then what failed lately, then the rest.
    fileprivate var badness: Int {
        failing > 0 ? 1_000_000 + min(failing, 100_000) : recent.count { !$0.passed }
    }
}

extension RunEvent.Expectation.State {
    fileprivate var isBad: Bool { self == .failing || self == .failed || self == .noSamples }

    fileprivate var urgency: Int {
        switch self {
        case .failed, .noSamples: 0
        case .failing: 1
        case .pending: 2
        case .holding: 3
        case .passed: 4
        }
    }

    var words: String {
        switch self {
        case .pending: "open"
        case .holding: "holds"
        case .failing: "not met"
        case .passed: "passed"
        case .failed: "failed"
        case .noSamples: "no samples"
        }
    }
}

extension RunEvent.Stopped.Cause {
    var name: String {
        switch self {
        case .condition: "a stop condition"
        case .agent: "the agent"
        case .interrupted: "a signal"
        case .error: "an error"
        }
    }
}

extension ExpectationStory {
    /// Whether it is to be seen in red: not where it decides nothing.
    fileprivate var isBad: Bool { decides && state.isBad }
}
