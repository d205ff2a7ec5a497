import Control
import ProbeKinds

/// Where everything that happens in a run comes together: it judges results against what is
/// expected now, and tells the story in order.
///
/// Nothing in here waits. Times are since the begin of the run.
actor RunDesk {
    /// A fault of this run that is in force.
    struct ArmedName: Equatable, Sendable {
        var id: String
        var name: String
        /// By the game day's own word.
        var endsItself: Bool
    }

    /// Rings when something may have ended what the run waits for.
    nonisolated let doorbell = Doorbell()
    private let clock: RunClock
    private let tell: @Sendable (RunEvent) -> Void

    private(set) var armed: [ArmedName] = []
    private var counts: [String: FaultCounts] = [:]
    private var current: PhaseWatch?
    /// Phases that are over, of which checks may still be under way.
    private var closing: [PhaseWatch] = []
    private var stops: [Watch] = []
    /// When the first fault was armed: stop conditions count from then on.
    private var firstArm: Duration?
    private var baselines: [String: BaselineFigures] = [:]
    private var steps = 0
    private var roundLength = Duration.seconds(1)
    private var nextRound = Duration.zero

    private(set) var stopped: RunEvent.Stopped?
    /// Expectations and steps that were not met, and how many there were.
    private(set) var failures: [String] = []
    private(set) var judged = 0
    /// Expectations that were not met, by phase.
    private(set) var failedPhases: Set<Int> = []

    init(clock: RunClock, tell: @escaping @Sendable (RunEvent) -> Void) {
        self.clock = clock
        self.tell = tell
    }

    // MARK: Phases

    func begin(_ phase: PlannedPhase, index: Int) {
        let now = clock.now
        // Figures are told sixty times a phase, and once a second at most: a journal of days must
        // not be full of them.
        roundLength = max(.seconds(1), (phase.length ?? .zero) / 60)
        nextRound = now + roundLength
        reachedAt = nil
        areStepsDone = phase.steps.isEmpty
        func watches(_ list: [Expected], _ role: RunEvent.Expectation.Role) -> [Watch] {
            list.map {
                Watch($0, role: role, phase: index, baseline: baselines[$0.probe])
            }
        }
        current = PhaseWatch(
            phase: index, began: now, expect: watches(phase.expect, .expect),
            until: watches(phase.until, .until))
        say(.phaseBegan(.init(phase: index)), at: now)
        tellNews(now)
    }

    /// Whether the phase has all that it waited for.
    var reached: Bool { reachedAt != nil }
    private var reachedAt: Duration?
    private(set) var areStepsDone = false

    func finishSteps() {
        areStepsDone = true
        doorbell.ring()
    }

    func end(_ reason: RunEvent.PhaseEnded.Reason) {
        guard var phase = current else { return }
        let now = clock.now
        current = nil
        phase.end(at: now)
        let took = (reason == .until ? reachedAt ?? now : now) - phase.began
        say(
            .phaseEnded(.init(phase: phase.phase, reason: reason, seconds: took.inSeconds)),
            at: now)
        closing.append(phase)
    }

    /// Judges all phases that are over, whether or not checks of theirs are under way.
    func concludeAll() {
        for index in closing.indices { note(closing[index].conclude(nil)) }
        closing = []
    }

    var isConcluded: Bool { closing.isEmpty }

    // MARK: Results

    func record(_ probe: String, began: Duration, _ observation: Observation) {
        let now = clock.now
        say(.result(Self.result(probe, observation)), at: began)
        if current?.phase == 0, current?.holds(began) == true {
            baselines[probe, default: BaselineFigures()].add(Sample(observation, began: began))
        }
        for index in closing.indices {
            if closing[index].holds(began) {
                closing[index].add(observation, of: probe, began: began)
            } else if began >= closing[index].ended ?? .zero {
                // Checks of one probe do not overlap: the phase has all of its results.
                note(closing[index].conclude(probe))
            }
        }
        closing.removeAll { $0.isConcluded }
        if current?.holds(began) == true {
            current?.add(observation, of: probe, began: began)
        }
        if let firstArm, began >= firstArm {
            let sample = Sample(observation, began: began - firstArm)
            for index in stops.indices where stops[index].probe == probe {
                stops[index].add(sample)
            }
        }
        look(now)
        if closing.isEmpty { doorbell.ring() }
    }

    /// Time has passed.
    func tick() { look(clock.now) }

    private func look(_ now: Duration) {
        tellNews(now)
        if stopped == nil, let firstArm {
            for index in stops.indices {
                guard let news = stops[index].news(at: now - firstArm) else { continue }
                say(.expectation(news), at: now)
                if news.state == .holding || news.state == .passed {
                    let measured = news.measured.map { " (\($0))" } ?? ""
                    stop(.condition, stops[index].expected.words + measured)
                }
            }
        }
        if reachedAt == nil, current?.reached(at: now) == true { reachedAt = now }
        if reached || stopped != nil { doorbell.ring() }
    }

    private func tellNews(_ now: Duration) {
        let round = now >= nextRound
        if round { nextRound = now + roundLength }
        for news in current?.news(at: now, round: round) ?? [] { say(.expectation(news), at: now) }
    }

    private func note(_ final: [RunEvent.Expectation]) {
        for one in final {
            judged += 1
            if one.state != .passed {
                failures.append("\(one.probe): \(one.text)")
                failedPhases.insert(one.phase)
            }
            say(.expectation(one))
        }
    }

    // MARK: Faults

    func armed(_ fault: ArmedFault, name: String, endsItself: Bool, stops conditions: [Expected]) {
        let now = clock.now
        let phase = current?.phase ?? 0
        if firstArm == nil {
            firstArm = now
            stops = conditions.map {
                Watch($0, role: .stop, phase: phase, baseline: baselines[$0.probe])
            }
        }
        armed.append(ArmedName(id: fault.id, name: name, endsItself: endsItself))
        say(
            .armed(
                .init(
                    id: fault.id, name: name, phase: phase, names: fault.names,
                    effects: fault.effects, seed: fault.seed, dryRun: fault.dryRun,
                    spec: fault.spec)), at: now)
    }

    func counted(_ id: String, _ new: FaultCounts) {
        guard armed.contains(where: { $0.id == id }), counts[id] != new else { return }
        counts[id] = new
        say(.counts(.init(id: id, counts: new)))
    }

    /// A fault is no longer in force.
    ///
    /// - Returns: False if that was known.
    @discardableResult
    func forget(_ id: String, why: String, counts final: FaultCounts? = nil) -> Bool {
        guard let index = armed.firstIndex(where: { $0.id == id }) else { return false }
        armed.remove(at: index)
        say(.lifted(.init(id: id, why: why, counts: final ?? counts[id])))
        return true
    }

    // MARK: Steps

    func beginStep(_ step: Step, phase: Int?) -> Int {
        steps += 1
        say(
            .stepBegan(
                .init(
                    step: steps, phase: phase, kind: step.kind, text: step.text, role: step.role)))
        return steps
    }

    func endStep(_ number: Int, _ step: Step, _ result: StepResult, seconds: Double) {
        if !result.passed { failures.append("step \(step.words)") }
        say(
            .stepEnded(
                .init(
                    step: number, passed: result.passed, seconds: seconds, detail: result.detail,
                    who: result.who)))
    }

    // MARK: The run

    func remark(_ text: String) { say(.note(.init(text: text))) }

    /// Ends the run before its time; the first reason counts.
    func stop(_ cause: RunEvent.Stopped.Cause, _ why: String) {
        guard stopped == nil else { return }
        let stop = RunEvent.Stopped(cause: cause, why: why)
        stopped = stop
        say(.stopped(stop))
        doorbell.ring()
    }

    private func say(_ kind: RunEvent.Kind, at: Duration? = nil) {
        tell(RunEvent(at: (at ?? clock.now).wholeMilliseconds, kind))
    }

    private static func result(_ probe: String, _ seen: Observation) -> RunEvent.Result {
        var facts: [String: JSONValue] = [:]
        for (name, value) in seen.facts {
            facts["\(name)"] =
                switch value {
                case .number(let number): number.json
                case .text(let text): .string(text)
                }
        }
        return RunEvent.Result(
            probe: probe, passed: seen.passed, reason: seen.reason,
            latency: seen.latency.milliseconds, ttfb: seen.ttfb?.milliseconds,
            facts: facts.isEmpty ? nil : facts)
    }
}

extension Duration {
    /// To the microsecond, which is all that a journal needs.
    var milliseconds: Double { (inSeconds * 1_000_000).rounded() / 1000 }
}

extension Double {
    /// A whole number where it is one; JSON has no NaN and no infinity.
    var json: JSONValue {
        guard isFinite else { return .string("\(self)") }
        return Int64(exactly: self).map(JSONValue.integer) ?? .number(self)
    }
}
