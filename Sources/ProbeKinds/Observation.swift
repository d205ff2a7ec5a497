/// What one check saw.
public struct Observation: Equatable, Sendable {
    /// Whether the probe's own keys were met.
    public var passed: Bool
    /// Why not, short and the same for the same cause: `NOERROR, no addresses`, `status 503, not 200`.
    public var reason: String?
    /// From the beginning of the check to its end; for a timeout, the timeout.
    public var latency: Duration
    /// From the beginning to the first byte of the answer, for kinds that have one.
    public var ttfb: Duration?
    /// What expectations asked for and the check found out; there after a failure too where known.
    /// Texts are whole, as long as the kind's limits allow.
    public var facts: [FactName: FactValue]

    public init(
        passed: Bool, reason: String? = nil, latency: Duration, ttfb: Duration? = nil,
        facts: [FactName: FactValue] = [:]
    ) {
        self.passed = passed
        self.reason = reason
        self.latency = latency
        self.ttfb = ttfb
        self.facts = facts
    }
}
