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
        if let written = node["scope"]?["netns"], let text = written.text, written.location.hasLine
        {
            do throws(ClientError) {
                _ = try NetworkFile(text)
            } catch .noNetwork(let problem) {
                throw SpecError(location: written.location, key: "netns", problem: problem)
            } catch {
                // Whether this user may look at it, and enter it, is seen when it is armed.
            }
        }
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
            try await watch(requests, at: place, signals: signals)
        } else {
            try await leave(requests, at: place)
        }
    }

    private func watch(
        _ requests: [ArmRequest], at place: AgentPlace, signals: UnixSignalsSequence
    ) async throws {
        let report = Report(style: agent.json ? .json : Terminal.current.reportStyle)
        let session = ForegroundSession(
            agent: OnDemandGate(place: place), socket: place.socket, report: report,
            write: Console.write)
        try await session.run(requests, signals: signals)
    }

    private func leave(_ requests: [ArmRequest], at place: AgentPlace) async throws {
        let agent = OnDemandGate(place: place)
        var armed: [ArmedFault] = []
        do {
            for request in requests { armed.append(try await agent.arm(request)) }
            for fault in armed {
                try Console.print(
                    self.agent.json ? Report.json(.init(.arm, fault)) : fault.id)
                for line in StatusText.misses(of: fault) {
                    Console.complain("warning: \(fault.id): \(line)")
                }
            }
        } catch {
            for fault in armed { _ = try? await agent.lift(fault.id) }
            throw error
        }
    }
}
