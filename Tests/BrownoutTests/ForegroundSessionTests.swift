import Control
import Synchronization
import Testing

@testable import brownout

/// An agent of the tests: answers from a script and notes what was asked.
final class ScriptedAgent: FaultAgent {
    struct State: Sendable {
        var calls: [String] = []
        var armed = 0
        var refuseArm: Int?
        var renewals: [Result<FaultCounts, AgentError>] = []
        var lift: AgentError?
    }

    let state: Mutex<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var first = State()
        change(&first)
        state = Mutex(first)
    }

    var calls: [String] { state.withLock { $0.calls } }

    func arm(_ request: ArmRequest) async throws(AgentError) -> ArmedFault {
        let (id, refused) = state.withLock { state in
            state.armed += 1
            state.calls.append("arm")
            return ("f\(state.armed)", state.refuseArm == state.armed)
        }
        if refused { throw .refused(APIError(.protected, "protected"), status: 403) }
        return Samples.fault(id)
    }

    func renew(_ id: String) async throws(AgentError) -> ArmedFault {
        let next = state.withLock { state in
            state.calls.append("renew \(id)")
            return state.renewals.isEmpty ? .success(FaultCounts()) : state.renewals.removeFirst()
        }
        return Samples.fault(id, counts: try next.get())
    }

    func lift(_ id: String) async throws(AgentError) -> ArmedFault {
        let failure = state.withLock { state in
            state.calls.append("lift \(id)")
            return state.lift
        }
        if let failure { throw failure }
        return Samples.fault(id, counts: FaultCounts(seen: 5, matched: 5, fired: 5))
    }

    func watch(
        begun: @Sendable () -> Void, _ each: @Sendable (AgentEvent) -> Void
    ) async throws {
        begun()
    }
}

final class Written: Sendable {
    private let parts = Mutex("")
    let closed: Bool
    init(closed: Bool = false) { self.closed = closed }
    var text: String { parts.withLock { $0 } }
    func write(_ text: String) throws(ClientError) {
        if closed { throw .outputClosed }
        parts.withLock { $0 += text }
    }
}

@Suite struct ForegroundSessionTests {
    typealias Session = ForegroundSession<ScriptedAgent>

    /// Runs a session on given inputs to its end; returns what it threw.
    private func run(
        _ agent: ScriptedAgent, _ inputs: [Session.Input], faults: Int = 1,
        written: Written = Written(), after: Duration = .seconds(30)
    ) async -> (any Error)? {
        let now = Samples.start + after
        let session = Session(
            agent: agent, socket: "/s", report: Report(style: .plain),
            write: { text throws(ClientError) in try written.write(text) }, now: { now })
        let (stream, feed) = AsyncStream.makeStream(of: Session.Input.self)
        for input in inputs { feed.yield(input) }
        feed.finish()
        let requests = Array(repeating: ArmRequest(body: "{}"), count: faults)
        do {
            try await session.run(requests, inputs: stream)
            return nil
        } catch {
            return error
        }
    }

    private func ticks(_ count: Int) -> [Session.Input] { Array(repeating: .tick, count: count) }

