/// What the tables of others do to DNS before our chains see an answer, and to the queries that answers belong to.
///
/// In nf_tables `accept` ends one base chain only: those at later hooks and priorities still see the packet. So
/// what makes a fault miss is a drop, another program's queue, an address or port that is rewritten, and a flow
/// that skips the hooks. Rules are evaluated against packets that stand for all (`SurveyPacket`): what depends
/// on anything that these leave open - addresses, interfaces, marks, limits - is not `certain`.
public struct TableSurvey: Equatable, Sendable {
    /// In the order in which packets meet them: answers first.
    public var findings: [Finding] = []
    /// Base chains of others that were followed.
    public var chains = 0
    /// Rules that were read.
    public var rules = 0
    /// Rules among them with a part that we cannot read; such a part is taken for a condition that may hold.
    public var unread = 0
    /// Tables of legacy iptables, such as `ip filter`: they hook the same places, and are not read.
    public var legacy: [String] = []
    /// Why this is not all; nil if it is.
    public var cut: String?

    public init() {}

    /// A rule, or a chain's policy, that decides about port 53.
    public struct Finding: Equatable, Sendable {
        public var place: Place
        public var action: Action
        public var packets: Packets
        public var transports: Set<Transport>
        public var families: Set<Family>
        /// Nothing else has to be true: it happens to every such packet.
        public var certain: Bool
        /// The rule, or one that jumps to it, names the port; else it acts on whatever comes.
        public var namesPort: Bool
    }

    /// Where a rule stands, and where its chain is hooked.
    public struct Place: Equatable, Sendable {
        /// As `nft` writes it: `ip`, `ip6`, `inet`, `netdev`.
        public var family: String
        public var table: String
        /// The chain that holds the rule.
        public var chain: String
        /// The base chain from which it is reached; the same as `chain` without a jump.
        public var base: String
        /// `ingress`, `prerouting`, `input`, `forward`, `output`, `postrouting`, `egress`.
        public var hook: String
        public var priority: Int32
        /// As in `nft --handle list ruleset`; nil for the policy of a base chain.
        public var handle: UInt64?
    }

    public enum Action: Equatable, Sendable {
        /// Final: later chains see nothing.
        case drop
        /// A drop with a message to the sender.
        case reject
        /// To another program's queue: until its verdict nothing goes on, and it may change the packet.
        /// nil: the number is computed.
        case queue(UInt16?)
        /// DNAT, to another port if not nil: answers come from there until they are translated back.
        case translate(port: UInt16?)
        /// To this host, whose own server answers.
        case redirect(port: UInt16?)
        /// To a local socket (tproxy).
        case intercept
        /// Not seen by connection tracking.
        case untrack
        /// From now on the flow goes past the hooks (`flow add`).
        case offload
        /// Sent out of another interface (`fwd`).
        case divert
    }

    /// Which of the two is acted on.
    public enum Packets: String, CaseIterable, Sendable { case answers, queries }
    public enum Transport: String, CaseIterable, Sendable { case udp, tcp }
    public enum Family: String, CaseIterable, Sendable { case ipv4, ipv6 }
}
