import Control

/// The calls that a foreground command makes: the seam at which tests put an agent of their own.
protocol FaultAgent: Sendable {
    func arm(_ request: ArmRequest) async throws(AgentError) -> ArmedFault
    func renew(_ id: String) async throws(AgentError) -> ArmedFault
    func lift(_ id: String) async throws(AgentError) -> ArmedFault
    /// Passes each event on, from now until the agent leaves or the task is cancelled.
    /// `begun` is called once the first event can no longer be missed.
    func watch(begun: @Sendable () -> Void, _ each: @Sendable (AgentEvent) -> Void) async throws
}

extension AgentClient: FaultAgent {
    func watch(
        begun: @Sendable () -> Void, _ each: @Sendable (AgentEvent) -> Void
    ) async throws {
        try await events { stream in
            begun()
            for try await event in stream { each(event) }
        }
    }
}
