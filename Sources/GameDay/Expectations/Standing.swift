/// How an expectation stands, or how it ended.
public struct Standing: Equatable, Sendable {
    public var state: RunEvent.Expectation.State
    /// What was measured, in a few words: `97.5 % of 240`, `p95 412 ms`, `no samples`.
    public var measured: String?
    /// Seconds from the phase's begin until it held, for those that become true.
    public var after: Double?

    public init(
        state: RunEvent.Expectation.State, measured: String? = nil, after: Double? = nil
    ) {
        self.state = state
        self.measured = measured
        self.after = after
    }
}
