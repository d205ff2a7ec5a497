internal import Glibc
internal import Synchronization

/// What other threads share with the loop's: commands to it, counters and its end from it.
final class LoopMailbox<Handler: PacketHandler>: Sendable {
    typealias Command = PacketLoop<Handler>.Command

    private struct State {
        var commands: [Command] = []
        var stopRequested = false
        /// No command is taken any more.
        var closed = false
        var finished = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var thread: pthread_t?
        var counters = LoopCounters()
    }

    /// Raised when there is something for the loop.
    let wake: Signal
    /// Raised for good at the loop's end.
    let finished: Signal
    private let state = Mutex(State())

    init(wake: Signal, finished: Signal) {
        self.wake = wake
        self.finished = finished
    }

    // MARK: Any thread

    func post(_ command: @escaping Command) -> Bool {
        let posted = state.withLock {
            guard !$0.closed else { return false }
            $0.commands.append(command)
            return true
        }
        if posted { wake.raise() }
        return posted
    }

    func requestStop() {
        state.withLock { $0.stopRequested = true }
        wake.raise()
    }

    func whenFinished(_ continuation: CheckedContinuation<Void, Never>) {
        let already = state.withLock {
            $0.stopRequested = true
            if !$0.finished { $0.waiters.append(continuation) }
            return $0.finished
        }
        if already { continuation.resume() } else { wake.raise() }
    }

    var counters: LoopCounters { state.withLock { $0.counters } }

    var isLoopThread: Bool {
        state.withLock { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    // MARK: The loop's thread

    func begin() { state.withLock { $0.thread = pthread_self() } }

    func publish(_ counters: LoopCounters) { state.withLock { $0.counters = counters } }

    /// The commands given since the last time, and whether to end.
    func take() -> (commands: [Command], stop: Bool) {
        wake.clear()
        return state.withLock { state in
            defer { state.commands = [] }
            return (state.commands, state.stopRequested)
        }
    }

    /// Takes no more commands, and returns the last.
    func close() -> [Command] {
        state.withLock { state in
            state.closed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Tells everybody who waits.
    func finish() {
        let waiters = state.withLock { state in
            state.finished = true
            state.thread = nil
            defer { state.waiters = [] }
            return state.waiters
        }
        finished.raise()
        for waiter in waiters { waiter.resume() }
    }
}
