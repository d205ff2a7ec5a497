import NIOPosix
import Synchronization

/// Standard output for those who must never wait for a reader: a terminal that was stopped with
/// Ctrl-S, a pager that nobody scrolls, a pipe that is closed.
///
/// Texts are written in order on a thread of their own. What a reader who does not read leaves
/// behind is kept up to a limit; from then on it is left out.
final class OutputFeed: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var isWriting = false
        /// The reader is gone, or too much waits: the rest is left out.
        var isGivenUp = false
        var flushed: [CheckedContinuation<Void, Never>] = []
    }

    /// Some minutes of a busy run in JSON.
    static let limit = 16 << 20

    private let state = Mutex(State())
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init() { thread.start() }

    /// Whether something written is not read yet: drawings are better made later.
    var isBusy: Bool { state.withLock { $0.isWriting } }

    func write(_ text: String) {
        guard !text.isEmpty else { return }
        let begins = state.withLock { state in
            guard !state.isGivenUp else { return false }
            guard state.waiting.count + text.utf8.count <= Self.limit else {
                state.isGivenUp = true
                return false
            }
            state.waiting += text.utf8
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { thread.submit { _ in self.drain() } }
    }

    /// Waits until all is written, but not longer than `limit`.
    func flush(within limit: Duration) async {
        let alarm = Task {
            try await Task.sleep(for: limit)
            release()
        }
        defer { alarm.cancel() }
        await withCheckedContinuation { continuation in
            let isFlushed = state.withLock { state in
                if !state.isWriting { return true }
                state.flushed.append(continuation)
                return false
            }
            if isFlushed { continuation.resume() }
        }
    }

    private func release() {
        let flushed = state.withLock { state in
            defer { state.flushed = [] }
            return state.flushed
        }
        for continuation in flushed { continuation.resume() }
    }

    private func drain() {
        while true {
            let bytes = state.withLock { state -> [UInt8] in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.isWriting = false }
                return state.waiting
            }
            if bytes.isEmpty { return release() }
            do {
                try Console.write(bytes)
            } catch {
                state.withLock { state in
                    state.isGivenUp = true
                    state.waiting = []
                }
            }
        }
    }
}
