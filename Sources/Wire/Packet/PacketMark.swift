/// Marks of packets (SO_MARK of socket(7)), which stay on this host.
public enum PacketMark {
    /// What Brownout sends itself, and what watches a fault without meeting it: "brow" in ASCII.
    public static let observer: UInt32 = 0x6272_6F77
}
