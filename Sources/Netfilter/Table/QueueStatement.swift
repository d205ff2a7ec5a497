/// How a rule hands a packet to a queue.
public enum QueueStatement: String, Equatable, Sendable {
    /// The expression `queue` of nf_tables (CONFIG_NFT_QUEUE).
    case native
    /// The target `NFQUEUE` rev 3 of x_tables through the compat layer, where the kernel lacks
    /// the former (CONFIG_NFT_COMPAT and CONFIG_NETFILTER_XT_TARGET_NFQUEUE).
    case compat
}
