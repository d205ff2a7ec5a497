/// How long to wait before the next of several attempts: exponential, with full jitter and a cap.
///
/// Full jitter is a uniform choice from 0 to the bound, which spreads a herd best:
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
struct Backoff: Sendable {
    var base: Duration
    var cap: Duration
    private(set) var failures = 0

    init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The bound of the next delay.
    var bound: Duration {
        // 2^16 times any base is past any cap.
        min(cap, base * (1 << min(failures, 16)))
    }

    /// The next delay. `chance` is from 0 up to 1.
    mutating func next(_ chance: Double) -> Duration {
        defer { failures += 1 }
        return bound * chance
    }

    mutating func succeeded() { failures = 0 }
}
