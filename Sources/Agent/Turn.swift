/// Lets one at a time change what is armed, in the order in which they came. An actor alone does
/// not: while `arm` waits for the kernel, `halt` could run, find nothing to lift, and be overtaken.
struct Turn {
    private var taken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// True: it is ours. False: call `wait`.
    mutating func take() -> Bool {
        defer { taken = true }
        return !taken
    }

    mutating func wait(_ next: CheckedContinuation<Void, Never>) {
        waiting.append(next)
    }

    mutating func pass() {
        if waiting.isEmpty {
            taken = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}

extension Agent {
    func exclusively<Value: Sendable, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if !turn.take() {
            await withCheckedContinuation { turn.wait($0) }
        }
        defer { turn.pass() }
        return try await body()
    }
}
