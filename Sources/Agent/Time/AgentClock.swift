public import Control
import FoundationEssentials

/// The time that the agent goes by; passed in, so that tests turn it by hand.
public protocol AgentClock: Sendable {
    /// Since a fixed moment of the clock's choice. Goes on while the host sleeps, and no one can
    /// set it: leases are measured in it.
    var now: Duration { get }

    /// The time of day, for people and the journal.
    var wall: Timestamp { get }

    /// Returns at `moment`, or at once when it is past; throws `CancellationError` when the task is
    /// cancelled before.
    func sleep(until moment: Duration) async throws
}

/// The host's clock.
public struct SystemClock: AgentClock {
    private let start: ContinuousClock.Instant

    public init() {
        start = .now
    }

    public var now: Duration {
        start.duration(to: .now)
    }

    public var wall: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    public func sleep(until moment: Duration) async throws {
        try await ContinuousClock().sleep(until: start + moment)
    }
}
