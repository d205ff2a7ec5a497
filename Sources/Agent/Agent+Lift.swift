public import Control

extension Agent {
    /// Ends one fault; returns it with its last counts, once the next answer is clean.
    public func lift(_ id: String, by owner: Owner) async throws(APIError) -> ArmedFault {
        try await exclusively { () async throws(APIError) in
            guard let lease = table[id] else { throw Self.noFault(id) }
            let (lifted, problem) = await end([(lease, .lift)], who: owner, why: nil)
            if let problem { throw problem.apiError }
            return lifted.first ?? lease.armed(at: clock.now)
        }
    }

    /// Ends every fault; returns those that were armed.
    public func liftAll(by owner: Owner) async throws(APIError) -> [ArmedFault] {
        try await exclusively { () async throws(APIError) in
            let (lifted, problem) = await end(
                table.leases.map { ($0, .lift) }, who: owner, why: "all")
            if let problem { throw problem.apiError }
            return lifted
        }
    }

    /// Starts a fault's lease anew.
    public func renew(_ id: String) throws(APIError) -> ArmedFault {
        guard let lease = table.renew(id, at: clock.now, wall: clock.wall) else {
            throw Self.noFault(id)
        }
        setTimer()
        return lease.armed(at: clock.now)
    }

    /// Ends every fault and refuses new ones.
    public func halt(by owner: Owner) async throws(APIError) -> AgentStatus {
        // At once, not in turn: whoever waits to arm is refused when their turn comes.
        halted = true
        try await exclusively { () async throws(APIError) in
            publish(.halt, who: owner)
            let (_, problem) = await end(
                table.leases.map { ($0, .lift) }, who: owner, why: "halt")
            if let problem { throw problem.apiError }
        }
        return await status()
    }

    /// Takes faults again.
    public func resume(by owner: Owner) async -> AgentStatus {
        await exclusively {
            halted = false
            publish(.resume, who: owner)
            tableChanged()
        }
        return await status()
    }

    /// Ends what is over. Run by the timer.
    func endDue() async {
        await exclusively {
            let due = table.due(at: clock.now)
            if !due.isEmpty { await end(due.map { ($0.lease, $0.why) }, who: nil, why: nil) }
            setTimer()
        }
    }

    /// The one way out for a fault: data path, table, kernel, journal. To be called in turn.
    ///
    /// The faults are out of the table whatever happens. The problem is the data path's: the next
    /// answer may not be clean then. The kernel's is only journalled: a rule too many queues answers
    /// that then pass.
    @discardableResult
    func end(
        _ ending: [(lease: Lease, event: AgentEvent.Kind)], who: Owner?, why: String?
    ) async -> (lifted: [ArmedFault], problem: DataPathError?) {
        guard !ending.isEmpty else { return ([], nil) }
        let ids = ending.map(\.lease.id)
        var problem: DataPathError?
        do throws(DataPathError) {
            table.update(
                try await onPath { path throws(DataPathError) in try await path.end(ids) })
        } catch {
            problem = error
            publish(.error, why: "lifting \(ids.joined(separator: ", ")): \(error.problem)")
        }
        let removed = table.remove(ids)
        let now = clock.now
        let rest = table.leases.map { $0.path(at: now) }
        do throws(DataPathError) {
            prefilter = try await onPath { path throws(DataPathError) in
                try await path.enforce(rest)
            }
        } catch {
            publish(.error, why: "taking rules out: \(error.problem)")
        }
        for lease in removed {
            let event = ending.first { $0.lease.id == lease.id }?.event ?? .lift
            publish(event, lease, who: who, why: why, counts: lease.counts)
        }
        tableChanged()
        return (removed.map { $0.armed(at: now) }, problem)
    }

    static func noFault(_ id: String) -> APIError {
        APIError(.notFound, "no fault `\(id)` is armed")
    }
}
