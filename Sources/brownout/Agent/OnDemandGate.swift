import Control
import GameDay

/// An agent for those who arm: one that is there, or one started for them. An agent on demand leaves
/// with its last fault, whosever that was, and comes back with the next.
struct OnDemandGate: FaultGate, FaultAgent {
    let place: AgentPlace
    /// How long an agent that leaves may take to be gone.
    var patience = Duration.seconds(3)

    // Shorter than a lease by far, so that a call that hangs leaves time for the next.
    private var client: AgentClient { AgentClient(socket: place.socket, timeout: .seconds(2)) }

    func arm(_ request: ArmRequest) async throws(AgentError) -> ArmedFault {
        let end = ContinuousClock.now + patience
        while true {
            let problem: AgentError
            do {
                // It asks resolvers before it answers: two that are silent cost 1.4 s.
                return try await AgentClient(socket: place.socket, timeout: .seconds(5))
                    .arm(request)
            } catch {
                problem = error
            }
            // One that is about to leave may be met once more, with its successor on the way.
            guard await isGone(after: problem, until: end), await isReplaced(until: end),
                ContinuousClock.now < end
            else { throw problem }
        }
    }

    /// Whether nobody is there, or soon will be: a phase that lifts everything and arms again finds
    /// the agent on its way out.
    private func isGone(after problem: AgentError, until end: ContinuousClock.Instant) async -> Bool
    {
        switch problem {
        case .noAgent: return true
        case .connection: break
        case .refused(let reply, _) where reply.code == .stopping: break
        default: return false
        }
        while ContinuousClock.now < end, !Task.isCancelled {
            do {
                _ = try await client.health()
            } catch .noAgent {
                return true
            } catch {
                // Cut off as it leaves, or slow: only the silence of its socket tells.
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Whether there is an agent: a new one cannot begin before the kernel has taken back what the old
    /// one had.
    private func isReplaced(until end: ContinuousClock.Instant) async -> Bool {
        repeat {
            do {
                try await place.ensure()
                return true
            } catch ClientError.startFailed {
                try? await Task.sleep(for: .milliseconds(50))
            } catch {
                return false
            }
        } while ContinuousClock.now < end && !Task.isCancelled
        return false
    }

    func renew(_ id: String) async throws(AgentError) -> ArmedFault { try await client.renew(id) }

    func lift(_ id: String) async throws(AgentError) -> ArmedFault { try await client.lift(id) }

    /// Of the agent that is there now, not of one that takes its place.
    func watch(
        begun: @Sendable () -> Void, _ each: @Sendable (AgentEvent) -> Void
    ) async throws {
        try await client.watch(begun: begun, each)
    }
}
