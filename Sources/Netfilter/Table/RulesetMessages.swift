internal import CNetfilter

/// Turns a ruleset into the messages of one batch.
///
///     set armed    { type inet_proto; flags timeout; }               the heartbeat
///     set udp0     { type inet_service; flags timeout; … }           ports of prefilter 0, until its faults end
///     chain input { type filter hook input priority mangle;
///         udp sport 53 meta l4proto @armed goto datagrams           with several ports `udp sport @udpports`,
///         tcp sport 53 meta l4proto @armed goto streams }           a set without timeouts
///     chain forward { the same }
///     chain datagrams { <match string> udp sport @udp0 queue …; <match string> udp sport @udp1 queue … }
///     chain streams { tcp sport @tcp queue … }
///
/// What every packet of the host meets first is the cheapest test, and a rule looks at its own ports only once the label
/// was found: a lookup in a set with timeouts takes 0.1 µs, half as long as a string match.
struct RulesetMessages {
    static let datagramsChain = "datagrams"
    static let streamsChain = "streams"

    var table: String
    var statement: QueueStatement

    /// Adds the messages that replace the rules in force and the `old` sets; returns the names of the sets made.
    func add(_ ruleset: Ruleset, replacing old: [String], to batch: inout Batch) -> [String] {
        batch.flushRules(table)
        for set in old { batch.deleteSet(table, set) }
        var sets: [String] = []
        var ports: [UInt16: Duration] = [:]
        for filter in ruleset.udp { ports.merge(filter.ports, uniquingKeysWith: max) }
        if add(gate: "udpports", Self.udp, ports, to: Self.datagramsChain, &batch, &sets) {
            for (index, filter) in ruleset.udp.enumerated() {
                let set = "udp\(index)"
                guard add(set: set, filter.ports, &batch, &sets) else { continue }
                batch.addRule(
                    table, Self.datagramsChain,
                    Self.match(filter) + Self.sourcePort(of: Self.udp, in: set)
                        + [.queue(ruleset.queue, statement)],
                    comment: Self.comment(filter, ruleset.queue))
            }
        }
        if add(gate: "tcpports", Self.tcp, ruleset.tcp, to: Self.streamsChain, &batch, &sets),
            add(set: "tcp", ruleset.tcp, &batch, &sets)
        {
            batch.addRule(
                table, Self.streamsChain,
                Self.sourcePort(of: Self.tcp, in: "tcp") + [.queue(ruleset.streamQueue, statement)],
                comment: "to queue \(ruleset.streamQueue)")
        }
        return sets
    }

    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17

    /// Where the first label of a message can start: after 20 octets of IPv4, 8 of UDP and 12 of DNS header.
    /// With IPv6 it only starts later.
    private static let firstLabelOffset: UInt16 = 40

    private static func match(_ filter: Ruleset.Prefilter) -> [Expression] {
        guard let label = filter.label else { return [] }
        return [.string(pattern: [UInt8(label.count)] + label, from: firstLabelOffset)]
    }

    /// `tcp sport @NAME` or `udp sport @NAME`.
    private static func sourcePort(of transport: UInt8, in set: String) -> [Expression] {
        [.transportProtocol, .equals([transport]), .transportField(offset: 0), .lookup(set: set)]
    }

    /// What `nft` cannot print of a rule with compat parts.
    private static func comment(_ filter: Ruleset.Prefilter, _ queue: UInt16) -> String {
        guard let label = filter.label else { return "to queue \(queue)" }
        let printable = label.map { octet in
            (0x21...0x7e).contains(octet) && octet != UInt8(ascii: "\"") ? octet : UInt8(ascii: "?")
        }
        return "to queue \(queue) if it holds \(String(decoding: printable, as: UTF8.self))"
    }

    /// The rules at the hooks for one transport, with their set of ports. False, and nothing is added, if no port has time left.
    private func add(
        gate set: String, _ transport: UInt8, _ ports: [UInt16: Duration], to chain: String,
        _ batch: inout Batch, _ sets: inout [String]
    ) -> Bool {
        let keys = Self.keys(ports)
        guard let only = keys.first?.key else { return false }
        var gate = Self.sourcePort(of: transport, in: set)
        if keys.count == 1 {
            gate[gate.count - 1] = .equals(only)
        } else {
            batch.createSet(table, set, of: .port, timeout: false)
            batch.addElements(table, set, keys.map { (key: $0.key, timeout: nil) })
            sets.append(set)
        }
        gate += [
            .transportProtocol, .lookup(set: OwnerTable.heartbeatSet), .goto(chain: chain),
        ]
        for hook in ["input", "forward"] { batch.addRule(table, hook, gate) }
        return true
    }

    /// A set of ports that end; false, and nothing is added, if none has time left.
    private func add(
        set name: String, _ ports: [UInt16: Duration], _ batch: inout Batch, _ sets: inout [String]
    ) -> Bool {
        let keys = Self.keys(ports)
        guard !keys.isEmpty else { return false }
        batch.createSet(table, name, of: .port, timeout: true)
        batch.addElements(table, name, keys)
        sets.append(name)
        return true
    }

    private static func keys(_ ports: [UInt16: Duration]) -> [(key: [UInt8], timeout: Duration?)] {
        ports.filter { $0.value > .zero }.sorted { $0.key < $1.key }
            .map { (key: [UInt8($0.key >> 8), UInt8($0.key & 0xff)], timeout: $0.value) }
    }
}
