/// Who asked: the uid and pid of the socket's other end, as the kernel tells them (`SO_PEERCRED`).
public struct Owner: Codable, Hashable, Sendable {
    public var uid: UInt32
    /// In the agent's pid namespace; 0 where the client is outside of it.
    public var pid: Int32

    public init(uid: UInt32, pid: Int32) {
        self.uid = uid
        self.pid = pid
    }
}

/// What a fault has done since it was armed, in answers.
public struct FaultCounts: Codable, Hashable, Sendable {
    /// Looked at: answers that reached the agent while the fault was armed.
    public var seen: UInt64
    /// Of these, the ones whose names, types and scope are the fault's.
    public var matched: UInt64
    /// Of these, the ones that were changed, dropped or delayed; in a dry run, would have been.
    public var fired: UInt64
    /// Matched and due, but passed because they cannot be rewritten (signed, or no room over TCP).
    public var passed: UInt64

    public init(seen: UInt64 = 0, matched: UInt64 = 0, fired: UInt64 = 0, passed: UInt64 = 0) {
        self.seen = seen
        self.matched = matched
        self.fired = fired
        self.passed = passed
    }
}

/// One fault in force.
public struct ArmedFault: Equatable, Sendable {
    /// `f1-kqx`, `f2-kqx` … in arming order, with the agent's mark; never used twice.
    public var id: String
    /// What people call it: its name in the catalogue, its file, or the command that made it.
    public var name: String
    /// The patterns of the names it acts on.
    public var names: [String]
    /// Its effects in order, in a few words each.
    public var effects: [String]
    /// Counts what it would change and changes nothing.
    public var dryRun: Bool
    /// The seed of its random choices. Drawn ones are below 2⁵³, so that every JSON reader keeps
    /// them whole.
    public var seed: UInt64
    public var armedAt: Timestamp
    /// When it ends, however often it is renewed.
    public var endsAt: Timestamp
    /// When it ends unless it is renewed; never after `endsAt`.
    public var leaseEndsAt: Timestamp
    /// Seconds until `leaseEndsAt` at the time of the reply; never negative.
    public var remainingSeconds: Double
    public var counts: FaultCounts
    /// What it knows of the connections that it acts on; nil: it acts on answers alone.
    public var connections: ConnectionReport?
    public var owner: Owner
    /// The fault as it was read, under the keys of a fault file.
    public var spec: JSONValue

    public init(
        id: String, name: String, names: [String], effects: [String], dryRun: Bool, seed: UInt64,
        armedAt: Timestamp, endsAt: Timestamp, leaseEndsAt: Timestamp, remainingSeconds: Double,
        counts: FaultCounts,
        connections: ConnectionReport? = nil, owner: Owner, spec: JSONValue
    ) {
        self.id = id
        self.name = name
        self.names = names
        self.effects = effects
        self.dryRun = dryRun
        self.seed = seed
        self.armedAt = armedAt
        self.endsAt = endsAt
        self.leaseEndsAt = leaseEndsAt
        self.remainingSeconds = remainingSeconds
        self.counts = counts
        self.connections = connections
        self.owner = owner
        self.spec = spec
    }
}

// By hand because the counts are flat in JSON: `.seen`, not `.counts.seen`, is what people query.
extension ArmedFault: Codable {
    private enum Key: String, CodingKey {
        case id, name, names, effects, dryRun, seed, armedAt, endsAt, leaseEndsAt
        case remainingSeconds, connections, owner, spec
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        id = try values.decode(String.self, forKey: .id)
        name = try values.decode(String.self, forKey: .name)
        names = try values.decode([String].self, forKey: .names)
        effects = try values.decode([String].self, forKey: .effects)
        dryRun = try values.decode(Bool.self, forKey: .dryRun)
        seed = try values.decode(UInt64.self, forKey: .seed)
        armedAt = try values.decode(Timestamp.self, forKey: .armedAt)
        endsAt = try values.decode(Timestamp.self, forKey: .endsAt)
        leaseEndsAt = try values.decode(Timestamp.self, forKey: .leaseEndsAt)
        remainingSeconds = try values.decode(Double.self, forKey: .remainingSeconds)
        counts = try FaultCounts(from: decoder)
        connections = try values.decodeIfPresent(ConnectionReport.self, forKey: .connections)
        owner = try values.decode(Owner.self, forKey: .owner)
        spec = try values.decode(JSONValue.self, forKey: .spec)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(id, forKey: .id)
        try values.encode(name, forKey: .name)
        try values.encode(names, forKey: .names)
        try values.encode(effects, forKey: .effects)
        try values.encode(dryRun, forKey: .dryRun)
        try values.encode(seed, forKey: .seed)
        try values.encode(armedAt, forKey: .armedAt)
        try values.encode(endsAt, forKey: .endsAt)
        try values.encode(leaseEndsAt, forKey: .leaseEndsAt)
        try values.encode(remainingSeconds, forKey: .remainingSeconds)
        try counts.encode(to: encoder)
        try values.encodeIfPresent(connections, forKey: .connections)
        try values.encode(owner, forKey: .owner)
        try values.encode(spec, forKey: .spec)
    }
}

/// The reply of `GET /v1/faults` (those in force) and of `DELETE /v1/faults` (those lifted).
public struct FaultList: Codable, Equatable, Sendable {
    /// In arming order.
    public var faults: [ArmedFault]

    public init(faults: [ArmedFault]) {
        self.faults = faults
    }
}
