import Control
import GameDay

/// An agent for a run: one that is there, or one started for it. An agent on demand leaves with its
/// last fault, and comes back with the next.
struct OnDemandGate: FaultGate {
    let client: AgentClient

    func arm(_ request: ArmRequest) async throws(AgentError) -> ArmedFault {
        do {
            return try await client.arm(request)
        } catch .noAgent(let socket, let errno) {
            guard (try? await OnDemandAgent(socket: client.socket).ensure()) != nil else {
                throw .noAgent(socket: socket, errno: errno)
            }
            return try await client.arm(request)
        }
    }

    func renew(_ id: String) async throws(AgentError) -> ArmedFault { try await client.renew(id) }

    func lift(_ id: String) async throws(AgentError) -> ArmedFault { try await client.lift(id) }
}
