/// The reply of `GET /v1/survey`: what the netfilter tables of others do to port 53 before the agent sees an
/// answer, and to the queries on their way out.
public struct Survey: Codable, Equatable, Sendable {
    /// In the order in which packets meet them: answers first.
    public var findings: [SurveyFinding]
    /// Base chains of others on the way.
    public var chains: Int
    /// Rules that were read.
    public var rules: Int
    /// Rules among them with a part that the agent cannot read; such a part is taken for a condition.
    public var unread: Int
    /// Tables of legacy iptables, such as `ip filter`, which are not read.
    public var legacy: [String]
    /// Why this is not all; nil if it is.
    public var cut: String?

    public init(
        findings: [SurveyFinding] = [], chains: Int = 0, rules: Int = 0, unread: Int = 0,
        legacy: [String] = [], cut: String? = nil
    ) {
        self.findings = findings
        self.chains = chains
        self.rules = rules
        self.unread = unread
        self.legacy = legacy
        self.cut = cut
    }
}

/// A rule, or the policy of a chain, that decides about port 53.
public struct SurveyFinding: Codable, Equatable, Sendable {
    /// As `nft` writes it: `ip`, `ip6`, `inet`, `netdev`.
    public var family: String
    public var table: String
    /// The chain that holds the rule.
    public var chain: String
    /// The base chain from which it is reached; `chain` itself without a jump.
    public var base: String
    /// `ingress`, `prerouting`, `input`, `forward`, `output`, `postrouting`, `egress`.
    public var hook: String
    public var priority: Int32
    /// The rule's handle, as in `nft --handle list ruleset`; nil for the policy of a base chain.
    public var handle: UInt64?
    public var action: Action
    /// For `queue`: the number, where the rule has one.
    public var queue: UInt16?
    /// For `translate` and `redirect`: the new port, where the rule has one.
    public var port: UInt16?
    public var packets: Packets
    public var transports: [Transport]
    public var families: [Family]
    /// It happens to every such packet. If not, it also depends on what differs from packet to packet:
    /// addresses, interfaces, marks, limits.
    public var certain: Bool
    /// The rule, or one that jumps to it, names port 53; if not, it acts on whatever comes.
    public var namesPort: Bool

    /// `translate`: DNAT; `redirect`: to this host; `intercept`: tproxy; `untrack`: notrack; `offload`: past
    /// the hooks by a flow table; `divert`: out of another interface.
    public enum Action: String, Codable, CaseIterable, Sendable {
        case drop, reject, queue, translate, redirect, intercept, untrack, offload, divert
    }

    public enum Packets: String, Codable, CaseIterable, Sendable { case answers, queries }
    public enum Transport: String, Codable, CaseIterable, Sendable { case udp, tcp }
    public enum Family: String, Codable, CaseIterable, Sendable { case ipv4, ipv6 }

    public init(
        family: String, table: String, chain: String, base: String, hook: String, priority: Int32,
        handle: UInt64?, action: Action, queue: UInt16? = nil, port: UInt16? = nil,
        packets: Packets, transports: [Transport], families: [Family], certain: Bool,
        namesPort: Bool
    ) {
        self.family = family
        self.table = table
        self.chain = chain
        self.base = base
        self.hook = hook
        self.priority = priority
        self.handle = handle
        self.action = action
        self.queue = queue
        self.port = port
        self.packets = packets
        self.transports = transports
        self.families = families
        self.certain = certain
        self.namesPort = namesPort
    }
}
