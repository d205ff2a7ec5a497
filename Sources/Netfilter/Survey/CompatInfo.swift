/// What iptables-nft leaves to x_tables, from the info structures of its targets and matches.
enum CompatInfo {
    /// What a match asks for. One that is not read here is a condition like any other.
    static func match(_ name: String, _ revision: UInt64, _ info: [UInt8]) -> RuleTerm {
        if let ports = CompatPorts(match: name, revision: revision, info: info) {
            return .ports(ports)
        }
        switch (name, revision) {
        case ("comment", _): return .statement
        case ("state", 0) where info.count >= 4:
            // struct xt_state_info: statemask, with bits as in xt_conntrack.h.
            return .connectionState(mask: UInt32(hostWord(info, 0)), inverted: false)
        case ("conntrack", 2...3) where info.count >= 154 && hostWord(info, 146) == 1:
            // struct xt_conntrack_mtinfo3: match_flags at 146 (XT_CONNTRACK_STATE alone), invert_flags, state_mask.
            return .connectionState(
                mask: UInt32(hostWord(info, 150)), inverted: hostWord(info, 148) & 1 != 0)
        default: return .condition
        }
    }

    static func target(_ name: String, _ revision: UInt64, _ info: [UInt8]) -> RuleTerm {
        switch name {
        case "REJECT": return .act(.reject)
        case "DROP", "TARPIT", "STEAL": return .verdict(.drop)
        case "ACCEPT": return .verdict(.accept)
        // struct xt_NFQ_info and its successors: queuenum first.
        case "NFQUEUE": return .act(.queue(info.count >= 2 ? hostWord(info, 0) : nil))
        case "NOTRACK": return .act(.untrack)
        // struct xt_ct_target_info: flags first, XT_CT_NOTRACK.
        case "CT" where info.count >= 2:
            return hostWord(info, 0) & 1 != 0 ? .act(.untrack) : .statement
        case "TPROXY": return .act(.intercept)
        case "DNAT": return .act(.translate(port(info)))
        case "REDIRECT": return .act(.redirect(port(info)))
        case "SNAT", "MASQUERADE", "NETMAP": return .verdict(.accept)
        case "LOG", "NFLOG", "MARK", "CONNMARK", "SET", "CLASSIFY", "TCPMSS", "TOS", "DSCP",
            "TTL", "HL", "TRACE", "CHECKSUM", "AUDIT", "HMARK", "IDLETIMER", "LED", "RATEEST",
            "SECMARK", "CONNSECMARK", "CT", "TCPOPTSTRIP", "ECN", "TEE":
            return .statement
        default: return .unread
        }
    }

    /// The first port of a range that NF_NAT_RANGE_PROTO_SPECIFIED says is there.
    private static func port(_ info: [UInt8]) -> RulePort {
        // nf_nat_range (and 2): flags, min_addr[16], max_addr[16], min_proto, max_proto. Shorter is
        // nf_nat_ipv4_multi_range_compat: rangesize, flags, min_ip, max_ip, min, max. The revision
        // does not tell them apart: 0 is the one for IPv4 and the other for IPv6.
        let (flags, port) = info.count >= 40 ? (0, 36) : (4, 16)
        guard info.count >= port + 2, hostWord(info, flags) & 2 != 0 else { return .none }
        return .number(UInt16(info[port]) << 8 | UInt16(info[port + 1]))
    }
}

private func hostWord(_ octets: [UInt8], _ at: Int) -> UInt16 {
    NetlinkAttributes.hostWord(octets[...], at)
}
