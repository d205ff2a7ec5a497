public import Control

/// The agent, as far as a run needs it.
public protocol FaultGate: Sendable {
    func arm(_ request: ArmRequest) async throws(AgentError) -> ArmedFault
    func renew(_ id: String) async throws(AgentError) -> ArmedFault
    func lift(_ id: String) async throws(AgentError) -> ArmedFault
}

extension AgentClient: FaultGate {}
