internal import CNetfilter
internal import Glibc

/// The table `inet brownout` of nf_tables, owned by this process (NFT_TABLE_F_OWNER).
///
/// The kernel removes it with everything in it as soon as the value goes away or the process ends, however it
/// ends; nobody else can change it. Rules match only while the heartbeat set `armed` holds its elements
/// (`renew(for:)`), so that a hung process stops intercepting.
///
/// Removing the table takes its hooks away, upon which the kernel drops *every* packet of this network namespace
/// that waits in any queue: stop the `PacketLoop` first.
public struct OwnerTable: ~Copyable, Sendable {
    /// The name of the table, in family inet.
    public static let name = "brownout"
    /// Most labels that a ruleset may name in prefilters.
    public static let mostPrefilters = 128

    /// The form of the queue statement that this kernel takes.
    public let statement: QueueStatement

    private let socket: NetlinkSocket
    private var sequence: UInt32
    /// The sets that the last `apply` made.
    private var sets: [String] = []

    /// Creates the table with its base chains and no rules, in the network namespace of the calling thread.
    ///
    /// Throws `.ownedByAnother` if the table exists, `.notPermitted` without CAP_NET_ADMIN, `.unsupported`
    /// naming what the kernel lacks. After an error nothing is left.
    public init() throws(NetlinkError) {
        let socket = try NetlinkSocket()
        socket.setSendBuffer(Int32(Batch.capacity * 2))
        var sequence: UInt32 = 1
        let statement = try Self.create(over: socket, sequence: &sequence)
        self.socket = socket
        self.statement = statement
        self.sequence = sequence
    }

    /// Gives the table up and says what the kernel said. It is gone either way.
    public consuming func close() throws(NetlinkError) {
        try socket.close()
    }

    /// Puts `ruleset` in force in place of what was, in one transaction: a packet sees either the old
    /// rules or the new ones. The heartbeat is left as it is. After an error the old rules are in force.
    public mutating func apply(_ ruleset: Ruleset) throws(NetlinkError) {
        guard ruleset.udp.count <= Self.mostPrefilters,
            !ruleset.udp.contains(where: { !(1...63).contains($0.label?.count ?? 1) })
        else { throw NetlinkError(call: "apply ruleset", errno: EINVAL) }
        var batch = Batch(sequence: sequence)
        let made = RulesetMessages(table: Self.name, statement: statement)
            .add(ruleset, replacing: sets, to: &batch)
        sequence = batch.nextSequence
        do {
            try batch.send(over: socket)
        } catch {
            throw Self.explain(error)
        }
        sets = made
    }

    /// The heartbeat: from now on the rules match for `duration`, unless renewed before.
    public mutating func renew(for duration: Duration) throws(NetlinkError) {
        // Before Linux 6.12 adding an element that exists does not change its timeout: take it out and put it in.
        // In one transaction, so that no packet finds it missing.
        do {
            try beat(for: duration, removing: true)
        } catch {
            // ENOENT: nothing to take out, it has expired (or never was).
            guard error.errno == ENOENT else { throw Self.explain(error) }
            do {
                try beat(for: duration, removing: false)
            } catch {
                throw Self.explain(error)
            }
        }
    }

    /// Stops intercepting at once: takes the heartbeat and all rules away; the table stays.
    public mutating func disarm() throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        batch.deleteElements(Self.name, Self.heartbeatSet, [])
        let made = RulesetMessages(table: Self.name, statement: statement)
            .add(Ruleset(queue: 0), replacing: sets, to: &batch)
        sequence = batch.nextSequence
        do {
            try batch.send(over: socket)
        } catch {
            throw Self.explain(error)
        }
        sets = made
    }

    static let heartbeatSet = "armed"
    private static let probeCall = "add rule to chain \(RulesetMessages.streamsChain)"
    /// IPPROTO_TCP and IPPROTO_UDP: what `meta l4proto @armed` looks for.
    private static let heartbeatKeys: [[UInt8]] = [[6], [17]]

    private mutating func beat(for duration: Duration, removing: Bool) throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        if removing { batch.deleteElements(Self.name, Self.heartbeatSet, Self.heartbeatKeys) }
        batch.addElements(
            Self.name, Self.heartbeatSet, Self.heartbeatKeys.map { (key: $0, timeout: duration) })
        sequence = batch.nextSequence
        try batch.send(over: socket)
    }

    /// Creates the table with the first queue statement that the kernel takes.
    private static func create(
        over socket: borrowing NetlinkSocket, sequence: inout UInt32
    ) throws(NetlinkError) -> QueueStatement {
        do {
            try create(trying: .native, over: socket, sequence: &sequence)
            return .native
        } catch {
            // Without nft_queue the kernel knows no expression of that name: ENOENT.
            guard error.call == probeCall, error.errno == ENOENT || error.errno == EOPNOTSUPP
            else { throw explain(error) }
        }
        do {
            try create(trying: .compat, over: socket, sequence: &sequence)
            return .compat
        } catch {
            throw explain(error)
        }
    }

    /// Creates table and chains, and tries one queue statement: a rule that the same transaction removes again.
    private static func create(
        trying statement: QueueStatement, over socket: borrowing NetlinkSocket,
        sequence: inout UInt32
    ) throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        batch.createTable(name, owned: true)
        batch.createSet(name, heartbeatSet, of: .transportProtocol, timeout: true)
        batch.createChain(name, "input", hook: UInt32(NF_INET_LOCAL_IN.rawValue))
        batch.createChain(name, "forward", hook: UInt32(NF_INET_FORWARD.rawValue))
        batch.createChain(name, RulesetMessages.datagramsChain)
        batch.createChain(name, RulesetMessages.streamsChain)
        batch.addRule(name, RulesetMessages.streamsChain, [.queue(0, statement)])
        batch.flushRules(name)
        sequence = batch.nextSequence
        try batch.send(over: socket)
    }

    /// Puts a reason to an error, from the message that the kernel refused.
    static func explain(_ error: NetlinkError) -> NetlinkError {
        var error = error
        switch (error.call, error.errno) {
        // The kernel checks the capability before it looks at any message.
        case ("begin batch", EPERM): error.reason = .notPermitted
        case ("begin batch", EOPNOTSUPP), ("begin batch", EINVAL):
            error.reason = .unsupported("nf_tables (CONFIG_NF_TABLES)")
        case (let call, EPERM), (let call, EEXIST), (let call, EBUSY):
            // EPERM: owned by another socket; EEXIST: there without an owner, or owned by us already.
            error.reason = call.hasPrefix("create table") ? .ownedByAnother : error.reason
        case (let call, EOPNOTSUPP), (let call, EINVAL), (let call, ENOENT):
            if call.hasPrefix("create table") {
                error.reason = .unsupported("tables with an owner (Linux 5.12) in family inet")
            } else if call == probeCall {
                error.reason = .unsupported(
                    "both queue statements (CONFIG_NFT_QUEUE, or CONFIG_NFT_COMPAT with "
                        + "CONFIG_NETFILTER_XT_TARGET_NFQUEUE)")
            } else if call == "add rule to chain \(RulesetMessages.datagramsChain)" {
                error.reason = .unsupported(
                    "the match `string` (CONFIG_NETFILTER_XT_MATCH_STRING, CONFIG_NFT_COMPAT)")
            } else if call.hasPrefix("add set") {
                error.reason = .unsupported("sets with timeouts")
            }
        default: break
        }
        return error
    }
}
