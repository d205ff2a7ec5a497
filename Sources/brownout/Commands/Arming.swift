import ArgumentParser
import Control
import FaultKinds
import Spec
import UnixSignals

/// What `dns` and `inject` share: checking, arming, and either watching or leaving.
struct Arming {
    /// How long a fault lives when neither command line nor file says.
    static let defaultLifetime = "60s"
    /// Without a renewal for this long, a fault in the foreground is lifted by the agent.
    static let lease = Duration.seconds(10)

    var options: ArmOptions
    var agent: AgentOptions

    /// Checks a fault as the agent will, so that errors name flags and files of this side, and
    /// makes the request of it.
    static func request(
        _ node: Node, name: String, options: ArmOptions
    ) throws(SpecError) -> ArmRequest {
        let fault = try Fault(node)
        return ArmRequest(
            body: node.json(), format: .json, name: name,
            for: fault.lease == nil ? .seconds(60) : nil,
            lease: options.detach ? nil : lease, dryRun: options.dryRun)
    }

    func run(_ wanted: [ArmRequest]) async throws {
        let session = SessionEnds.find()
        let requests = wanted.map { request in
            var request = request
            request.session = session
            return request
        }
        // Trapped before anything is armed: a signal in between must not leave a fault behind.
        let signals =
            options.detach
            ? nil
            : await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigpipe)
        try await OnDemandAgent(socket: agent.path).ensure()
        if let signals {
            try await watch(requests, signals: signals)
        } else {
            try await leave(requests)
        }
    }

    private func watch(_ requests: [ArmRequest], signals: UnixSignalsSequence) async throws {
        // Shorter than the lease by far, so that a call that hangs leaves time for the next.
        let client = AgentClient(socket: agent.path, timeout: .seconds(2))
        let report = Report(style: agent.json ? .json : Terminal.current.reportStyle)
        let session = ForegroundSession(
            agent: client, socket: agent.path, report: report, write: Console.write)
        try await session.run(requests, signals: signals)
    }

    private func leave(_ requests: [ArmRequest]) async throws {
        let client = agent.client
        var armed: [ArmedFault] = []
        do {
            for request in requests { armed.append(try await client.arm(request)) }
            for fault in armed {
                try Console.print(
                    agent.json ? Report.json(.init(.arm, fault)) : fault.id)
            }
        } catch {
            for fault in armed { _ = try? await client.lift(fault.id) }
            throw error
        }
    }
}
