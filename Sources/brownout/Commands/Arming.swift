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

    /// A fault to be armed, and whose traffic it is about.
    struct Wanted {
        var request: ArmRequest
        var scope: Scope?
    }

    /// Checks a fault as the agent will, so that errors name flags and files of this side, and
    /// makes the request of it.
    static func request(
        _ node: Node, name: String, options: ArmOptions
    ) throws(SpecError) -> Wanted {
        let fault = try Fault(node)
        let request = ArmRequest(
            body: node.json(), format: .json, name: name,
            for: fault.lease == nil ? .seconds(60) : nil,
            lease: options.detach ? nil : lease, dryRun: options.dryRun)
        return Wanted(request: request, scope: fault.scope)
    }

    func run(_ wanted: [Wanted]) async throws {
        let session = SessionEnds.find()
        let requests = wanted.map { wanted in
            var request = wanted.request
            request.session = session
            return request
        }
        let place = try await agent.place(wanted.map(\.scope))
        // Trapped before anything is armed: a signal in between must not leave a fault behind.
        let signals =
            options.detach
            ? nil
            : await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigpipe)
        try await place.ensure()
        if let signals {
            try await watch(requests, at: place.socket, signals: signals)
        } else {
            try await leave(requests, with: place.client)
        }
    }

    private func watch(
        _ requests: [ArmRequest], at socket: String, signals: UnixSignalsSequence
    ) async throws {
        // Shorter than the lease by far, so that a call that hangs leaves time for the next.
        let client = AgentClient(socket: socket, timeout: .seconds(2))
        let report = Report(style: agent.json ? .json : Terminal.current.reportStyle)
        let session = ForegroundSession(
            agent: client, socket: socket, report: report, write: Console.write)
        try await session.run(requests, signals: signals)
    }

    private func leave(_ requests: [ArmRequest], with client: AgentClient) async throws {
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
