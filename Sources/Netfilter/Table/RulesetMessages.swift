internal import CNetfilter

/// Turns a plan into the messages of one batch.
///
///     set armed    { type inet_proto; flags timeout; }               the heartbeat
///     set udp0     { type inet_service; flags timeout; … }           ports of prefilter 0, until its faults end
///     chain input { type filter hook input priority mangle;
///         udp sport 53 goto datagrams           with several ports `udp sport @udpports`,
///         tcp sport 53 goto streams }           a set without timeouts
///     chain forward { the same }
///     chain datagrams { <match string, or bpf> udp sport @udp0 meta l4proto @armed queue …; … }
///     chain streams { tcp sport @tcp meta l4proto @armed queue … }
///
/// What every packet of the host meets first is the cheapest test, and a rule looks at its ports and
/// at the heartbeat only once the label was found: a lookup in a set with timeouts takes 0.1 µs,
/// half as long as a string match.
struct RulesetMessages {
    static let datagramsChain = "datagrams"
    static let streamsChain = "streams"
    static let heartbeatSet = "armed"

    var table: String
    var statement: QueueStatement
    /// The time of CLOCK_MONOTONIC that timeouts count from.
    var now: UInt64

    /// Removes all rules of `old`, and its sets.
    func remove(_ old: RulePlan, from batch: inout Batch) {
        for chain in ["input", "forward", Self.datagramsChain, Self.streamsChain] {
            batch.flushRules(table, chain)
        }
        for set in old.sets { batch.deleteSet(table, set) }
        for gate in [Gate.udp, .tcp] where gate.ports(of: old).count > 1 {
            batch.deleteSet(table, gate.set)
        }
    }

    /// Adds all rules and sets of a plan to a table without any.
    func add(_ plan: RulePlan, to batch: inout Batch) {
        for gate in [Gate.udp, .tcp] { add(gate, gate.ports(of: plan), to: &batch) }
        for filter in plan.filters { add(filter, queue: plan.queue, to: &batch) }
        guard !plan.tcp.isEmpty else { return }
        add(set: RulePlan.streamsSet, plan.tcp, to: &batch)
        batch.addRule(
            table, Self.streamsChain,
            Self.sourcePort(of: Gate.tcp.transport, in: RulePlan.streamsSet)
                + Self.armed + [.queue(plan.streamQueue, statement)],
            comment: "to queue \(plan.streamQueue)")
    }

    /// Adds what a plan in force lacks. The batch fails with ENOENT if a port that is to move has
    /// ended meanwhile.
    func add(_ additions: RulePlan.Additions, to plan: RulePlan, _ batch: inout Batch) {
        for (set, ends) in additions.moved.sorted(by: { $0.key < $1.key }) {
            batch.deleteElements(table, set, Self.keys(ends.keys))
            batch.addElements(table, set, elements(ends))
        }
        for filter in additions.filters { add(filter, queue: plan.queue, to: &batch) }
    }

    // MARK: Rules

    /// The rules at the hooks for one transport.
    private enum Gate {
        case udp, tcp

        /// IPPROTO_UDP and IPPROTO_TCP.
        var transport: UInt8 { self == .udp ? 17 : 6 }
        var set: String { self == .udp ? "udpports" : "tcpports" }
        var chain: String { self == .udp ? datagramsChain : streamsChain }

        func ports(of plan: RulePlan) -> Set<UInt16> {
            self == .udp ? plan.udpPorts : plan.tcpPorts
        }
    }

    private func add(_ gate: Gate, _ ports: Set<UInt16>, to batch: inout Batch) {
        let keys = Self.keys(ports)
        guard let only = keys.first else { return }
        var rule = Self.sourcePort(of: gate.transport, in: gate.set)
        if keys.count == 1 {
            rule[rule.count - 1] = .equals(only)
        } else {
            batch.createSet(table, gate.set, of: .port, timeout: false)
            batch.addElements(table, gate.set, keys.map { (key: $0, timeout: nil) })
        }
        rule.append(.goto(chain: gate.chain))
        for hook in ["input", "forward"] { batch.addRule(table, hook, rule) }
    }

    private func add(_ filter: RulePlan.Filter, queue: UInt16, to batch: inout Batch) {
        add(set: filter.set, filter.ends, to: &batch)
        var rule: [Expression] = []
        var comment = "to queue \(queue)"
        if let label = filter.label {
            rule.append(.string(pattern: [UInt8(label.count)] + label, from: Self.firstLabelOffset))
            comment += " if it holds \(Self.printable(label))"
        }
        if let names = filter.names {
            rule.append(.program(names))
            comment += " if a name filter picks it"
        }
        rule += Self.sourcePort(of: Gate.udp.transport, in: filter.set) + Self.armed
        rule.append(.queue(queue, statement))
        batch.addRule(table, Self.datagramsChain, rule, comment: comment)
    }

    /// Where the first label of a message can start: after 20 octets of IPv4, 8 of UDP and 12 of
    /// DNS header. With IPv6 it only starts later.
    private static let firstLabelOffset: UInt16 = 40

    /// `tcp sport @NAME` or `udp sport @NAME`.
    private static func sourcePort(of transport: UInt8, in set: String) -> [Expression] {
        [.transportProtocol, .equals([transport]), .transportField(offset: 0), .lookup(set: set)]
    }

    /// `meta l4proto @armed`
    private static let armed: [Expression] = [.transportProtocol, .lookup(set: heartbeatSet)]

    /// For comments, by which `nft` shows what it cannot print of a rule with compat parts.
    private static func printable(_ label: [UInt8]) -> String {
        let octets = label.map { octet in
            (0x21...0x7e).contains(octet) && octet != UInt8(ascii: "\"") ? octet : UInt8(ascii: "?")
        }
        return String(decoding: octets, as: UTF8.self)
    }

    // MARK: Sets

    private func add(set name: String, _ ends: [UInt16: UInt64], to batch: inout Batch) {
        batch.createSet(table, name, of: .port, timeout: true)
        batch.addElements(table, name, elements(ends))
    }

    private func elements(_ ends: [UInt16: UInt64]) -> [(key: [UInt8], timeout: Duration?)] {
        ends.sorted { $0.key < $1.key }.map { port, end in
            (key: Self.key(port), timeout: .nanoseconds(end > now ? end - now : 0))
        }
    }

    private static func keys(_ ports: some Sequence<UInt16>) -> [[UInt8]] {
        ports.sorted().map(key)
    }

    /// A port in network order.
    private static func key(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff)] }
}
