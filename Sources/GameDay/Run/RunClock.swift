/// Time since a run began, on a clock that nobody sets and that goes on while the host sleeps.
public struct RunClock: Sendable {
    private let began: ContinuousClock.Instant

    public init(began: ContinuousClock.Instant = .now) { self.began = began }

    /// Since the beginning of the run.
    public var now: Duration { elapsed(.now) }

    func elapsed(_ instant: ContinuousClock.Instant) -> Duration { instant - began }

    /// Waits until so much time has passed since the beginning of the run.
    func sleep(until elapsed: Duration) async throws {
        try await ContinuousClock().sleep(until: began + elapsed, tolerance: .zero)
    }
}
