import Control

/// `report.md`: what goes into a ticket.
public struct MarkdownReport: Sendable {
    public let story: RunStory

    public init(_ story: RunStory) { self.story = story }

    public var text: String {
        var parts = [head]
        if let about = story.header.about { parts.append(MarkdownText.prose(about)) }
        if let stopped = story.stopped {
            parts.append(
                "**Ended at \(Figures.clock(stopped.at)) by \(stopped.cause.words):** "
                    + MarkdownText.prose(stopped.why))
        }
        parts += [expectations, measurements, phases]
        if !story.steps.isEmpty { parts.append(steps) }
        if !story.faults.isEmpty { parts.append(faults) }
        if story.probes.contains(where: { $0.failures > 0 }) { parts.append(reasons) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var head: String {
        let header = story.header
        let words = VerdictWords(story.verdict)
        var facts = [Figures.date(header.startedAt), Figures.seconds(story.seconds)]
        if let verdict = story.verdict { facts.append("exit code \(verdict.exitCode)") }
        if header.dryRun { facts.append("dry run: nothing was changed") }
        if header.lab { facts.append("in the lab") }
        if header.speed != 1 { facts.append("\(Figures.decimals(header.speed, 2)) times as fast") }
        facts.append("run \(MarkdownText.code(header.id))")
        facts.append("host \(MarkdownText.code(header.host))")
        facts.append("brownout \(header.brownout), agent \(header.agent ?? "not reached")")
        return """
            # \(words.head): \(MarkdownText.prose(header.title))

            **\(MarkdownText.prose(words.summary))**

            \(facts.joined(separator: " · "))
            """
    }

    private var expectations: String {
        let counts = story.judgements
        let told = Judgement.allCases.compactMap { judgement in
            counts[judgement].map { "\($0) \(judgement.words)" }
        }
        var table = MarkdownTable(
            "Expectations: \(told.isEmpty ? "none" : told.joined(separator: ", "))",
            ["Phase", "Probe", "Expectation", "Result", "Measured", "After"])
        for row in story.expectations {
            table.append(
                MarkdownText.prose(story.phaseName(row.phase)), MarkdownText.prose(row.probe),
                (row.role == .until ? "until " : "") + MarkdownText.code(row.text),
                row.judgement.isFailure
                    ? "**\(row.judgement.words)**" : row.judgement.words,
                row.measured.map(MarkdownText.prose) ?? Figures.none, Figures.seconds(row.after))
        }
        return table.text
    }

    private var measurements: String {
        var table = MarkdownTable(
            "Measurements",
            ["Probe", "Checks", "Failed", "Time to degrade", "RTO", "Recovery after the lift"],
            trailing: 5)
        for probe in story.probes {
            let values = story.measurements(of: probe)
            table.append(
                MarkdownText.prose(probe.info.name), Figures.count(probe.checks),
                Figures.count(probe.failures), Figures.seconds(values.timeToDegrade),
                Figures.seconds(values.recoveryTime), values.afterLiftWords)
        }
        return table.text
    }

    private var phases: String {
        var table = MarkdownTable(
            "Phases", ["Phase", "Begin", "Lasted", "Ended", "Armed", "Lifted"])
        for phase in story.phases {
            table.append(
                MarkdownText.prose(phase.info.name), phase.began.map(Figures.clock) ?? "never",
                Figures.seconds(phase.seconds), phase.reason?.words ?? Figures.none,
                MarkdownText.prose(phase.info.arm.joined(separator: ", ")),
                MarkdownText.prose(phase.info.lift.joined(separator: ", ")))
        }
        return table.text
    }

    private var steps: String {
        var table = MarkdownTable("Steps", ["Phase", "Step", "Who", "Result", "Took", "Detail"])
        for step in story.steps {
            let role = step.began.role.map { " (\($0))" } ?? ""
            let result = step.ended.map { $0.passed ? "done" : "**failed**" } ?? "not ended"
            table.append(
                MarkdownText.prose(story.phaseName(step.began.phase)),
                MarkdownText.prose("\(step.began.kind)\(role): \(step.began.text)"),
                MarkdownText.prose(step.ended?.who ?? Figures.none), result,
                Figures.seconds(step.ended?.seconds),
                MarkdownText.prose(step.ended?.detail ?? ""))
        }
        return table.text
    }

    private var faults: String {
        var table = MarkdownTable(
            "Faults", ["Fault", "Effects", "Seed", "Armed", "Lifted", "Why", "Matched", "Fired"])
        for fault in story.faults {
            let dry = fault.armed.dryRun ? " (dry run)" : ""
            table.append(
                MarkdownText.prose("\(fault.name) (\(fault.id))\(dry)"),
                MarkdownText.prose(fault.armed.effects.joined(separator: ", ")),
                "\(fault.armed.seed)", Figures.clock(fault.armedAt),
                fault.liftedAt.map(Figures.clock) ?? "not told",
                MarkdownText.prose(fault.why ?? Figures.none),
                fault.counts.map { Figures.count($0.matched) } ?? Figures.none,
                fault.counts.map { Figures.count($0.fired) } ?? Figures.none)
        }
        return table.text
    }

    private var reasons: String {
        var table = MarkdownTable("Why checks failed", ["Probe", "Checks", "Reason"])
        for probe in story.probes {
            for (reason, count) in probe.topReasons(3) {
                table.append(
                    MarkdownText.prose(probe.info.name), Figures.count(count),
                    MarkdownText.prose(reason))
            }
        }
        return table.text
    }
}

extension ProbeStory {
    /// The most frequent reasons first.
    public func topReasons(_ limit: Int) -> [(reason: String, count: Int)] {
        reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit)
            .map { (reason: $0.key, count: $0.value) }
    }
}
