import Synchronization

/// Counts from 0, on any thread.
final class NIOLockedCounter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}
