@testable import Netfilter

/// Tables as values. All of one family and table, unless a chain says otherwise.
struct FakeTables: SurveySource {
    static let table = "t"

    var bases: [SurveyChain] = []
    var chains: [String: [SurveyRule]] = [:]
    var sets: [String: SurveySet] = [:]
    var cut: String?

    /// One base chain `c` with these rules, numbered from 1, and chains beside it.
    init(
        _ hook: SurveyStop.Hook, _ priority: Int32, family: UInt8 = 1,
        type: String = "filter", dropsByPolicy: Bool = false, _ rules: [[RuleTerm]],
        chains: [String: [[RuleTerm]]] = [:], sets: [String: SurveySet] = [:], cut: String? = nil
    ) {
        let hooks: [SurveyStop.Hook: UInt32] = [
            .prerouting: 0, .input: 1, .forward: 2, .output: 3, .postrouting: 4,
            .ingress: family == NFPROTO.inet ? 5 : 0, .egress: 1,
        ]
        bases = [
            SurveyChain(
                name: SurveyName(family: family, table: Self.table, name: "c"),
                hook: hooks[hook] ?? 0, priority: priority, type: type,
                dropsByPolicy: dropsByPolicy)
        ]
        self.chains = chains.merging(["c": rules]) { $1 }.mapValues { rules in
            rules.enumerated().map { SurveyRule(handle: UInt64($0 + 1), terms: $1) }
        }
        self.sets = sets
        self.cut = cut
    }

    /// The same at prerouting, priority raw.
    init(
        family: UInt8 = 1, dropsByPolicy: Bool = false, _ rules: [[RuleTerm]],
        chains: [String: [[RuleTerm]]] = [:], sets: [String: SurveySet] = [:], cut: String? = nil
    ) {
        self.init(
            .prerouting, -300, family: family, dropsByPolicy: dropsByPolicy, rules, chains: chains,
            sets: sets, cut: cut)
    }

    func baseChains() -> [SurveyChain] { bases }
    func rules(of chain: SurveyName) -> [SurveyRule] { chains[chain.name] ?? [] }
    func set(_ name: SurveyName) -> SurveySet? { sets[name.name] }

    func surveyed() throws -> TableSurvey { try SurveyWalk(self, isLate: { false }).run() }
    func findings() throws -> [String] { try surveyed().findings.map(\.words) }
}

/// Expressions as `nft` makes them; `--debug=netlink` shows them.
enum Nft {
    static let udp: [RuleTerm] = transport(17)
    static let tcp: [RuleTerm] = transport(6)
    static let drop: [RuleTerm] = [.verdict(.drop)]
    static let accept: [RuleTerm] = [.verdict(.accept)]
    /// `ip saddr 192.0.2.1`.
    static let someAddress: [RuleTerm] = [
        .load(.network(12), at: 0, length: 4), .compare(at: 0, .equal, [192, 0, 2, 1]),
    ]

    static func transport(_ number: UInt8) -> [RuleTerm] {
        [.load(.transport, at: 0, length: 1), .compare(at: 0, .equal, [number])]
    }

    static func sport(_ port: UInt16) -> [RuleTerm] { sport(.equal, port) }

    static func sport(_ comparison: RuleTerm.Comparison, _ port: UInt16) -> [RuleTerm] {
        [.load(.ports(0), at: 0, length: 2), .compare(at: 0, comparison, octets(port))]
    }

    static func dport(_ port: UInt16) -> [RuleTerm] { dport(.equal, port) }

    static func dport(_ comparison: RuleTerm.Comparison, _ port: UInt16) -> [RuleTerm] {
        [.load(.ports(2), at: 0, length: 2), .compare(at: 0, comparison, octets(port))]
    }

    static func octets(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff)] }

    /// `ct state` with any of these bits.
    static func state(_ bits: UInt32) -> [RuleTerm] {
        [
            .load(.connectionState, at: 0, length: 4),
            .mask(from: 0, to: 0, mask: bits.hostOctets, xor: [0, 0, 0, 0]),
            .compare(at: 0, .notEqual, [0, 0, 0, 0]),
        ]
    }

    /// A set as the kernel lists it, with intervals in pairs.
    static func set(_ ports: UInt16...) -> SurveySet {
        SurveySet(isInterval: false, elements: ports.map { .init(key: octets($0)) })
    }
}

extension TableSurvey.Finding {
    /// `answers: drop udp ipv4 always, named, at c (prerouting -300) 1`.
    var words: String {
        let what = "\(action)".replacingOccurrences(of: "Optional(", with: "(")
        let over = TableSurvey.Transport.allCases.filter { transports.contains($0) }
        let by = TableSurvey.Family.allCases.filter { families.contains($0) }
        let chain = place.base == place.chain ? place.chain : "\(place.base)>\(place.chain)"
        return "\(packets): \(what) " + over.map(\.rawValue).joined(separator: "+") + " "
            + by.map(\.rawValue).joined(separator: "+") + (certain ? " always" : " maybe")
            + (namesPort ? ", named" : "") + ", at \(chain) (\(place.hook) \(place.priority)) "
            + (place.handle.map { "\($0)" } ?? "policy")
    }
}

extension String {
    fileprivate func replacingOccurrences(of part: String, with other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