    @Test func renewsEveryOtherSecondAndEndsByTime() async {
        let agent = ScriptedAgent()
        let written = Written()
        let counts = FaultCounts(seen: 3, matched: 2, fired: 1)
        let error = await run(
            agent, ticks(5) + [.event(Samples.event(.end, counts: counts))], written: written,
            after: .seconds(60))
        #expect(error == nil)
        #expect(agent.calls == ["arm", "renew f1", "renew f1"])
        #expect(
            written.text == """
                armed f1  dns empty a.test  for 0:00, seed 7
                f1  ended after 1m: seen 3, matched 2, fired 1  dns empty a.test

                """)
    }

    @Test func signalLiftsEverything() async {
        let agent = ScriptedAgent()
        let written = Written()
        let error = await run(agent, [.tick, .signal("SIGINT")], faults: 2, written: written)
        #expect(error as? ClientError == .interrupted(by: "SIGINT", left: []))
        #expect(agent.calls == ["arm", "arm", "lift f1", "lift f2"])
        #expect(written.text.contains("f2  lifted after 30s: seen 5, matched 5, fired 5"))
    }

    @Test func whatCannotBeLiftedIsTold() async {
        let agent = ScriptedAgent { $0.lift = .timeout(socket: "/s") }
        let error = await run(agent, [.signal("SIGTERM")])
        #expect(error as? ClientError == .interrupted(by: "SIGTERM", left: ["f1"]))
    }

    @Test func aRefusalLiftsWhatWasArmedBefore() async {
        let agent = ScriptedAgent { $0.refuseArm = 2 }
        let error = await run(agent, [], faults: 3)
        #expect(
            error as? AgentError == .refused(APIError(.protected, "protected"), status: 403))
        #expect(agent.calls == ["arm", "arm", "lift f1"])
    }

    @Test func aClosedOutputLifts() async {
        let agent = ScriptedAgent()
        let error = await run(agent, ticks(2), written: Written(closed: true))
        #expect(error as? ClientError == .outputClosed)
        #expect(agent.calls == ["arm", "lift f1"])
    }

    @Test func sigpipeIsAClosedOutput() async {
        let error = await run(ScriptedAgent(), [.signal("SIGPIPE")])
        #expect(error as? ClientError == .outputClosed)
    }

    @Test func aDeadAgentEndsAtOnce() async {
        let agent = ScriptedAgent {
            $0.renewals = [.failure(.noAgent(socket: "/s", errno: 111))]
        }
        let error = await run(agent, ticks(4))
        #expect(error as? ClientError == .agentLost(socket: "/s", problem: "it is gone"))
        #expect(agent.calls == ["arm", "renew f1"])
    }

    @Test func aSilentAgentIsGivenItsLease() async {
        let silent = Result<FaultCounts, AgentError>.failure(.timeout(socket: "/s"))
        let agent = ScriptedAgent { $0.renewals = Array(repeating: silent, count: 9) }
        let error = await run(agent, ticks(20))
        guard case .agentLost? = error as? ClientError else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(agent.calls == ["arm"] + Array(repeating: "renew f1", count: 5))
    }

    @Test func aSilentAgentThatComesBackIsKept() async {
        let silent = Result<FaultCounts, AgentError>.failure(.timeout(socket: "/s"))
        let agent = ScriptedAgent {
            $0.renewals = [silent, silent, .success(FaultCounts(seen: 1)), silent, silent]
        }
        let error = await run(agent, ticks(10) + [.event(Samples.event(.end))])
        #expect(error == nil)
    }

    @Test func someoneElsesLiftIsAnInterruption() async {
        let written = Written()
        let event = Samples.event(.lift, who: Owner(uid: 0, pid: 9), why: "halt")
        let error = await run(ScriptedAgent(), [.event(event)], written: written)
        #expect(
            error as? ClientError == .liftedByOthers("f1 lifted by somebody else before its time"))
        #expect(written.text.contains("f1  lifted by uid 0, pid 9 (halt) after 30s:"))
    }

    @Test func aFaultOfOthersDoesNotMatter() async {
        let agent = ScriptedAgent()
        let error = await run(
            agent, [.event(Samples.event(.lift, "f99")), .tick, .event(Samples.event(.end))])
        #expect(error == nil)
    }

    /// The event may have been missed: then the renewal finds nothing.
    @Test(arguments: [(59, false), (60, true)])
    func aMissedEnd(seconds: Int, isTime: Bool) async {
        let agent = ScriptedAgent {
            $0.renewals = [.failure(.refused(APIError(.notFound, "no"), status: 404))]
        }
        let error = await run(agent, ticks(2), after: .seconds(seconds))
        #expect((error == nil) == isTime)
    }

    @Test func aLeaseThatRanOutIsALostAgent() async {
        let error = await run(ScriptedAgent(), [.event(Samples.event(.leaseEnd))])
        #expect(
            error as? ClientError
                == .agentLost(socket: "/s", problem: "it took no renewal in time"))
    }
}
