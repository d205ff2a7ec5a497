/// A fault that comes and goes: on for a while, off for a while.
public struct Flap: Equatable, Sendable {
    /// How long it acts.
    public var on: Duration
    /// How long it rests.
    public var off: Duration
    /// How far each of these may stray, either way, evenly.
    public var jitter: Duration

    public init(on: Duration, off: Duration, jitter: Duration = .zero) {
        self.on = on
        self.off = off
        self.jitter = jitter
    }
}

/// Follows a ``Flap`` through time.
public struct FlapState: Sendable {
    private let flap: Flap
    private var random: SeededRandom
    /// When the phase that was last asked about ends.
    public private(set) var phaseEnds: Duration
    public private(set) var isOn = true

    public init(_ flap: Flap, seed: UInt64) {
        self.flap = flap
        random = SeededRandom(seed: seed)
        phaseEnds = .zero
        phaseEnds = next(flap.on)
    }

    /// Whether the fault acts at this time since it began. Time must not run backwards.
    public mutating func isOn(at elapsed: Duration) -> Bool {
        while elapsed >= phaseEnds {
            isOn.toggle()
            phaseEnds += next(isOn ? flap.on : flap.off)
        }
        return isOn
    }

    /// The length of a phase: never below a millisecond, so that time always moves on.
    private mutating func next(_ length: Duration) -> Duration {
        guard flap.jitter > .zero else { return max(length, .milliseconds(1)) }
        return max(length + flap.jitter * (random.nextUnit() * 2 - 1), .milliseconds(1))
    }
}
