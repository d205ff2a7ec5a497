public import ProbeKinds

/// One result of a probe as a ``Judge`` takes it.
public struct Sample: Equatable, Sendable {
    /// When the check began, since the begin of the phase that is judged.
    public var began: Duration
    public var passed: Bool
    public var latency: Duration
    public var ttfb: Duration?
    public var facts: [FactName: FactValue]

    public init(
        began: Duration, passed: Bool, latency: Duration, ttfb: Duration? = nil,
        facts: [FactName: FactValue] = [:]
    ) {
        self.began = began
        self.passed = passed
        self.latency = latency
        self.ttfb = ttfb
        self.facts = facts
    }

    public init(_ observation: Observation, began: Duration) {
        self.init(
            began: began, passed: observation.passed, latency: observation.latency,
            ttfb: observation.ttfb, facts: observation.facts)
    }

    /// What was timed; nil for a first byte that never came.
    func time(_ timing: Timing) -> Duration? {
        switch timing {
        case .latency: latency
        case .ttfb: ttfb
        }
    }
}
