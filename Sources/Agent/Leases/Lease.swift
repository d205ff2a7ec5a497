import Control

/// An armed fault and the terms on which it lives. Moments are `AgentClock.now`'s.
struct Lease: Sendable {
    let id: String
    let fault: LoadedFault
    let seed: UInt64
    let dryRun: Bool
    let owner: Owner
    /// Over which it was armed.
    var session: ClientSession?
    let armedAt: Timestamp
    /// When it ends, however often it is renewed.
    let ends: Duration
    let endsAt: Timestamp
    /// How long it lives without renewal; nil: until `ends`.
    let length: Duration?
    var renewed: Duration
    var renewedAt: Timestamp
    var counts = FaultCounts()
    var connections: ConnectionReport?
    /// `counts.fired` in the latest summary.
    var reported: UInt64 = 0

    /// When it ends unless it is renewed.
    var leaseEnds: Duration {
        length.map { min(ends, renewed + $0) } ?? ends
    }

    var leaseEndsAt: Timestamp {
        length.map { min(endsAt, renewedAt + $0) } ?? endsAt
    }

    /// Why it is over at a moment; nil while it lives.
    func over(at now: Duration) -> AgentEvent.Kind? {
        if now >= ends { return .end }
        return now >= leaseEnds ? .leaseEnd : nil
    }

    func armed(at now: Duration) -> ArmedFault {
        ArmedFault(
            id: id, name: fault.name, names: fault.names + fault.hosts, effects: fault.effects,
            dryRun: dryRun,
            seed: seed, armedAt: armedAt, endsAt: endsAt, leaseEndsAt: leaseEndsAt,
            remainingSeconds: Double(max(.zero, leaseEnds - now).wholeMilliseconds) / 1000,
            counts: counts, connections: connections, owner: owner, spec: fault.spec)
    }

    func path(at now: Duration) -> PathFault {
        PathFault(
            id: id, fault: fault, seed: seed, dryRun: dryRun, remaining: max(.zero, ends - now),
            session: session)
    }
}
