/// What can be carried: so much a second, and a burst.
struct TokenBucket: Equatable, Sendable {
    /// Units a second.
    var rate: Double
    /// The most that is saved up.
    var burst: Double
    private var level: Double
    private var last: Moment

    init(rate: Double, burst: Double, now: Moment) {
        self.rate = rate
        self.burst = burst
        level = burst
        last = now
    }

    mutating func take(_ now: Moment) -> Bool {
        level = min(burst, level + (now - last).seconds * rate)
        last = now
        guard level >= 1 else { return false }
        level -= 1
        return true
    }

    mutating func set(rate: Double, _ now: Moment) {
        guard rate != self.rate else { return }
        level = min(rate, level + (now - last).seconds * self.rate)
        last = now
        self.rate = rate
        burst = rate
    }

    /// Room left, 0 to `burst`.
    func room(_ now: Moment) -> Double { min(burst, level + (now - last).seconds * rate) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

    /// To the millisecond, for people.
    var roundedSeconds: Double { (seconds * 1000).rounded() / 1000 }
}
