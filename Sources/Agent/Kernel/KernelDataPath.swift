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
    private let table: SharedTable
    /// Lets go what waits in the queues if this process stands still.
    private let queueGuard: QueueGuard
    private var names: NameFilter?
    /// What the name filter holds for the rules in force.
    private var keys: Set<NameKey> = []
    private let spared: SparedConnections
    private let askers = SocketAskers()
    private let closer: ConnectionCloser
    private var dump: ConnectionDump?
    /// The kernel's numbers for faults on connections, by the faults' ids.
    private var connections: [String: Int] = [:]
    private var lastNumber = 0
    /// What goes on beside a fault: its phases, and asking for its names.
    private var companions: [String: [Task<Void, Never>]] = [:]
    private var seeders: [String: NameSeeder] = [:]
    /// Faults that end the connections that are open, and when they may again.
    private var killing: [String: ContinuousClock.Instant] = [:]
    private var tidying: Task<Void, Never>?
    private let readResolvers: @Sendable () -> HostResolvers
    private let hosts: NamespaceFiles
    private let protected: [NamePattern]

    /// Starts the packet loop over sockets that are open, on a thread with the privileges of the
    /// calling one.
    init(
        _ sockets: consuming KernelSockets, protected: ProtectedNames,
        readResolvers: @escaping @Sendable () -> HostResolvers,
        hosts: NamespaceFiles
    ) throws(DataPathError) {
        numbers = sockets.queues.numbers
        matchesLabels = sockets.matchesLabels
        queues = QueueRun(first: numbers.datagrams, count: UInt16(QueueNumbers.count))
        statement = sockets.table.statement == .native ? .native : .compat
        self.readResolvers = readResolvers
        self.hosts = hosts
        self.protected = protected.patterns.compactMap { NamePattern($0) }
        spared = SparedConnections(protected)
        closer = ConnectionCloser(spared: spared, askers: askers)
        // For counts alone: without it they stay 0.
        dump = try? ConnectionDump()
        do throws(NetlinkError) {
            queueGuard = try QueueGuard(sockets.queues)
        } catch {
            throw DataPathError(error)
        }
        table = SharedTable(sockets.table)
        var judge = PacketJudge(
            injector: Injector(
                resolvers: readResolvers(),
                protected: self.protected),
            loopbackInterface: Interfaces.index(of: "lo") ?? 1, table: table, closer: closer)
        judge.injector.asker = { [askers] in askers.find($0, own: $1, other: $2) }
        do throws(NetlinkError) {
            loop = try PacketLoop(sockets.queues, handler: judge)
        } catch {
            throw DataPathError(error)
        }
        names = consume sockets.names
    }

    public func begin(_ fault: PathFault) async throws(DataPathError) {
        guard let content = fault.fault.content as? Fault else {
            throw .kernel("`\(fault.fault.name)` was not read by this agent")
        }
        let resolvers = readResolvers()
        let scope = fault.fault.scope
        // Before anything: a scope that could not be kept must not become none.
        if scope != nil, let problem = askers.problem { throw DataPathError(problem) }
        let (id, name, seed, dryRun) = (fault.id, fault.fault.name, fault.seed, fault.dryRun)
        // Before the injector knows it: what it learns needs a place to go to.
        let number = try addConnections(fault, content)
        let live = number.flatMap { number in
            content.net.map {
                LiveConnections(
                    number: number, terms: $0, except: content.except,
                    sparing: fault.session)
            }
        }
        try await onLoop { judge, reply in
            judge.injector.resolvers = resolvers
            judge.injector.arm(
                LiveFault(
                    id: id, name: name, fault: content, seed: seed, isDryRun: dryRun,
                    armedAt: reply.now, connections: live, scope: scope))
            reply.stampArrivals(judge.injector.delays)
        }
        if number != nil { followPhases(of: fault, content) }
    }

    private func addConnections(
        _ fault: PathFault, _ content: Fault
    ) throws(DataPathError) -> Int? {
        guard let rules = ConnectionFault(fault, content, number: lastNumber + 1) else {
            return nil
        }
        let (spared, numbers) = (spared, numbers)
        lastNumber += 1
        try onTable { (table) throws(NetlinkError) in
            try table.add(rules, sparing: spared, queues: numbers)
        }
        connections[fault.id] = rules.number
        seeders[fault.id] = content.net.flatMap {
            NameSeeder($0, except: content.except, protected: protected)
        }
        if content.net?.kill == true, !fault.dryRun { killing[fault.id] = .now }
        return rules.number
    }

    /// Has the kernel's side of a fault begin late, rest and act again.
    private func followPhases(of fault: PathFault, _ content: Fault) {
        guard content.after > .zero || content.flap != nil else { return }
        let (id, after, remaining) = (fault.id, content.after, fault.remaining)
        // The same phases as those of the answers.
        var phases = content.flap.map { FlapState($0, seed: SeededRandom.mix(fault.seed)) }
        let clock = ContinuousClock()
        let begun = clock.now
        let task = Task { [weak self] in
            var next = after
            while !Task.isCancelled {
                guard (try? await clock.sleep(until: begun + next)) != nil else { return }
                let left = remaining - next
                guard left > .zero else { return }
                let isOn = phases?.isOn(at: next - after) ?? true
                let end = phases.map { after + $0.phaseEnds }
                await self?.act(id, for: isOn ? min(left, end.map { $0 - next } ?? left) : nil)
                guard let end else { return }
                next = end
            }
        }
        companions[id, default: []].append(task)
    }

    private func act(_ id: String, for time: Duration?) async {
        guard let number = connections[id] else { return }
        // The kernel's timeout ends a phase even if this comes late, or not at all.
        try? onTable { (table) throws(NetlinkError) in
            try table.set(connections: number, acting: time)
        }
        if time != nil { await closeConnections(of: id) }
    }

    /// Between two lists of all connections for the phases of a fault.
    private static let killingPause = Duration.seconds(1)

    public func seed(_ id: String) async -> Bool {
        let readResolvers = readResolvers
        await readKnown(id)
        let pause = await seeders[id]?.ask(readResolvers())
        // Once, when all is known that can be: until then it is being armed.
        await closeConnections(of: id)
        guard let seeder = seeders[id], let pause else { return false }
        let task = Task {
            var pause = pause
            while (try? await Task.sleep(for: pause)) != nil {
                await self.readKnown(id)
                pause = await seeder.ask(readResolvers())
            }
        }
        companions[id, default: []].append(task)
        return true
    }

    /// Teaches a fault what /etc/hosts has: programs that find a name there never ask for it.
    private func readKnown(_ id: String) async {
        guard let known = seeders[id]?.known(in: hosts, at: .now), !known.meant.isEmpty else {
            return
        }
        try? await onLoop { judge, reply in judge.learn(known, of: id, at: reply.now) }
    }

    /// Ends the connections that a fault with `kill` is about, if it acts now.
    private func closeConnections(of id: String) async {
        guard let next = killing[id], next <= .now else { return }
        let found = try? await onLoop { judge, reply in
            (judge.injector.faults.first { $0.id == id }, reply.now)
        }
        guard let (fault, now) = found, var fault, fault.isOn(at: fault.elapsed(at: now))
        else { return }
        killing[id] = .now + Self.killingPause
        closer.closeConnections(of: fault, at: now)
    }

    private func onTable<Value: Sendable>(
        _ body: (inout OwnerTable) throws(NetlinkError) -> Value
    ) throws(DataPathError) -> Value? {
        do throws(NetlinkError) {
            return try table.with(body)
        } catch {
            throw DataPathError(error)
        }
    }

    public func end(_ ids: [String]) async throws(DataPathError) -> [String: FaultCounts] {
        let kernel = counts(of: ids)
        try removeConnections(ids)
        let counts = try await onLoop { judge, reply in
            var counts: [String: FaultCounts] = [:]
            for id in ids {
                guard let fault = judge.injector.lift(id) else { continue }
                counts[id] = FaultCounts(fault.counters, fault.connections)
                reply.release(token: fault.holdToken)
            }
            if judge.injector.faults.isEmpty { reply.releaseAll() }
            reply.stampArrivals(judge.injector.delays)
            return counts
        }
        return counts.merging(kernel) { $0 + $1 }
    }

    private func removeConnections(_ ids: [String]) throws(DataPathError) {
        let numbers = Set(ids.compactMap { connections[$0] })
        for id in ids {
            for task in companions.removeValue(forKey: id) ?? [] { task.cancel() }
            seeders[id] = nil
            killing.removeValue(forKey: id)
        }
        guard !numbers.isEmpty else { return }
        let spared = spared
        try onTable { (table) throws(NetlinkError) in
            try table.remove(connections: numbers, sparing: spared)
        }
        for id in ids { connections[id] = nil }
    }

    /// What the kernel has counted for faults on connections.
    private func counts(of ids: some Sequence<String>) -> [String: FaultCounts] {
        var found: [String: FaultCounts] = [:]
        for id in ids {
            guard let number = connections[id],
                let counts = try? dump?.counts(of: number)
            else { continue }
            found[id] = FaultCounts(
                seen: counts.matched, matched: counts.matched, fired: counts.fired)
        }
        return found
    }

    public func enforce(
        _ faults: [PathFault]
    ) async throws(DataPathError) -> AgentStatus.Prefilter {
        var terms: [RulesetPlan.Term] = []
        for fault in faults {
            guard let content = fault.fault.content as? Fault else { continue }
            terms.append((content, fault.remaining))
        }
        if terms.isEmpty {
            try onTable { (table) throws(NetlinkError) in try table.rest() }
            queueGuard.beat(within: nil)
            holdNames([])
            tidyLater()
            return .idle
        }
        tidying?.cancel()
        let plan = RulesetPlan(
            terms, queues: numbers, names: names?.id, matchesLabels: matchesLabels)
        // Names that are added are in the filter before a rule may need them, and those that are not
        // wanted any more leave it after.
        names?.widen(to: plan.keys)
        do throws(DataPathError) {
            try onTable { (table) throws(NetlinkError) in try table.apply(plan.ruleset) }
        } catch {
            holdNames(keys)
            throw error
        }
        holdNames(plan.keys)
        return plan.ruleset.isEmpty ? .idle : plan.prefilter
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
        try? onTable { (table) throws(NetlinkError) in try table.disarm() }
    }

    private static let tidyAfter = Duration.seconds(1)

    public func renew(for time: Duration) async throws(DataPathError) {
        try onTable { (table) throws(NetlinkError) in try table.renew(for: time) }
        queueGuard.beat(within: time)
    }

    public func snapshot() async throws(DataPathError) -> PathSnapshot {
        // Once a heartbeat: a host that joins another network asks others from then on.
        let resolvers = readResolvers()
        let (faults, counters, held) = try await onLoop { judge, reply in
            judge.injector.resolvers = resolvers
            return (
                judge.injector.faults.map { fault in
                    (
                        fault.id, FaultCounts(fault.counters, fault.connections),
                        fault.connections.map { ConnectionReport($0, at: reply.now) }
                    )
                }, judge.injector.counters, reply.heldCount
            )
        }
        var snapshot = PathSnapshot()
        let kernel = counts(of: connections.keys)
        for (id, counts, report) in faults {
            snapshot.faults[id] = kernel[id].map { counts + $0 } ?? counts
            snapshot.connections[id] = report
        }
        snapshot.counters = PacketCounters(
            counters, loop: loop.counters, heldNow: UInt64(clamping: held))
        snapshot.unguarded = queueGuard.state.problem
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
        for task in companions.values.joined() { task.cancel() }
        let (numbers, spared) = (Set(connections.values), spared)
        try? onTable { (table) throws(NetlinkError) in
            try table.remove(connections: numbers, sparing: spared)
            try table.disarm()
        }
        await loop.stop()
        table.close()
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

extension QueueGuard.State {
    fileprivate var problem: String? {
        let what: String
        switch self {
        case .watching: return nil
        case .starting: what = "is not ready"
        case .gone: what = "could not be started, or has ended"
        }
        return
            "the guard \(what): if the agent stood still, what it holds would wait until it goes on "
            + "or ends"
    }
}
