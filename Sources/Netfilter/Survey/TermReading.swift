internal import CNetfilter

extension RuleTerm {
    /// One expression, from the attributes NFTA_EXPR_….
    init(_ expression: NetlinkAttributes) {
        let data = expression.nested(NFTA_EXPR_DATA)
        switch expression.text(NFTA_EXPR_NAME) {
        case "meta": self = Self.meta(data)
        case "payload": self = Self.payload(data)
        case "ct": self = Self.connection(data)
        case "immediate": self = Self.immediate(data)
        case "bitwise": self = Self.bitwise(data)
        case "cmp": self = Self.compare(data)
        case "range": self = Self.range(data)
        case "lookup": self = Self.lookup(data)
        case "match":
            self = CompatInfo.match(
                data.text(NFTA_MATCH_NAME) ?? "", data.number(NFTA_MATCH_REV) ?? 0,
                Array(data.octets(NFTA_MATCH_INFO) ?? []))
        case "target":
            self = CompatInfo.target(
                data.text(NFTA_TARGET_NAME) ?? "", data.number(NFTA_TARGET_REV) ?? 0,
                Array(data.octets(NFTA_TARGET_INFO) ?? []))
        case "reject": self = .act(.reject)
        case "queue":
            self = .act(.queue(data.number(NFTA_QUEUE_NUM).map { UInt16(truncatingIfNeeded: $0) }))
        case "nat":
            // SNAT changes who asks, not who answers.
            self =
                data.number(NFTA_NAT_TYPE) == UInt64(NFT_NAT_DNAT.rawValue)
                ? .act(.translate(data.port(NFTA_NAT_REG_PROTO_MIN)))
                : .verdict(.accept)
        case "redir": self = .act(.redirect(data.port(NFTA_REDIR_REG_PROTO_MIN)))
        case "masq": self = .verdict(.accept)
        case "tproxy": self = .act(.intercept)
        case "notrack": self = .act(.untrack)
        case "flow_offload": self = .act(.offload)
        case "fwd": self = .act(.divert)
        case "counter", "log", "dup", "last", "objref": self = .statement
        // They may fail to hold: what they count is used up, their set is full.
        case "limit", "quota", "connlimit", "dynset", "synproxy": self = .condition
        // Into registers; what depends on these depends on the packet.
        case "byteorder", "exthdr", "fib", "hash", "numgen", "osf", "rt", "socket", "tunnel",
            "xfrm":
            self = .spoil
        default: self = .unread
        }
    }

    private static func meta(_ data: NetlinkAttributes) -> RuleTerm {
        // Without a destination it sets something, such as a mark.
        guard data.octets(NFTA_META_DREG) != nil else { return .statement }
        let (field, length): (SurveyField, Int) =
            switch data.number(NFTA_META_KEY) {
            case UInt64(NFT_META_L4PROTO.rawValue): (.transport, 1)
            case UInt64(NFT_META_NFPROTO.rawValue): (.family, 1)
            case UInt64(NFT_META_PROTOCOL.rawValue): (.etherType, 2)
            // The longest are names of interfaces, IFNAMSIZ.
            default: (.other, 16)
            }
        return load(field, data.register(NFTA_META_DREG), length: length)
    }

    private static func payload(_ data: NetlinkAttributes) -> RuleTerm {
        guard data.octets(NFTA_PAYLOAD_DREG) != nil else { return .statement }
        guard let offset = data.number(NFTA_PAYLOAD_OFFSET), offset < 1 << 16,
            let length = data.number(NFTA_PAYLOAD_LEN), length <= 64
        else { return .unread }
        let field: SurveyField =
            switch data.number(NFTA_PAYLOAD_BASE) {
            case UInt64(NFT_PAYLOAD_NETWORK_HEADER.rawValue): .network(UInt32(offset))
            case UInt64(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue): .ports(UInt32(offset))
            default: .other
            }
        return load(field, data.register(NFTA_PAYLOAD_DREG), length: Int(length))
    }

    private static func connection(_ data: NetlinkAttributes) -> RuleTerm {
        guard data.octets(NFTA_CT_DREG) != nil else { return .statement }
        let isState = data.number(NFTA_CT_KEY) == UInt64(NFT_CT_STATE.rawValue)
        // The longest are addresses and labels.
        return load(
            isState ? .connectionState : .other, data.register(NFTA_CT_DREG),
            length: isState ? 4 : 16)
    }

    private static func load(_ field: SurveyField, _ at: Int?, length: Int) -> RuleTerm {
        at.map { .load(field, at: $0, length: length) } ?? .unread
    }

