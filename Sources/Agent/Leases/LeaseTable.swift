import Control

/// The armed faults, in arming order. A value without time or kernel: the agent tells it both.
struct LeaseTable: Sendable {
    private(set) var leases: [Lease] = []
    private var lastNumber = 0
    /// What its ids end with: see ``Agent/Settings/mark``.
    private let mark: String

    init(mark: String = "") { self.mark = mark }

    var isEmpty: Bool { leases.isEmpty }

    /// People may leave out what all ids end with: `f1`.
    subscript(id: String) -> Lease? {
        index(of: id).map { leases[$0] }
    }

    private func index(of id: String) -> Int? {
        leases.firstIndex { $0.id == id || $0.id == id + mark }
    }

    /// `f1-kqx`, `f2-kqx` …: never one that was handed out before.
    mutating func nextID() -> String {
        lastNumber += 1
        return "f\(lastNumber)\(mark)"
    }

    mutating func add(_ lease: Lease) {
        leases.append(lease)
    }

    /// Starts a lease anew; nil where there is no such fault.
    mutating func renew(_ id: String, at now: Duration, wall: Timestamp) -> Lease? {
        guard let index = index(of: id) else { return nil }
        leases[index].renewed = now
        leases[index].renewedAt = wall
        return leases[index]
    }

    /// Takes faults out; returns them in arming order.
    mutating func remove(_ ids: some Sequence<String>) -> [Lease] {
        let ids = Set(ids)
        let removed = leases.filter { ids.contains($0.id) }
        leases.removeAll { ids.contains($0.id) }
        return removed
    }

    mutating func update(_ counts: [String: FaultCounts]) {
        for index in leases.indices {
            if let new = counts[leases[index].id] { leases[index].counts = new }
        }
    }

    mutating func update(_ reports: [String: ConnectionReport]) {
        for index in leases.indices {
            if let new = reports[leases[index].id] { leases[index].connections = new }
        }
    }

    /// Those that have fired since they were last asked for.
    mutating func takeFired() -> [Lease] {
        var fired: [Lease] = []
        for index in leases.indices where leases[index].counts.fired > leases[index].reported {
            leases[index].reported = leases[index].counts.fired
            fired.append(leases[index])
        }
        return fired
    }

    /// Those that are over, and why.
    func due(at now: Duration) -> [(lease: Lease, why: AgentEvent.Kind)] {
        leases.compactMap { lease in lease.over(at: now).map { (lease, $0) } }
    }

    /// When the next one is over; nil with none armed.
    var nextEnd: Duration? {
        leases.map(\.leaseEnds).min()
    }
}
