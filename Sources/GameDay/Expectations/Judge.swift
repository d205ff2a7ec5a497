/// Follows one expectation through the results of its probe.
///
/// Results go in with ``add(_:)`` in the order in which their checks began; how things stand can be
/// asked for at any time, and the verdict once, when the phase is over and its last result is in. All
/// times are since the begin of the phase (for `stop`: since the first fault). Time must not run
/// backwards. Each of these is cheap, however many results there were.
public struct Judge: Sendable {
    public let expectation: Expectation
    public let role: RunEvent.Expectation.Role

    /// - Parameter baseline: The same probe's figures, for `2x baseline`.
    public init(
        _ expectation: Expectation, role: RunEvent.Expectation.Role = .expect,
        baseline: BaselineFigures? = nil
    ) {
        self.expectation = expectation
        self.role = role
    }

    /// Takes one result.
    public mutating func add(_ sample: Sample) {}

    /// How it stands at a time: `pending`, `holding` or `failing`.
    public mutating func standing(at now: Duration) -> Standing { Standing(state: .pending) }

    /// How it ends: `passed`, `failed` or `noSamples`.
    public mutating func verdict(at end: Duration) -> Standing { Standing(state: .noSamples) }
}