    private static func immediate(_ data: NetlinkAttributes) -> RuleTerm {
        if let verdict = RuleVerdict(data.nested(NFTA_IMMEDIATE_DATA)) { return .verdict(verdict) }
        guard let at = data.register(NFTA_IMMEDIATE_DREG),
            let value = data.value(NFTA_IMMEDIATE_DATA)
        else { return .unread }
        return .constant(value, at: at)
    }

    private static func bitwise(_ data: NetlinkAttributes) -> RuleTerm {
        // NFT_BITWISE_MASK_XOR, the oldest; shifts and the like are not followed.
        guard data.number(NFTA_BITWISE_OP) ?? 0 == 0, let mask = data.value(NFTA_BITWISE_MASK),
            let xor = data.value(NFTA_BITWISE_XOR), mask.count == xor.count,
            let from = data.register(NFTA_BITWISE_SREG), let to = data.register(NFTA_BITWISE_DREG)
        else { return .spoil }
        return .mask(from: from, to: to, mask: mask, xor: xor)
    }

    private static func compare(_ data: NetlinkAttributes) -> RuleTerm {
        guard let at = data.register(NFTA_CMP_SREG), let value = data.value(NFTA_CMP_DATA),
            let comparison = data.number(NFTA_CMP_OP).flatMap({
                Comparison(rawValue: UInt32(truncatingIfNeeded: $0))
            })
        else { return .unread }
        return .compare(at: at, comparison, value)
    }

    private static func range(_ data: NetlinkAttributes) -> RuleTerm {
        guard let at = data.register(NFTA_RANGE_SREG), let from = data.value(NFTA_RANGE_FROM_DATA),
            let to = data.value(NFTA_RANGE_TO_DATA), from.count == to.count
        else { return .unread }
        return .range(
            at: at, inverted: data.number(NFTA_RANGE_OP) == UInt64(NFT_RANGE_NEQ.rawValue),
            from: from, to: to)
    }

    private static func lookup(_ data: NetlinkAttributes) -> RuleTerm {
        guard let at = data.register(NFTA_LOOKUP_SREG), let set = data.text(NFTA_LOOKUP_SET)
        else { return .unread }
        let gives: Gives =
            switch data.number(NFTA_LOOKUP_DREG) {
            case nil: .nothing
            case UInt64(NFT_REG_VERDICT.rawValue): .verdict
            default: .data
            }
        let flags = data.number(NFTA_LOOKUP_FLAGS) ?? 0
        return .lookup(
            at: at, set: set, inverted: flags & UInt64(NFT_LOOKUP_F_INV.rawValue) != 0,
            gives: gives)
    }
}

extension RuleVerdict {
    /// From NFTA_DATA_…; nil if that is no verdict that a rule can have.
    init?(_ data: NetlinkAttributes) {
        let verdict = data.nested(NFTA_DATA_VERDICT)
        guard let number = verdict.number(NFTA_VERDICT_CODE) else { return nil }
        let code = Int32(truncatingIfNeeded: number)
        let chain = verdict.text(NFTA_VERDICT_CHAIN) ?? ""
        switch code {
        case NFT_CONTINUE.rawValue, NFT_BREAK.rawValue: self = .goOn
        case NFT_RETURN.rawValue: self = .goBack
        case NFT_JUMP.rawValue: self = .jump(chain)
        case NFT_GOTO.rawValue: self = .goto(chain)
        case 0...:
            // NF_VERDICT_MASK; the upper half is the number of a queue.
            switch code & 0xff {
            case NF_DROP, NF_STOLEN: self = .drop
            case NF_ACCEPT: self = .accept
            case NF_QUEUE: self = .queue(UInt16(truncatingIfNeeded: code >> 16))
            default: return nil
            }
        default: return nil
        }
    }
}

extension NetlinkAttributes {
    /// The octets of NFTA_DATA_VALUE in an attribute; nil if there are none, or more than registers.
    func value<Key: RawRepresentable>(_ key: Key) -> [UInt8]? where Key.RawValue == UInt32 {
        guard let value = nested(key).octets(NFTA_DATA_VALUE), (1...64).contains(value.count)
        else { return nil }
        return Array(value)
    }

    /// The port in the register that an attribute names.
    func port<Key: RawRepresentable>(_ key: Key) -> RulePort where Key.RawValue == UInt32 {
        register(key).map { .at($0) } ?? .none
    }

    /// Where the register that an attribute names starts: NFT_REG_1 to NFT_REG_4 have 16 octets each, NFT_REG32_00 (8) and
    /// on 4 of the same.
    func register<Key: RawRepresentable>(_ key: Key) -> Int? where Key.RawValue == UInt32 {
        switch number(key) {
        case let number? where (1...4).contains(number): Int(number - 1) * 16
        case let number? where (8...23).contains(number): Int(number - 8) * 4
        default: nil
        }
    }
}
