internal import CNetfilter
internal import Glibc

/// The expressions that only rules about connections use; each case is one nf_tables expression.
/// Where nothing else is said, values are in register 1.
enum ConnectionExpression: Equatable {
    /// `meta nfproto`: 2 is IPv4, 10 is IPv6 (NFPROTO_…).
    case family
    /// `meta mark`, in the host's order.
    case mark
    /// `meta iiftype`, and sent `meta oiftype`: ARPHRD_… of the interface, 2 octets in the host's order.
    case interfaceType(sent: Bool)
    /// `meta mark set`
    case setMark
    /// A value into register 1.
    case load([UInt8])
    /// Octets of the IP header (`network`) or of what follows it, into a register of 4 octets:
    /// 0 is the start of register 1.
    case header(network: Bool, offset: UInt32, length: UInt32, register: UInt32 = 0)
    /// `& MASK`
    case masked([UInt8])
    case compare(Comparison, [UInt8])
    /// `counter`
    case counter
    case verdict(Verdict)
    /// `reject with tcp reset`, or with an ICMP code that both families share (NFT_REJECT_ICMPX_…).
    case rejectTCP
    case reject(code: UInt8)
    /// `numgen random mod N`, in network order after `networkOrder`.
    case random(modulus: UInt32)
    /// `jhash` of so many octets from register 1 on, modulo N, back into register 1.
    case hash(length: UInt32, modulus: UInt32, seed: UInt32)
    /// Turns a number of 4 octets from the host's order to the network's: it can be compared then.
    case networkOrder
    /// `ct state`, in the host's order.
    case trackedState
    /// `socket cgroupv2 level N`: the id of the socket's control group, or of the one above it at that
    /// level, as 8 octets in the host's order. Only at the hooks of this host's own packets.
    case socketCgroup(level: UInt32)
    /// `socket mark`, in the host's order: of the socket that a packet is for.
    case socketMark
    /// `meta skuid`, in the host's order: whose socket sends the packet.
    case user

    enum Comparison: Equatable { case equal, notEqual, less, atLeast, atMost }
    enum Verdict: Equatable {
        case accept, drop, `return`
        case jump(String)
        case goto(String)
    }

