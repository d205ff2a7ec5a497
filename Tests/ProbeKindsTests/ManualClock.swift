import Synchronization

/// A clock that stands still until it is told to go on.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleeper: (until: Instant, wake: CheckedContinuation<Void, any Error>)?
        var watcher: CheckedContinuation<Instant, Never>?
    }

    private let state = Mutex(State())
    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// One sleeper at a time, as a schedule has.
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let watcher = state.withLock { state in
                    state.sleeper = (deadline, wake)
                    defer { state.watcher = nil }
                    return state.watcher
                }
                watcher?.resume(returning: deadline)
                if Task.isCancelled { cancel() }
            }
        } onCancel: {
            cancel()
        }
    }

    private func cancel() {
        state.withLock { state in
            defer { state.sleeper = nil }
            return state.sleeper?.wake
        }?.resume(throwing: CancellationError())
    }

    /// Waits until somebody sleeps, and says until when.
    func sleeper() async -> Instant {
        await withCheckedContinuation { watcher in
            let until = state.withLock { state -> Instant? in
                if let sleeper = state.sleeper { return sleeper.until }
                state.watcher = watcher
                return nil
            }
            if let until { watcher.resume(returning: until) }
        }
    }

    /// Goes to when the sleeper wants to be woken, and `late` beyond.
    func step(late: Duration = .zero) async {
        let until = await sleeper()
        let wake = state.withLock { state in
            state.now = max(state.now, until.advanced(by: late))
            defer { state.sleeper = nil }
            return state.sleeper?.wake
        }
        wake?.resume()
    }
}
