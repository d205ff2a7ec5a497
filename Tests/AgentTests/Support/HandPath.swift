import Control
import Synchronization

@testable import Agent

/// A data path that a test cranks: it notes every call, fails or hangs as told.
final class HandPath: DataPath {
    enum Call: Equatable, Sendable {
        case begin(String)
        case end([String])
        case enforce([String])
        case renew(Duration)
        case snapshot
        case survey
        case close

        var kind: Kind {
            switch self {
            case .begin: .begin
            case .end: .end
            case .enforce: .enforce
            case .renew: .renew
            case .snapshot: .snapshot
            case .survey: .survey
            case .close: .close
            }
        }
    }

    enum Kind: Hashable, Sendable { case begin, end, enforce, renew, snapshot, survey, close }

    private struct State {
        var log: [Call] = []
        var begun: [String: PathFault] = [:]
        var enforced: [PathFault] = []
        var failures: [Kind: DataPathError] = [:]
        var hanging: Set<Kind> = []
        var hung: [CheckedContinuation<Void, Never>] = []
        var counts: [String: FaultCounts] = [:]
        var unguarded: String?
    }

    private let state = Mutex(State())
    private let calls: AsyncStream<Call>
    private let called: AsyncStream<Call>.Continuation

    init() {
        (calls, called) = AsyncStream.makeStream()
    }

    let queues: QueueRun? = QueueRun(first: 5, count: 18)
    let statement = AgentStatus.Statement.native

    func begin(_ fault: PathFault) async throws(DataPathError) {
        try await note(.begin(fault.id))
        state.withLock { $0.begun[fault.id] = fault }
    }

    func end(_ ids: [String]) async throws(DataPathError) -> [String: FaultCounts] {
        try await note(.end(ids))
        return state.withLock { state in
            for id in ids { state.begun[id] = nil }
            return state.counts.filter { ids.contains($0.key) }
        }
    }

    func enforce(_ faults: [PathFault]) async throws(DataPathError) -> AgentStatus.Prefilter {
        try await note(.enforce(faults.map(\.id)))
        state.withLock { $0.enforced = faults }
        return faults.isEmpty ? .idle : .labels
    }

    func renew(for time: Duration) async throws(DataPathError) {
        try await note(.renew(time))
    }

    func snapshot() async throws(DataPathError) -> PathSnapshot {
        try await note(.snapshot)
        return PathSnapshot(
            faults: state.withLock { $0.counts }, counters: PacketCounters(received: 9),
            unguarded: state.withLock { $0.unguarded })
    }

    /// 1 on the first look, 2 on the second.
    func survey() async throws(DataPathError) -> Survey {
        try await note(.survey)
        return Survey(chains: log.count { $0 == .survey })
    }

    func close() async {
        try? await note(.close)
    }

    private func note(_ call: Call) async throws(DataPathError) {
        let (failure, hangs) = state.withLock { state in
            state.log.append(call)
            return (state.failures[call.kind], state.hanging.contains(call.kind))
        }
        called.yield(call)
        if hangs {
            await withCheckedContinuation { hung in
                let now = state.withLock { state in
                    if state.hanging.contains(call.kind) {
                        state.hung.append(hung)
                        return false
                    }
                    return true
                }
                if now { hung.resume() }
            }
        }
        if let failure { throw failure }
    }

    // MARK: The test's side

    /// Every call until now, without the snapshots that `status` takes.
    var log: [Call] { state.withLock { $0.log.filter { $0 != .snapshot } } }

    var begun: [String: PathFault] { state.withLock { $0.begun } }
    var enforced: [PathFault] { state.withLock { $0.enforced } }

    func fail(_ kind: Kind, _ error: DataPathError?) {
        state.withLock { $0.failures[kind] = error }
    }

    func lose(guard problem: String?) {
        state.withLock { $0.unguarded = problem }
    }

    func hang(_ kinds: Kind...) {
        state.withLock { $0.hanging.formUnion(kinds) }
    }

    func release() {
        let hung = state.withLock { state in
            state.hanging = []
            defer { state.hung = [] }
            return state.hung
        }
        for call in hung { call.resume() }
    }

    func count(_ id: String, fired: UInt64) {
        state.withLock {
            $0.counts[id] = FaultCounts(seen: fired, matched: fired, fired: fired, passed: 0)
        }
    }

    /// Waits for the next call of a kind; the ones before it are passed over. One reader.
    func next(_ kind: Kind) async {
        for await call in calls where call.kind == kind { return }
    }
}
