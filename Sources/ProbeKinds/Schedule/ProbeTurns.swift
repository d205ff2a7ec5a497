import Synchronization

/// The probes of a schedule at work: one loop that sleeps until the next tick or the next end of a
/// check's time, and a task for each check.
final class ProbeTurns<C: Clock>: Sendable where C.Duration == Duration {
    struct Seat: Sendable {
        let entry: ProbeSchedule<C>.Entry
        let session: any ProbeSession
    }

    /// What one probe is doing.
    private struct Turn: Sendable {
        /// The check under way. Nil: none.
        var check: Check?
        /// A tick that has come while the check before it is under way.
        var waiting: C.Instant?
        /// Whether the agenda has an end for this probe; it has at most one, the soonest.
        var hasEnd = false

        /// When the time of what is under way, or else of what waits, is over.
        func nextEnd(_ timeout: Duration) -> C.Instant? {
            guard let check else { return nil }
            return (check.isOver ? waiting : check.began)?.advanced(by: timeout)
        }
    }

    private struct Check: Sendable {
        /// Counts the probe's checks.
        var number: Int
        var began: C.Instant
        var task: Task<Void, Never>?
        /// Its time was over: the result is told, and what it returns does not matter.
        var isOver = false
    }

    private struct State: Sendable {
        var turns: [Turn]
        var checks = 0
        var isEnded = false
    }

    private let seats: [Seat]
    private let clock: C
    /// Where checks begin.
    private let executor: any TaskExecutor
    private let report: ProbeSchedule<C>.Report
    private let state: Mutex<State>

    init(
        _ seats: [Seat], clock: C, on executor: any TaskExecutor,
        report: @escaping ProbeSchedule<C>.Report
    ) {
        self.seats = seats
        self.clock = clock
        self.executor = executor
        self.report = report
        state = Mutex(State(turns: Array(repeating: Turn(), count: seats.count)))
    }

    /// Checks until the task is cancelled.
    func run() async {
        await withTaskExecutorPreference(executor) { await takeTurns() }
    }

    private func takeTurns() async {
        var agenda = Agenda<C.Instant>()
        let start = clock.now
        for (index, seat) in seats.enumerated() {
            let spread = min(seat.entry.every, .seconds(1))
            agenda.insert(
                .init(start.advanced(by: spread * index / seats.count), .tick, probe: index))
        }
        while let next = agenda.first {
            do {
                try await clock.sleep(until: next.instant, tolerance: nil)
            } catch {
                break
            }
            if Task.isCancelled { break }
            let now = clock.now
            while let due = agenda.first, due.instant <= now {
                agenda.removeFirst()
                switch due.kind {
                case .tick: tick(due, now, &agenda)
                case .end: end(of: due.probe, now, &agenda)
                }
            }
        }
        stop()
    }

    private func tick(
        _ due: Agenda<C.Instant>.Item, _ now: C.Instant, _ agenda: inout Agenda<C.Instant>
    ) {
        let entry = seats[due.probe].entry
        var tick = due.instant
        let late = tick.duration(to: now)
        if late >= entry.every { tick = tick.advanced(by: entry.every * Int(late / entry.every)) }
        agenda.insert(.init(tick.advanced(by: entry.every), .tick, probe: due.probe))
        let begins = state.withLock { state -> Bool in
            if state.turns[due.probe].check == nil { return true }
            state.turns[due.probe].waiting = tick
            return false
        }
        if begins { begin(due.probe, at: now) }
        scheduleEnd(of: due.probe, &agenda)
    }

    private func scheduleEnd(of probe: Int, _ agenda: inout Agenda<C.Instant>) {
        let timeout = seats[probe].entry.timeout
        let end = state.withLock { state -> C.Instant? in
            guard !state.turns[probe].hasEnd, let end = state.turns[probe].nextEnd(timeout)
            else { return nil }
            state.turns[probe].hasEnd = true
            return end
        }
        if let end { agenda.insert(.init(end, .end, probe: probe)) }
    }

    private func begin(_ probe: Int, at now: C.Instant) {
        let number = state.withLock { state -> Int? in
            guard !state.isEnded else { return nil }
            state.checks += 1
            state.turns[probe].waiting = nil
            state.turns[probe].check = Check(number: state.checks, began: now)
            return state.checks
        }
        guard let number else { return }
        let session = seats[probe].session
        let task = Task(executorPreference: executor) {
            self.done(probe, number, now, await session.check())
        }
        let isLate = state.withLock { state -> Bool in
            guard state.turns[probe].check?.number == number else { return false }
            state.turns[probe].check?.task = task
            return state.isEnded || state.turns[probe].check?.isOver == true
        }
        if isLate { task.cancel() }
    }

    /// A check has returned.
    private func done(_ probe: Int, _ number: Int, _ began: C.Instant, _ seen: Observation) {
        let (counts, next) = state.withLock { state -> (Bool, Bool) in
            guard !state.isEnded, let check = state.turns[probe].check, check.number == number
            else { return (false, false) }
            state.turns[probe].check = nil
            return (!check.isOver, state.turns[probe].waiting != nil)
        }
        if counts { report(seats[probe].entry.name, began, seen) }
        if next { begin(probe, at: clock.now) }
    }

    /// The time of a check, or of a tick that had to wait, may be over.
    private func end(of probe: Int, _ now: C.Instant, _ agenda: inout Agenda<C.Instant>) {
        let entry = seats[probe].entry
        let (over, task) = state.withLock { state -> (C.Instant?, Task<Void, Never>?) in
            state.turns[probe].hasEnd = false
            let turn = state.turns[probe]
            guard let check = turn.check, let end = turn.nextEnd(entry.timeout), end <= now else {
                return (nil, nil)
            }
            if check.isOver {
                state.turns[probe].waiting = nil
                return (turn.waiting, nil)
            }
            state.turns[probe].check?.isOver = true
            return (check.began, check.task)
        }
        if let over {
            report(
                entry.name, over,
                Observation(passed: false, reason: Reason.timedOut, latency: entry.timeout))
        }
        // After the report: what it makes way for may end, and be told, at once.
        task?.cancel()
        scheduleEnd(of: probe, &agenda)
    }

    /// Nothing is told any more; checks under way are cancelled, and not waited for.
    private func stop() {
        let tasks = state.withLock { state in
            state.isEnded = true
            return state.turns.compactMap { $0.check?.task }
        }
        for task in tasks { task.cancel() }
    }
}
