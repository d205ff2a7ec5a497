import NIOCore
import NIOPosix

/// Continuous time that is waited for on the event loop one is on, where a timer costs no thread.
///
/// While the host sleeps its waits stand still: what was due then is late by that time at most.
public struct LoopClock: Clock {
    public typealias Instant = ContinuousClock.Instant

    public init() {}

    public var now: Instant { ContinuousClock.now }
    public var minimumResolution: Duration { .nanoseconds(1) }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let alarm = loop.scheduleTask(in: TimeAmount(max(.zero, deadline - now))) {}
        try await withTaskCancellationHandler {
            try await alarm.futureResult.get()
        } onCancel: {
            alarm.cancel()
        }
    }
}
