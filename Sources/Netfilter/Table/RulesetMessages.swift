internal import CNetfilter

/// Turns a ruleset into the messages of one batch.
///
///     chain input   { type filter hook input priority mangle;   meta l4proto @armed goto answers }
///     chain forward { type filter hook forward priority mangle; meta l4proto @armed goto answers }
///     chain answers { tcp sport @tcp queue …; udp sport @udp goto labels }
///     chain labels  { udp sport @names0 <match string> queue …; udp sport @names1 … }
struct RulesetMessages {
    static let answersChain = "answers"
    static let labelsChain = "labels"

    var table: String
    var statement: QueueStatement

    /// Adds the messages that replace the rules in force and the `old` sets; returns the names of the sets made.
    func add(_ ruleset: Ruleset, replacing old: [String], to batch: inout Batch) -> [String] {
        batch.flushRules(table)
        for set in old { batch.deleteSet(table, set) }
        guard !ruleset.isEmpty else { return [] }
        var sets: [String] = []
        if !ruleset.tcp.isEmpty {
            add(set: "tcp", ruleset.tcp, to: &batch, &sets)
            batch.addRule(
                table, Self.answersChain,
                Self.sourcePort(of: Self.tcp, in: "tcp") + [.queue(ruleset.streamQueue, statement)],
                comment: "to queue \(ruleset.streamQueue)")
        }
        if !ruleset.udp.isEmpty {
            var union: [UInt16: Duration] = [:]
            for filter in ruleset.udp { union.merge(filter.ports, uniquingKeysWith: max) }
            add(set: "udp", union, to: &batch, &sets)
            batch.addRule(
                table, Self.answersChain,
                Self.sourcePort(of: Self.udp, in: "udp") + [.goto(chain: Self.labelsChain)])
        }
        for (index, filter) in ruleset.udp.enumerated() {
            let name = "names\(index)"
            add(set: name, filter.ports, to: &batch, &sets)
            var rule = Self.sourcePort(of: Self.udp, in: name)
            if let label = filter.label {
                rule.append(
                    .string(pattern: [UInt8(label.count)] + label, from: Self.firstLabelOffset))
            }
            rule.append(.queue(ruleset.queue, statement))
            batch.addRule(
                table, Self.labelsChain, rule, comment: Self.comment(filter, ruleset.queue))
        }
        for chain in ["input", "forward"] {
            batch.addRule(
                table, chain,
                [
                    .transportProtocol, .lookup(set: OwnerTable.heartbeatSet),
                    .goto(chain: Self.answersChain),
                ])
        }
        return sets
    }

    /// What `nft` cannot print of a rule with compat parts.
    private static func comment(_ filter: Ruleset.Prefilter, _ queue: UInt16) -> String {
        guard let label = filter.label else { return "to queue \(queue)" }
        let printable = label.map {
            (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") ? $0 : UInt8(ascii: "?")
        }
        return
            "to queue \(queue) if it holds the label \(String(decoding: printable, as: UTF8.self))"
    }

    /// Where the first label of a message can start: after 20 octets of IPv4, 8 of UDP and 12 of DNS header.
    /// IPv6 only starts later.
    private static let firstLabelOffset: UInt16 = 40

    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17

    /// `tcp sport @NAME` or `udp sport @NAME`.
    private static func sourcePort(of transport: UInt8, in set: String) -> [Expression] {
        [.transportProtocol, .equals([transport]), .transportField(offset: 0), .lookup(set: set)]
    }

    private func add(
        set name: String, _ ports: [UInt16: Duration], to batch: inout Batch, _ sets: inout [String]
    ) {
        batch.createSet(table, name, of: .port)
        let elements = ports.filter { $0.value > .zero }.sorted { $0.key < $1.key }
            .map { (key: [UInt8($0.key >> 8), UInt8($0.key & 0xff)], timeout: $0.value) }
        if !elements.isEmpty { batch.addElements(table, name, elements) }
        sets.append(name)
    }
}
