import Synchronization

/// Waits for `work`, but no longer than `limit`; throws `late` then.
///
/// Late work is cancelled and left to itself: this is for calls into a thread that may hang, which a
/// task group would wait for.
func within<Value: Sendable>(
    _ limit: Duration, on clock: some AgentClock, late: DataPathError,
    _ work: @escaping @Sendable () async throws(DataPathError) -> Value
) async throws(DataPathError) -> Value {
    let race = Race<Value>()
    let deadline = clock.now + limit
    let worker = Task {
        do throws(DataPathError) {
            race.finish(.success(try await work()))
        } catch {
            race.finish(.failure(error))
        }
    }
    let timer = Task {
        // Cancelled means that the work was in time.
        guard (try? await clock.sleep(until: deadline)) != nil else { return }
        race.finish(.failure(late))
        worker.cancel()
    }
    defer { timer.cancel() }
    return try await race.result().get()
}

/// The first result that arrives; later ones are dropped.
private final class Race<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, DataPathError>

    private enum State {
        case running
        case waiting(CheckedContinuation<Outcome, Never>)
        case finished(Outcome)
        case collected
    }

    private let state = Mutex(State.running)

    func finish(_ outcome: Outcome) {
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .running:
                state = .finished(outcome)
                return nil
            case .waiting(let waiter):
                state = .collected
                return waiter
            case .finished, .collected:
                return nil
            }
        }
        waiter?.resume(returning: outcome)
    }

    /// To be called once.
    func result() async -> Outcome {
        await withCheckedContinuation { waiter in
            let ready = state.withLock { state -> Outcome? in
                if case .finished(let outcome) = state {
                    state = .collected
                    return outcome
                }
                state = .waiting(waiter)
                return nil
            }
            if let ready { waiter.resume(returning: ready) }
        }
    }
}
