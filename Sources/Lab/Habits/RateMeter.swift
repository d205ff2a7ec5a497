/// Counts events and finds how many came at most within one second.
///
/// It counts by real windows, not by ticks of a clock: a herd across a tick is still one herd.
struct RateMeter: Sendable {
    private(set) var total = 0
    /// The most in any second since the start, or since `reset`.
    private(set) var peak = 0
    private var moments: [Moment] = []
    private var first = 0

    /// How far back `recentPeak` looks.
    static let memory = Duration.seconds(10)
    private static let window = Duration.seconds(1)

    mutating func record(_ now: Moment) {
        total += 1
        moments.append(now)
        forget(before: now - Self.memory - Self.window)
        peak = max(peak, count(in: Self.window, until: now))
    }

    /// Events in the second before `now`.
    func rate(_ now: Moment) -> Int { count(in: Self.window, until: now) }

    /// The most in any second that ended within `memory`.
    func recentPeak(_ now: Moment) -> Int {
        var best = 0
        var start = first
        for end in moments.indices.dropFirst(first) {
            while moments[end] - moments[start] >= Self.window { start += 1 }
            if now - moments[end] <= Self.memory { best = max(best, end - start + 1) }
        }
        return best
    }

    mutating func reset() {
        peak = 0
        moments = []
        first = 0
    }

    private func count(in span: Duration, until now: Moment) -> Int {
        var count = 0
        var index = moments.endIndex
        while index > first, now - moments[index - 1] < span {
            index -= 1
            count += 1
        }
        return count
    }

    private mutating func forget(before limit: Moment) {
        while first < moments.count, moments[first] < limit { first += 1 }
        if first > 4096 {
            moments.removeFirst(first)
            first = 0
        }
    }
}

/// A point of the monotonic clock.
typealias Moment = ContinuousClock.Instant
