public import Control

extension Agent {
    /// Arms a fault; returns once it is in force, and throws with nothing armed.
    public func arm(_ order: ArmOrder) async throws(APIError) -> ArmedFault {
        var name = order.name
        do throws(APIError) {
            let fault = try spec.fault(order.body, order.name)
            name = fault.name
            return try await exclusively { () async throws(APIError) in
                try await arm(fault, order)
            }
        } catch {
            feed.publish(
                AgentEvent(
                    time: clock.wall, event: .refuse, name: name, who: order.owner,
                    why: error.location.map { "\($0): \(error.error)" } ?? error.error))
            throw error
        }
    }

    private func arm(_ fault: LoadedFault, _ order: ArmOrder) async throws(APIError) -> ArmedFault {
        let terms = try admit(fault, order)
        let (now, wall) = (clock.now, clock.wall)
        var lease = Lease(
            id: table.nextID(), fault: fault, seed: fault.seed ?? drawSeed(), dryRun: order.dryRun,
            owner: order.owner, session: order.session.flatMap { ClientSession($0) }, armedAt: wall,
            ends: now + terms.duration,
            endsAt: wall + terms.duration, length: terms.lease, renewed: now, renewedAt: wall)
        let before = table.leases
        do throws(DataPathError) {
            try await putInForce(lease, beside: before)
        } catch {
            await withdraw(lease, leaving: before)
            throw error.apiError
        }
        // Armed or not does not depend on it; the first connection may.
        let follows = try? await onPath { [id = lease.id] path in await path.seed(id) }
        // The lease is counted from here on: what arming took is not the client's.
        (lease.renewed, lease.renewedAt) = (clock.now, clock.wall)
        table.add(lease)
        // Whoever arms it is told which names have led nowhere.
        if follows == true { try? await look() }
        let armed = (table[lease.id] ?? lease).armed(at: clock.now)
        publish(.arm, lease, who: order.owner, terms: AgentEvent.Terms(armed))
        tableChanged()
        return armed
    }

    /// Everything that can be decided without touching anything.
    private func admit(_ fault: LoadedFault, _ order: ArmOrder) throws(APIError) -> Terms {
        if stopping { throw APIError(.stopping, "the agent is leaving; nothing is armed") }
        if halted {
            throw APIError(.halted, "halted: no fault is armed until `brownout resume`")
        }
        if let pattern = fault.tooBroad.first {
            throw APIError(
                .tooBroad,
                "`\(pattern)` would match nearly everything; nothing is armed "
                    + "(name a domain below it)")
        }
        try protected.check(fault)
        if let session = order.session.flatMap({ ClientSession($0) }) { try session.check(fault) }
        if table.leases.count >= settings.maximumFaults {
            throw APIError(
                .tooMany,
                "\(settings.maximumFaults) faults are armed, the most that this agent takes")
        }
        return try Terms(order, fault: fault, maximum: settings.maximum)
    }

    /// Data path first, so that no answer is queued to an injector that does not know the fault.
    private func putInForce(_ lease: Lease, beside others: [Lease]) async throws(DataPathError) {
        let now = clock.now
        let new = lease.path(at: now)
        try await onPath { path throws(DataPathError) in try await path.begin(new) }
        let all = others.map { $0.path(at: now) } + [new]
        prefilter = try await onPath { path throws(DataPathError) in try await path.enforce(all) }
        try await onPath { path throws(DataPathError) in try await path.renew(for: Self.kernelLease)
        }
    }

    /// After a failure: best effort, because a late `begin` or `enforce` must not leave anything behind.
    private func withdraw(_ lease: Lease, leaving others: [Lease]) async {
        let now = clock.now
        let rest = others.map { $0.path(at: now) }
        do throws(DataPathError) {
            _ = try await onPath { path throws(DataPathError) in try await path.end([lease.id]) }
            prefilter = try await onPath { path throws(DataPathError) in
                try await path.enforce(rest)
            }
        } catch {
            publish(.error, lease, why: "taking back what did not arm: \(error.problem)")
        }
    }

    /// One call of the data path, no longer than `pathLimit`.
    func onPath<Value: Sendable>(
        limit: Duration = Agent.pathLimit,
        _ call: @escaping @Sendable (any DataPath) async throws(DataPathError) -> Value
    ) async throws(DataPathError) -> Value {
        let path = path
        return try await within(limit, on: clock, late: .hung) { () async throws(DataPathError) in
            try await call(path)
        }
    }
}
