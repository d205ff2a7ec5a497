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
        /// When it ends by the game day's own word; nil: when it is lifted.
        var endsAt: Duration?
    }

    /// Rings when something may have ended what the run waits for.
    nonisolated let doorbell = Doorbell()
    let clock: RunClock
    private let tell: @Sendable (RunEvent) -> Void

    var armed: [ArmedName] = []
    var counts: [String: FaultCounts] = [:]
    private(set) var current: PhaseWatch?
    /// Phases that are over, of which checks may still be under way.
    private var closing: [PhaseWatch] = []
    var stops: [Watch] = []
    /// When the first fault was armed: stop conditions count from then on.
    var firstArm: Duration?
    private(set) var baselines: [String: BaselineFigures] = [:]
    /// How many steps have begun.
    var steps = 0
    private var roundLength = Duration.seconds(1)
    private var nextRound = Duration.zero

    private(set) var stopped: RunEvent.Stopped?
    /// Whether somebody wants to leave, whatever stopped the run before.
    private(set) var isInterrupted = false
    /// Expectations and steps that were not met.
    var failures: [String] = []
    /// How many of these are steps.
    var failedSteps = 0
    /// Expectations by which the run is judged, and those that decide nothing.
    private(set) var judged = 0
    private(set) var undecided = 0

    init(clock: RunClock, tell: @escaping @Sendable (RunEvent) -> Void) {
        self.clock = clock
        self.tell = tell
    }

    // MARK: Phases

    /// - Parameter decides: Whether its expectations decide how the run is judged.
    func begin(_ phase: PlannedPhase, index: Int, decides: Bool) {
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
            phase: index, decides: decides, began: now, expect: watches(phase.expect, .expect),
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
        for index in closing.indices { note(closing[index].conclude(nil), of: closing[index]) }
        closing = []
    }

    var isConcluded: Bool { closing.isEmpty }

    // MARK: Results

    func record(_ probe: String, began: Duration, _ observation: Observation) {
        let now = clock.now
        say(.result(RunEvent.Result(probe, observation)), at: began)
        if current?.phase == 0, current?.holds(began) == true {
            baselines[probe, default: BaselineFigures()].add(Sample(observation, began: began))
        }
        for index in closing.indices {
            if closing[index].holds(began) {
                closing[index].add(observation, of: probe, began: began)
            } else if began >= closing[index].ended ?? .zero {
                // Checks of one probe do not overlap: the phase has all of its results.
                note(closing[index].conclude(probe), of: closing[index])
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

    private func note(_ final: [RunEvent.Expectation], of phase: PhaseWatch) {
        for one in final {
            if phase.decides {
                judged += 1
                if one.state != .passed { failures.append("\(one.probe): \(one.text)") }
            } else {
                undecided += 1
            }
            say(.expectation(one))
        }
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

    /// Somebody wants to leave: what ended the run before stays its reason.
    func interrupt(by name: String) {
        isInterrupted = true
        stop(.interrupted, name)
        doorbell.ring()
    }

    func say(_ kind: RunEvent.Kind, at: Duration? = nil) {
        tell(RunEvent(at: (at ?? clock.now).wholeMilliseconds, kind))
    }
}
