/// A circuit breaker: after some failures in a row nothing is tried for a while, then one trial.
///
/// A failed trial doubles the wait, up to `longest`; a good one closes the circuit.
struct Breaker: Equatable, Sendable {
    enum State: String, Codable, Sendable {
        case closed, open
        case halfOpen = "half-open"
    }

    /// Failures in a row that open it.
    var threshold = 3
    var shortest = Duration.seconds(1)
    var longest = Duration.seconds(4)
    private(set) var state = State.closed
    private(set) var failures = 0
    private(set) var opened = 0
    private var wait = Duration.zero
    private var until: Moment?

    /// Whether a call may be made now. If it says yes while open, this call is the trial: its
    /// outcome must be told.
    mutating func allows(_ now: Moment) -> Bool {
        switch state {
        case .closed: return true
        case .halfOpen: return false
        case .open:
            guard let until, now >= until else { return false }
            state = .halfOpen
            return true
        }
    }

    mutating func succeeded() {
        state = .closed
        failures = 0
        wait = .zero
    }

    mutating func failed(_ now: Moment) {
        failures += 1
        guard state == .halfOpen || failures >= threshold else { return }
        if state == .closed { opened += 1 }
        state = .open
        wait = min(longest, max(shortest, wait * 2))
        until = now + wait
    }
}
