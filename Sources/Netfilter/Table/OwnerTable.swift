internal import CNetfilter
internal import Glibc

/// The table `inet brownout` of nf_tables, owned by this process (NFT_TABLE_F_OWNER).
///
/// The kernel removes it with everything in it as soon as the value goes away or the process ends,
/// however it ends; nobody else can change it. Rules match only while the heartbeat set `armed`
/// holds its elements (`renew(for:)`), so that a hung process stops intercepting.
///
/// Removing the table takes its hooks away, upon which the kernel drops *every* packet of this
/// network namespace that waits in any queue: stop the `PacketLoop` first.
public struct OwnerTable: ~Copyable, Sendable {
    /// The name of the table, in family inet.
    public static let name = "brownout"
    /// Most labels that a ruleset may name in prefilters.
    public static let mostPrefilters = 128

    /// The form of the queue statement that this kernel takes.
    public let statement: QueueStatement

    private let socket: NetlinkSocket
    var sequence: UInt32
    private var plan = RulePlan(Ruleset(queue: 0), now: 0)
    /// The faults on connections that are in force, in the order in which they were added.
    var connections: [ConnectionFault] = []
    /// Whether the base chains for connections are there: from the first such fault until the end.
    var hooksConnections = false
    /// Whether this kernel can spare what comes back to sockets with a mark.
    var sparesReplies = true
    /// When the heartbeat ends, in ns of CLOCK_MONOTONIC; 0 if there is none.
    private var heartbeatEnd: UInt64 = 0

    /// Creates the table with its base chains and no rules, in the network namespace of the calling
    /// thread.
    ///
    /// Throws `.ownedByAnother` if the table exists, `.notPermitted` without CAP_NET_ADMIN,
    /// `.unsupported` naming what the kernel lacks. After an error nothing is left.
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

    /// Puts `ruleset` in force in place of what was, in one transaction: a packet sees either the
    /// old rules or the new ones. The heartbeat is left as it is. After an error the old rules are
    /// in force.
    ///
    /// Takes well below a millisecond; but where rules have compat parts (labels, and the queue
    /// statement on some kernels), new ones wait for what was removed shortly before, up to about
    /// 30 ms (an RCU grace period of the kernel). Therefore nothing is removed if the new ruleset
    /// only adds labels or moves ends.
    public mutating func apply(_ ruleset: Ruleset) throws(NetlinkError) {
        guard ruleset.udp.count <= Self.mostPrefilters,
            !ruleset.udp.contains(where: { !(1...63).contains($0.label?.count ?? 1) })
        else { throw NetlinkError(call: "apply ruleset", errno: EINVAL) }
        let now = monotonicNow()
        let wanted = RulePlan(ruleset, now: now)
        let messages = RulesetMessages(table: Self.name, statement: statement, now: now)
        if let additions = plan.additions(for: wanted) {
            guard additions != RulePlan.Additions() else { return }
            var batch = Batch(sequence: sequence)
            messages.add(additions, to: plan, &batch)
            do {
                try send(batch)
                return plan.add(additions)
            } catch {
                // A port that was to move has ended: make all anew.
                guard error.errno == ENOENT else { throw error }
            }
        }
        var batch = Batch(sequence: sequence)
        messages.remove(plan, from: &batch)
        messages.add(wanted, to: &batch)
        try send(batch)
        plan = wanted
    }

    /// The heartbeat: from now on the rules match for `duration`, unless renewed before. A renewal
    /// that would move its end by less than a sixth of that is left out.
    public mutating func renew(for duration: Duration) throws(NetlinkError) {
        let length = duration.kernelMilliseconds * 1_000_000
        let end = monotonicNow() &+ length
        if heartbeatEnd <= end, end - heartbeatEnd < length / 6 { return }
        // A transaction that fails costs the kernel an RCU grace period, 10 to 20 ms: what cannot be
        // there any more is not taken out.
        if monotonicNow() > heartbeatEnd &+ Self.expiryMargin {
            try beat(for: duration, removing: false)
            heartbeatEnd = end
            return
        }
        // Before Linux 6.12 adding an element that exists does not change its timeout: take it out
        // and put it in. In one transaction, so that no packet finds it missing.
        do {
            try beat(for: duration, removing: true)
        } catch {
            // ENOENT: nothing to take out, it has expired (or never was).
            guard error.errno == ENOENT else { throw error }
            try beat(for: duration, removing: false)
        }
        heartbeatEnd = end
    }

    /// Well past its end an element is gone: the kernel counts in jiffies, of 10 ms at most.
    private static let expiryMargin: UInt64 = 50_000_000

    /// Stops intercepting at once and leaves the rules, which match nothing without the heartbeat:
    /// if the same ones are wanted again soon, they need not be made anew.
    public mutating func rest() throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        batch.deleteElements(Self.name, RulesetMessages.heartbeatSet, [])
        try send(batch)
        heartbeatEnd = 0
    }

    /// Stops intercepting at once: takes the heartbeat and all rules away; the table stays.
    public mutating func disarm() throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        batch.deleteElements(Self.name, RulesetMessages.heartbeatSet, [])
        RulesetMessages(table: Self.name, statement: statement, now: 0).remove(plan, from: &batch)
        try send(batch)
        plan = RulePlan(Ruleset(queue: 0), now: 0)
        heartbeatEnd = 0
    }

    /// IPPROTO_TCP and IPPROTO_UDP: what `meta l4proto @armed` looks for.
    private static let heartbeatKeys: [[UInt8]] = [[6], [17]]

    private mutating func beat(for duration: Duration, removing: Bool) throws(NetlinkError) {
        let set = RulesetMessages.heartbeatSet
        var batch = Batch(sequence: sequence)
        if removing { batch.deleteElements(Self.name, set, Self.heartbeatKeys) }
        batch.addElements(Self.name, set, Self.heartbeatKeys.map { (key: $0, timeout: duration) })
        try send(batch)
    }

    mutating func send(_ batch: consuming Batch) throws(NetlinkError) {
        sequence = batch.nextSequence
        do {
            try batch.send(over: socket)
        } catch {
            throw Self.explain(error)
        }
    }
}

extension OwnerTable {
    private static let probeCall = "add rule to chain \(RulesetMessages.streamsChain)"
    /// Creates the table with the first queue statement that the kernel takes.
    fileprivate static func create(
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

    /// Creates table and chains, and tries one queue statement: a rule that the same transaction
    /// removes again.
    private static func create(
        trying statement: QueueStatement, over socket: borrowing NetlinkSocket,
        sequence: inout UInt32
    ) throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        batch.createTable(name, owned: true)
        batch.createSet(name, RulesetMessages.heartbeatSet, of: .transportProtocol, timeout: true)
        batch.createChain(name, "input", hook: UInt32(NF_INET_LOCAL_IN.rawValue))
        batch.createChain(name, "forward", hook: UInt32(NF_INET_FORWARD.rawValue))
        batch.createChain(name, RulesetMessages.datagramsChain)
        batch.createChain(name, RulesetMessages.streamsChain)
        batch.addRule(name, RulesetMessages.streamsChain, [.queue(0, statement)])
        batch.flushRules(name, RulesetMessages.streamsChain)
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
            // EPERM: owned by another socket; EEXIST: there without an owner, or owned by us
            // already.
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