    /// The expression in libnftnl's form; nil if memory runs out.
    func allocate() -> OpaquePointer? {
        let one = UInt32(NFT_REG_1.rawValue)
        switch self {
        case .family: return unsafe Self.meta(NFT_META_NFPROTO)
        case .mark: return unsafe Self.meta(NFT_META_MARK)
        case .interfaceType(let sent):
            return unsafe Self.meta(sent ? NFT_META_OIFTYPE : NFT_META_IFTYPE)
        case .setMark:
            let expression = unsafe nftnl_expr_alloc("meta")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_META_KEY), UInt32(NFT_META_MARK.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_META_SREG), one)
            return unsafe expression
        case .load(let octets):
            let expression = unsafe nftnl_expr_alloc("immediate")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_IMM_DREG), one)
            unsafe nftnl_expr_set(
                expression, UInt16(NFTNL_EXPR_IMM_DATA), octets, UInt32(octets.count))
            return unsafe expression
        case .header(let network, let offset, let length, let register):
            let expression = unsafe nftnl_expr_alloc("payload")
            let base = network ? NFT_PAYLOAD_NETWORK_HEADER : NFT_PAYLOAD_TRANSPORT_HEADER
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_PAYLOAD_BASE), UInt32(base.rawValue))
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_PAYLOAD_DREG),
                register == 0 ? one : UInt32(NFT_REG32_00.rawValue) + register)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_PAYLOAD_OFFSET), offset)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_PAYLOAD_LEN), length)
            return unsafe expression
        case .masked(let mask):
            let expression = unsafe nftnl_expr_alloc("bitwise")
            let (count, zero) = (UInt32(mask.count), [UInt8](repeating: 0, count: mask.count))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BITWISE_SREG), one)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BITWISE_DREG), one)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BITWISE_LEN), count)
            unsafe nftnl_expr_set(expression, UInt16(NFTNL_EXPR_BITWISE_MASK), mask, count)
            unsafe nftnl_expr_set(expression, UInt16(NFTNL_EXPR_BITWISE_XOR), zero, count)
            return unsafe expression
        case .compare(let comparison, let octets):
            let expression = unsafe nftnl_expr_alloc("cmp")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_CMP_SREG), one)
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_CMP_OP), comparison.operation)
            unsafe nftnl_expr_set(
                expression, UInt16(NFTNL_EXPR_CMP_DATA), octets, UInt32(octets.count))
            return unsafe expression
        case .counter:
            return unsafe nftnl_expr_alloc("counter")
        case .verdict(let verdict):
            return unsafe verdict.allocate()
        case .rejectTCP:
            return unsafe Self.reject(type: UInt32(NFT_REJECT_TCP_RST.rawValue), code: 0)
        case .reject(let code):
            return unsafe Self.reject(type: UInt32(NFT_REJECT_ICMPX_UNREACH.rawValue), code: code)
        case .random(let modulus):
            let expression = unsafe nftnl_expr_alloc("numgen")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_NG_DREG), one)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_NG_MODULUS), modulus)
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_NG_TYPE), UInt32(NFT_NG_RANDOM.rawValue))
            return unsafe expression
        case .hash(let length, let modulus, let seed):
            let expression = unsafe nftnl_expr_alloc("hash")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_HASH_TYPE), UInt32(NFT_HASH_JENKINS.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_HASH_SREG), one)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_HASH_DREG), one)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_HASH_LEN), length)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_HASH_MODULUS), modulus)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_HASH_SEED), seed)
            return unsafe expression
        case .networkOrder:
            let expression = unsafe nftnl_expr_alloc("byteorder")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BYTEORDER_SREG), one)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BYTEORDER_DREG), one)
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_BYTEORDER_OP), UInt32(NFT_BYTEORDER_HTON.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BYTEORDER_LEN), 4)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_BYTEORDER_SIZE), 4)
            return unsafe expression
        case .user: return unsafe Self.meta(NFT_META_SKUID)
        case .socketCgroup(let level):
            let expression = unsafe nftnl_expr_alloc("socket")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_SOCKET_KEY), UInt32(NFT_SOCKET_CGROUPV2.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_SOCKET_LEVEL), level)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_SOCKET_DREG), one)
            return unsafe expression
        case .socketMark:
            let expression = unsafe nftnl_expr_alloc("socket")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_SOCKET_KEY), UInt32(NFT_SOCKET_MARK.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_SOCKET_DREG), one)
            return unsafe expression
        case .trackedState:
            let expression = unsafe nftnl_expr_alloc("ct")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_CT_KEY), UInt32(NFT_CT_STATE.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_CT_DREG), one)
            return unsafe expression
        }
    }

    private static func meta(_ key: nft_meta_keys) -> OpaquePointer? {
        let expression = unsafe nftnl_expr_alloc("meta")
        unsafe nftnl_expr_set_u32(
            expression, UInt16(NFTNL_EXPR_META_KEY), UInt32(key.rawValue))
        unsafe nftnl_expr_set_u32(
            expression, UInt16(NFTNL_EXPR_META_DREG), UInt32(NFT_REG_1.rawValue))
        return unsafe expression
    }

    private static func reject(type: UInt32, code: UInt8) -> OpaquePointer? {
        let expression = unsafe nftnl_expr_alloc("reject")
        unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_REJECT_TYPE), type)
        unsafe nftnl_expr_set_u8(expression, UInt16(NFTNL_EXPR_REJECT_CODE), code)
        return unsafe expression
    }
}

extension ConnectionExpression.Comparison {
    /// NFT_CMP_…
    fileprivate var operation: UInt32 {
        switch self {
        case .equal: UInt32(NFT_CMP_EQ.rawValue)
        case .notEqual: UInt32(NFT_CMP_NEQ.rawValue)
        case .less: UInt32(NFT_CMP_LT.rawValue)
        case .atLeast: UInt32(NFT_CMP_GTE.rawValue)
        case .atMost: UInt32(NFT_CMP_LTE.rawValue)
        }
    }
}

extension ConnectionExpression.Verdict {
    fileprivate func allocate() -> OpaquePointer? {
        let expression = unsafe nftnl_expr_alloc("immediate")
        unsafe nftnl_expr_set_u32(
            expression, UInt16(NFTNL_EXPR_IMM_DREG), UInt32(NFT_REG_VERDICT.rawValue))
        let (code, chain): (Int32, String?) =
            switch self {
            case .accept: (NF_ACCEPT, nil)
            case .drop: (NF_DROP, nil)
            case .return: (NFT_RETURN.rawValue, nil)
            case .jump(let chain): (NFT_JUMP.rawValue, chain)
            case .goto(let chain): (NFT_GOTO.rawValue, chain)
            }
        unsafe nftnl_expr_set_u32(
            expression, UInt16(NFTNL_EXPR_IMM_VERDICT), UInt32(bitPattern: code))
        if let chain { unsafe nftnl_expr_set_str(expression, UInt16(NFTNL_EXPR_IMM_CHAIN), chain) }
        return unsafe expression
    }
}
