internal import Synchronization

/// One value that a thread gives to another, which waits for it.
final class Handover<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let done: Signal

    init(done: Signal) { self.done = done }

    func put(_ value: Value) {
        self.value.withLock { $0 = value }
        done.raise()
    }

    func take() -> Value? {
        done.wait()
        return value.withLock { $0 }
    }
}
