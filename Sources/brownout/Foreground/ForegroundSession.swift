import Control
import FoundationEssentials
import UnixSignals

/// Arms faults, renews and shows them, and lifts them when it is told to stop.
///
/// Guarantee: after `run` returns or throws, no fault of this session is left armed, as long as the
/// agent can be reached; and otherwise none outlives its lease, which nobody renews any more.
struct ForegroundSession<Agent: FaultAgent>: Sendable {
    let agent: Agent
    let socket: String
    let report: Report
    let write: @Sendable (String) throws(ClientError) -> Void
    var now: @Sendable () -> Timestamp = { .now }

    /// What the session reacts to, one at a time.
    enum Input: Sendable {
        /// A second has passed.
        case tick
        case signal(String)
        case event(AgentEvent)
    }

    /// Seconds between two renewals of a fault.
    static var renewalInterval: Int { 2 }
    /// Seconds without any answer after which the agent counts as lost: the lease is over then.
    static var patience: Int { 10 }

    /// Runs with a clock of seconds and the process's signals.
    func run(_ requests: [ArmRequest], signals: UnixSignalsSequence) async throws {
        let (inputs, feed) = AsyncStream.makeStream(of: Input.self)
        let listening = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals { feed.yield(.signal("\(signal)")) }
            }
            group.addTask {
                // Without events all still works: endings are then noticed at the next renewal.
                try? await agent.watch(begun: { listening.continuation.finish() }) { event in
                    feed.yield(.event(event))
                }
                listening.continuation.finish()
            }
            group.addTask {
                let clock = ContinuousClock()
                var next = clock.now
                while !Task.isCancelled {
                    next += .seconds(1)
                    try await clock.sleep(until: next)
                    feed.yield(.tick)
                }
            }
            defer { group.cancelAll() }
            for await _ in listening.stream {}
            try await run(requests, inputs: inputs)
        }
    }

    /// The session proper; `inputs` drive it.
    func run(_ requests: [ArmRequest], inputs: AsyncStream<Input>) async throws {
        var watched: [WatchedFault] = []
        do {
            for request in requests { watched.append(WatchedFault(try await agent.arm(request))) }
            try write(report.armed(watched.map(\.fault), now: now()))
            try await follow(&watched, inputs)
        } catch {
            // Also when arming the second of two fails, or the output is closed.
            _ = await lift(&watched)
            throw error
        }
    }

    private func follow(_ watched: inout [WatchedFault], _ inputs: AsyncStream<Input>) async throws
    {
        var lines = LiveLines()
        var ticks = 0
        var lastContact = 0
        try draw(watched, &lines)
        for await input in inputs {
            switch input {
            case .event(let event):
                for index in watched.indices { watched[index].apply(event) }
            case .signal(let name):
                try write(lines.erase())
                let left = await lift(&watched)
                // The reason for stopping is told even where the output is gone.
                try? write(report.ended(watched, now: now()))
                throw name == "SIGPIPE"
                    ? ClientError.outputClosed : ClientError.interrupted(by: name, left: left)
            case .tick:
                ticks += 1
                if ticks.isMultiple(of: Self.renewalInterval) {
                    let problem = await renew(&watched)
                    if problem == nil { lastContact = ticks }
                    if let problem, problem.isFinal || ticks - lastContact >= Self.patience {
                        for index in watched.indices where watched[index].ending == nil {
                            watched[index].ending = .lost
                        }
                        try write(lines.erase() + report.ended(watched, now: now()))
                        throw ClientError.agentLost(socket: socket, problem: problem.text)
                    }
                }
                if ticks.isMultiple(of: Report.interval) {
                    try write(report.progress(watched, now: now()))
                }
            }
            if watched.allSatisfy({ $0.ending != nil }) {
                try write(lines.erase() + report.ended(watched, now: now()))
                return try conclude(watched)
            }
            try draw(watched, &lines)
        }
    }

    private func draw(_ watched: [WatchedFault], _ lines: inout LiveLines) throws(ClientError) {
        if let live = report.live(watched, now: now()) { try write(lines.draw(live)) }
    }

    /// What a failed renewal means.
    private struct Problem {
        var text: String
        /// There is no agent any more; waiting would not help.
        var isFinal: Bool
    }

    private func renew(_ watched: inout [WatchedFault]) async -> Problem? {
        for index in watched.indices where watched[index].ending == nil {
            do {
                watched[index].fault = try await agent.renew(watched[index].fault.id)
            } catch .refused(let reply, _) where reply.code == .notFound {
                watched[index].ending =
                    now() >= watched[index].fault.endsAt ? .time : .gone
            } catch .noAgent {
                return Problem(text: "it is gone", isFinal: true)
            } catch .timeout {
                return Problem(text: "it does not answer", isFinal: false)
            } catch {
                return Problem(text: error.description, isFinal: false)
            }
        }
        return nil
    }

    /// Lifts what is still in force; returns the ids of those that could not be lifted.
    private func lift(_ watched: inout [WatchedFault]) async -> [String] {
        var left: [String] = []
        for index in watched.indices where watched[index].ending == nil {
            do {
                watched[index].fault = try await agent.lift(watched[index].fault.id)
                watched[index].ending = .lifted
            } catch .refused(let reply, _) where reply.code == .notFound {
                watched[index].ending = .gone
            } catch .noAgent {
                // Nothing survives the agent.
                watched[index].ending = .gone
            } catch {
                left.append(watched[index].fault.id)
            }
        }
        return left
    }

    /// All have ended by themselves: well, or not.
    private func conclude(_ watched: [WatchedFault]) throws(ClientError) {
        if watched.contains(where: { $0.ending == .lease }) {
            throw .agentLost(socket: socket, problem: "it took no renewal in time")
        }
        let others = watched.filter {
            if case .others = $0.ending { true } else { $0.ending == .gone }
        }
        if !others.isEmpty {
            let ids = others.map(\.fault.id).joined(separator: ", ")
            throw .liftedByOthers("\(ids) lifted by somebody else before its time")
        }
    }
}

extension Timestamp {
    static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
