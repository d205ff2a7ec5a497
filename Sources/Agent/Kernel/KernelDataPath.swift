public import Control
import FaultKinds
import Netfilter
import Spec
import Wire

/// The data path of a real host: packet queues, the loop that serves them, and the owner table.
public actor KernelDataPath: DataPath {
    public nonisolated let queues: QueueRun?
    public nonisolated let statement: AgentStatus.Statement
    private let numbers: QueueNumbers
    private let matchesLabels: Bool
    private let loop: PacketLoop<PacketJudge>
    private var table: OwnerTable?
    private var names: NameFilter?
    /// What the name filter holds for the rules in force.
    private var keys: Set<NameKey> = []
    private var tidying: Task<Void, Never>?
    private let readResolvers: @Sendable () -> HostResolvers

    /// Starts the packet loop over sockets that are open, on a thread with the privileges of the
    /// calling one.
    init(
        _ sockets: consuming KernelSockets, protected: ProtectedNames,
        readResolvers: @escaping @Sendable () -> HostResolvers
    ) throws(DataPathError) {
        numbers = sockets.queues.numbers
        matchesLabels = sockets.matchesLabels
        queues = QueueRun(first: numbers.datagrams, count: UInt16(QueueNumbers.count))
        statement = sockets.table.statement == .native ? .native : .compat
        self.readResolvers = readResolvers
        let judge = PacketJudge(
            injector: Injector(
                resolvers: readResolvers(),
                protected: protected.patterns.compactMap { NamePattern($0) }),
            loopbackInterface: Interfaces.index(of: "lo") ?? 1)
        do throws(NetlinkError) {
            loop = try PacketLoop(sockets.queues, handler: judge)
        } catch {
            throw DataPathError(error)
        }
        names = consume sockets.names
        table = .some(consume sockets.table)
    }

    public func begin(_ fault: PathFault) async throws(DataPathError) {
        guard let content = fault.fault.content as? Fault else {
            throw .kernel("`\(fault.fault.name)` was not read by this agent")
        }
        let resolvers = readResolvers()
        let (id, name, seed, dryRun) = (fault.id, fault.fault.name, fault.seed, fault.dryRun)
        try await onLoop { judge, reply in
            judge.injector.resolvers = resolvers
            judge.injector.arm(
                LiveFault(
                    id: id, name: name, fault: content, seed: seed, isDryRun: dryRun,
                    armedAt: reply.now))
            reply.stampArrivals(judge.injector.delays)
        }
    }

    public func end(_ ids: [String]) async throws(DataPathError) -> [String: FaultCounts] {
        try await onLoop { judge, reply in
            var counts: [String: FaultCounts] = [:]
            for id in ids {
                guard let fault = judge.injector.lift(id) else { continue }
                counts[id] = FaultCounts(fault.counters)
                reply.release(token: fault.holdToken)
            }
            if judge.injector.faults.isEmpty { reply.releaseAll() }
            reply.stampArrivals(judge.injector.delays)
            return counts
        }
    }

    public func enforce(
        _ faults: [PathFault]
    ) async throws(DataPathError) -> AgentStatus.Prefilter {
        var terms: [RulesetPlan.Term] = []
        for fault in faults {
            guard let content = fault.fault.content as? Fault else { continue }
            terms.append((content, fault.remaining))
        }
        do {
            if terms.isEmpty {
                try table?.rest()
                holdNames([])
                tidyLater()
                return .idle
            }
            tidying?.cancel()
            let plan = RulesetPlan(
                terms, queues: numbers, names: names?.id, matchesLabels: matchesLabels)
            // Names that are added are in the filter before a rule may need them, and those that
            // are not wanted any more leave it after.
            names?.widen(to: plan.keys)
            try table?.apply(plan.ruleset)
            holdNames(plan.keys)
            return plan.prefilter
        } catch {
            holdNames(keys)
            throw DataPathError(error)
        }
    }

    private func holdNames(_ keys: Set<NameKey>) {
        names?.narrow(to: keys)
        self.keys = keys
    }

    /// Takes the rules away once nobody has armed anything for a while. Not at once: for some 15 ms
    /// after a removal the kernel would keep the next fault waiting.
    private func tidyLater() {
        tidying?.cancel()
        tidying = Task { [weak self] in
            guard (try? await Task.sleep(for: Self.tidyAfter)) != nil else { return }
            await self?.tidy()
        }
    }

    private func tidy() {
        // A task that was cancelled in time does not come here; one too late finds itself replaced.
        guard !Task.isCancelled else { return }
        try? table?.disarm()
    }

    private static let tidyAfter = Duration.seconds(1)

    public func renew(for time: Duration) async throws(DataPathError) {
        do {
            try table?.renew(for: time)
        } catch {
            throw DataPathError(error)
        }
    }

    public func snapshot() async throws(DataPathError) -> PathSnapshot {
        let (faults, counters, held) = try await onLoop { judge, reply in
            (
                judge.injector.faults.map { ($0.id, $0.counters) }, judge.injector.counters,
                reply.heldCount
            )
        }
        var snapshot = PathSnapshot()
        for (id, counts) in faults { snapshot.faults[id] = FaultCounts(counts) }
        snapshot.counters = PacketCounters(
            counters, loop: loop.counters, heldNow: UInt64(clamping: held))
        return snapshot
    }

    /// Not isolated: the heartbeat does not wait for it.
    public nonisolated func survey() async throws(DataPathError) -> Survey {
        do throws(NetlinkError) {
            return Survey(try await TableSurvey.read())
        } catch {
            throw DataPathError(error)
        }
    }

    public func close() async {
        tidying?.cancel()
        // Rules first: closing a queue drops what arrives in that moment, and removing the table
        // drops what waits in any queue.
        try? table?.disarm()
        await loop.stop()
        table = nil
    }

    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (inout PacketJudge, inout Reply) -> Value
    ) async throws(DataPathError) -> Value {
        do {
            return try await loop.result(of: body)
        } catch {
            throw .hung
        }
    }
}

extension DataPathError {
    init(_ error: NetlinkError) {
        switch error.reason {
        case .notPermitted: self = .privilege("\(error)")
        case .ownedByAnother: self = .taken("\(error)")
        default: self = .kernel("\(error)")
        }
    }
}

extension FaultCounts {
    init(_ counters: FaultCounters) {
        self.init(
            seen: counters.seen, matched: counters.matched, fired: counters.fired,
            passed: counters.passed)
    }
}

extension PacketCounters {
    init(_ injector: InjectorCounters, loop: LoopCounters, heldNow: UInt64) {
        self.init(
            received: loop.received,
            accepted: loop.accepted,
            rewritten: injector.rewritten,
            dropped: injector.dropped,
            held: heldNow,
            unparsed: injector.unparsed + loop.unparsed,
            unrewritable: injector.unrewritable + injector.unfollowed,
            errors: injector.errors + loop.replacementUnfit + loop.refusedVerdicts
                + loop.failedSends + loop.holdOverflow)
    }
}
