/// A base chain of others on the way of answers or queries.
///
/// Answers count until they reach our chains: at the hooks before, and at ours with our priority or a lower one.
/// Queries count all the way out: without one there is no answer.
struct SurveyStop {
    enum Hook: String {
        case ingress, prerouting, input, forward, output, postrouting, egress
    }

    let chain: SurveyChain
    let packets: TableSurvey.Packets
    let hook: Hook

    /// Of our chains (`Batch.createChain`), NF_IP_PRI_MANGLE.
    static let ourPriority: Int32 = -150
    /// NF_IP_PRI_CONNTRACK.
    static let trackingPriority: Int32 = -200

    /// nil for a chain that is ours or not on the way.
    init?(_ chain: SurveyChain, _ packets: TableSurvey.Packets) {
        guard let hook = Self.hook(chain) else { return nil }
        guard chain.name.family != UInt8(NFPROTO.inet) || chain.name.table != OwnerTable.name
        else { return nil }
        // Only the first packet of a connection goes through chains of type nat, and that is a query.
        let onTheWay =
            switch (packets, hook) {
            case (.answers, .ingress): true
            case (.answers, .prerouting): chain.type != "nat"
            case (.answers, .input), (.answers, .forward):
                chain.type != "nat" && chain.priority <= Self.ourPriority
            case (.answers, _): false
            case (.queries, .ingress), (.queries, .input): false
            // Queries that come in are those of containers and of other hosts.
            case (.queries, .prerouting): true
            case (.queries, _): true
            }
        guard onTheWay else { return nil }
        (self.chain, self.packets, self.hook) = (chain, packets, hook)
    }

    /// As `nft` writes it.
    var family: String {
        switch chain.name.family {
        case NFPROTO.ip: "ip"
        case NFPROTO.ip6: "ip6"
        case NFPROTO.netdev: "netdev"
        default: "inet"
        }
    }

    /// Which of two chains with the same hook and priority comes first depends on which was made later.
    var maybeLater: Bool {
        packets == .answers && (hook == .input || hook == .forward)
            && chain.priority == Self.ourPriority
    }

    var isTracked: Bool {
        switch hook {
        case .ingress: false
        case .prerouting, .output: chain.priority > Self.trackingPriority
        case .input, .forward, .postrouting, .egress: true
        }
    }

    func takes(_ packet: SurveyPacket) -> Bool {
        switch chain.name.family {
        case NFPROTO.ip: packet.family == .ipv4
        case NFPROTO.ip6: packet.family == .ipv6
        default: true
        }
    }

    /// Whether an action here is worth telling.
    func matters(_ action: TableSurvey.Action, certain: Bool, namesPort: Bool) -> Bool {
        switch action {
        case .translate, .redirect, .intercept:
            return packets == .queries && (certain || namesPort)
        case .untrack: return namesPort
        // Rules with it name no port, as a rule.
        case .offload: return true
        case .drop, .reject, .queue, .divert:
            // What comes in for others may be dropped as its host sees fit, and a host that forwards nothing drops it all.
            if packets == .queries, hook == .prerouting { return false }
            if hook == .forward { return namesPort }
            return certain || namesPort
        }
    }

    private static func hook(_ chain: SurveyChain) -> Hook? {
        switch (chain.name.family, chain.hook) {
        case (NFPROTO.netdev, 0): .ingress
        case (NFPROTO.netdev, 1): .egress
        case (NFPROTO.inet, 5): .ingress
        case (NFPROTO.ip, _), (NFPROTO.ip6, _), (NFPROTO.inet, _):
            switch chain.hook {
            case 0: .prerouting
            case 1: .input
            case 2: .forward
            case 3: .output
            case 4: .postrouting
            default: nil
            }
        // Families arp and bridge are on nobody's way here.
        default: nil
        }
    }

    static func < (one: SurveyStop, other: SurveyStop) -> Bool {
        (one.rank, one.chain.priority) < (other.rank, other.chain.priority)
    }

    /// The order of the hooks.
    private var rank: Int {
        switch hook {
        case .ingress: 0
        case .prerouting: 1
        case .input: 2
        case .forward: 3
        case .output: 4
        case .postrouting: 5
        case .egress: 6
        }
    }
}

/// NFPROTO_… of <linux/netfilter.h>.
enum NFPROTO {
    static let inet: UInt8 = 1
    static let ip: UInt8 = 2
    static let netdev: UInt8 = 5
    static let ip6: UInt8 = 10
}
