import Control
import GameDay

/// A run as lines, where nothing can be drawn over: for CI logs and pipes.
struct LivePlain {
    /// Milliseconds between two progress lines.
    static let interval: Int64 = 10_000

    /// What a person does who is waited for; nil: nobody is.
    var confirming: String?

    private var toldAt: Int64 = 0

    init() {}

    /// - Parameter story: with the event already applied.
    /// - Returns: a line with its newline, or nothing: results and counts are told now and then.
    mutating func text(of event: RunEvent, _ story: RunStory) -> String {
        guard let words = words(event, story) else { return "" }
        return line(event.at, words)
    }

    /// Every `interval`; nothing before.
    mutating func progress(_ story: RunStory, now: Int64) -> String {
        guard now - toldAt >= Self.interval, let index = story.current else { return "" }
        toldAt = now - now % Self.interval
        let failing = story.probes.filter { $0.failing > 0 }
        let names = failing.prefix(5).map(\.info.name).joined(separator: ", ")
        let more = failing.count > 5 ? " and \(failing.count - 5) more" : ""
        let armed = story.faults.filter(\.isArmed)
        let fired = armed.reduce(UInt64(0)) { $0 &+ ($1.counts?.fired ?? 0) }
        let faults =
            armed.isEmpty
            ? "nothing is armed" : "\(armed.count) armed, fired \(Numbers.grouped(fired))"
        let all = story.probes.count
        let probes =
            failing.isEmpty
            ? all == 1 ? "1 probe passes" : "all \(all) probes pass"
            : "\(failing.count) of \(Numbers.count(all, "probe")) "
                + "\(all == 1 ? "fails" : "fail"): \(names)\(more)"
        return line(now, "\(story.phaseName(index)): \(probes); \(faults)")
    }

    private func words(_ event: RunEvent, _ story: RunStory) -> String? {
        switch event.kind {
        case .phaseBegan(let value):
            guard story.phases.indices.contains(value.phase) else { return nil }
            let phase = story.phases[value.phase].info
            let lasts = phase.seconds.map { "up to \(Figures.seconds($0))" } ?? "as its steps take"
            return
                "phase \(value.phase + 1) of \(story.phases.count) begins: \(phase.name), \(lasts)"
        case .phaseEnded(let value):
            let after = Figures.seconds(value.seconds)
            let why =
                switch value.reason {
                case .time: "its time is over"
                case .until: "what it waited for holds"
                case .steps: "its steps are done"
                case .stopped: "ended before its time"
                }
            return "phase \(story.phaseName(value.phase)) ends after \(after): \(why)"
        case .armed(let value):
            let dry = value.dryRun ? ", dry run: nothing is changed" : ""
            return "armed \(value.name) (\(value.id)): \(value.effects.joined(separator: ", "))"
                + ", seed \(value.seed)\(dry)"
        case .lifted(let value):
            let fault = story.faults.last { $0.id == value.id }
            let counts = (value.counts ?? fault?.counts).map {
                ", matched \(Numbers.grouped($0.matched)), fired \(Numbers.grouped($0.fired))"
            }
            return "lifted \(fault?.name ?? "?") (\(value.id)): \(value.why)\(counts ?? "")"
        case .expectation(let value):
            // What may still change is for the live view.
            let sign: String
            switch value.state {
            case .passed: sign = "passed"
            case .failed: sign = "FAILED"
            case .noSamples: sign = "FAILED, no samples"
            case .pending, .holding, .failing: return nil
            }
            let decides = story.expectations.first { $0.isAbout(value) }?.decides ?? true
            let until = value.role == .until ? "until " : value.role == .stop ? "stop if " : ""
            let measured = value.measured.map { ": \($0)" } ?? ""
            let after = value.after.map { " after \(Figures.seconds($0))" } ?? ""
            return "\(decides ? sign : "decides nothing")  "
                + "\(story.phaseName(value.phase)): \(value.probe) "
                + "\(until)\(value.text)\(measured)\(after)"
        case .stepBegan(let value):
            let role = value.role.map { " (\($0))" } ?? ""
            let how = value.kind == "confirm" ? confirming.map { " (\($0))" } ?? "" : ""
            return value.kind == "note" ? nil : "\(value.kind)\(role): \(value.text)\(how)"
        case .stepEnded(let value):
            let step = story.steps.last { $0.step == value.step }
            guard let step, step.began.kind != "note" else { return nil }
            let who = value.who.map { " by \($0)" } ?? ""
            let detail = value.detail.map { ": \($0)" } ?? ""
            return "\(value.passed ? "done" : "FAILED")\(who) after "
                + "\(Figures.seconds(value.seconds)): \(step.began.text)\(detail)"
        case .note(let value): return "note: \(value.text)"
        case .stopped(let value): return "STOPPED by \(value.cause.name): \(value.why)"
        case .counts, .result: return nil
        }
    }

    private func line(_ time: Int64, _ words: String) -> String {
        "\(Figures.clock(time))  \(LiveLine.harmless(words))\n"
    }
}
