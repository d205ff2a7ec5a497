internal import CNetfilter
internal import Glibc

/// The expressions that our rules are made of; each case is one nf_tables expression.
enum Expression: Equatable {
    /// `meta l4proto` into register 1.
    case transportProtocol
    /// Two octets of the transport header into register 1: `udp sport` and `tcp sport` at offset 0.
    case transportField(offset: UInt32)
    /// Register 1 equals these octets.
    case equals([UInt8])
    /// Register 1 is in a set.
    case lookup(set: String)
    /// `goto CHAIN`.
    case goto(chain: String)
    /// Compat match `string` rev 1 over the packet from octet `from` on, ignoring case.
    case string(pattern: [UInt8], from: UInt16)
    /// Compat match `bpf` rev 1: a program by its descriptor.
    case program(NameFilter.ID)
    /// To a queue, with bypass.
    case queue(UInt16, QueueStatement)
    /// One that only rules about connections use.
    case connection(ConnectionExpression)

    /// The expression in libnftnl's form; nil if memory runs out or a pattern has no legal length.
    /// The corresponding C function is `nftnl_expr_alloc`.
    func allocate() -> OpaquePointer? {
        switch self {
        case .connection(let expression):
            return unsafe expression.allocate()
        case .transportProtocol:
            let expression = unsafe nftnl_expr_alloc("meta")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_META_KEY), UInt32(NFT_META_L4PROTO.rawValue))
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_META_DREG), UInt32(NFT_REG_1.rawValue))
            return unsafe expression
        case .transportField(let offset):
            let expression = unsafe nftnl_expr_alloc("payload")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_PAYLOAD_BASE),
                UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue))
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_PAYLOAD_DREG), UInt32(NFT_REG_1.rawValue))
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_PAYLOAD_OFFSET), offset)
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_PAYLOAD_LEN), 2)
            return unsafe expression
        case .equals(let octets):
            let expression = unsafe nftnl_expr_alloc("cmp")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_CMP_SREG), UInt32(NFT_REG_1.rawValue))
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_CMP_OP), UInt32(NFT_CMP_EQ.rawValue))
            unsafe nftnl_expr_set(
                expression, UInt16(NFTNL_EXPR_CMP_DATA), octets, UInt32(octets.count))
            return unsafe expression
        case .lookup(let set):
            let expression = unsafe nftnl_expr_alloc("lookup")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_LOOKUP_SREG), UInt32(NFT_REG_1.rawValue))
            unsafe nftnl_expr_set_str(expression, UInt16(NFTNL_EXPR_LOOKUP_SET), set)
            return unsafe expression
        case .goto(let chain):
            let expression = unsafe nftnl_expr_alloc("immediate")
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_IMM_DREG), UInt32(NFT_REG_VERDICT.rawValue))
            unsafe nftnl_expr_set_u32(
                expression, UInt16(NFTNL_EXPR_IMM_VERDICT), UInt32(bitPattern: NFT_GOTO.rawValue))
            unsafe nftnl_expr_set_str(expression, UInt16(NFTNL_EXPR_IMM_CHAIN), chain)
            return unsafe expression
        case .string(let pattern, let from):
            guard let length = UInt8(exactly: pattern.count) else { return nil }
            var size: UInt32 = 0
            guard
                let info = unsafe bn_string_info(
                    Self.stringAlgorithm, pattern, length, from, .max, &size)
            else { return nil }
            let expression = unsafe nftnl_expr_alloc("match")
            unsafe nftnl_expr_set_str(expression, UInt16(NFTNL_EXPR_MT_NAME), "string")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_MT_REV), 1)
            unsafe nftnl_expr_set(expression, UInt16(NFTNL_EXPR_MT_INFO), info, size)
            return unsafe expression
        case .program(let program):
            var size: UInt32 = 0
            guard let info = unsafe bn_bpf_info(program.descriptor, &size) else { return nil }
            let expression = unsafe nftnl_expr_alloc("match")
            unsafe nftnl_expr_set_str(expression, UInt16(NFTNL_EXPR_MT_NAME), "bpf")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_MT_REV), 1)
            unsafe nftnl_expr_set(expression, UInt16(NFTNL_EXPR_MT_INFO), info, size)
            return unsafe expression
        case .queue(let number, .native):
            let expression = unsafe nftnl_expr_alloc("queue")
            unsafe nftnl_expr_set_u16(expression, UInt16(NFTNL_EXPR_QUEUE_NUM), number)
            unsafe nftnl_expr_set_u16(expression, UInt16(NFTNL_EXPR_QUEUE_TOTAL), 1)
            unsafe nftnl_expr_set_u16(
                expression, UInt16(NFTNL_EXPR_QUEUE_FLAGS), UInt16(NFT_QUEUE_FLAG_BYPASS))
            return unsafe expression
        case .queue(let number, .compat):
            var size: UInt32 = 0
            guard let info = unsafe bn_nfqueue_info(number, &size) else { return nil }
            let expression = unsafe nftnl_expr_alloc("target")
            unsafe nftnl_expr_set_str(expression, UInt16(NFTNL_EXPR_TG_NAME), "NFQUEUE")
            unsafe nftnl_expr_set_u32(expression, UInt16(NFTNL_EXPR_TG_REV), 3)
            unsafe nftnl_expr_set(expression, UInt16(NFTNL_EXPR_TG_INFO), info, size)
            return unsafe expression
        }
    }

    /// Knuth-Morris-Pratt (lib/ts_kmp.c of the kernel). Boyer-Moore is a tenth faster on short
    /// answers but does not see what lies across two blocks of a packet's memory: reassembled
    /// fragments, pages of some drivers.
    static let stringAlgorithm = "kmp"
}
