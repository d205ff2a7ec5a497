internal import CNetfilter

/// Walks the netlink messages in one datagram. The corresponding C functions are `mnl_nlmsg_ok` and
/// `mnl_nlmsg_next`.
@safe struct MessageCursor {
    private var header: UnsafePointer<nlmsghdr>?
    private var remaining: Int32

    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe header = bytes.baseAddress?.assumingMemoryBound(to: nlmsghdr.self)
        remaining = Int32(truncatingIfNeeded: bytes.count)
    }

    /// There is no message at all: the datagram did not fit, or is cut.
    var isEmpty: Bool {
        unsafe !holdsWhole(header)
    }

    /// A whole message is left. libmnl compares lengths as signed numbers, so that one past 2 GiB
    /// would pass for negative.
    private func holdsWhole(_ header: UnsafePointer<nlmsghdr>?) -> Bool {
        guard let header = unsafe header, unsafe mnl_nlmsg_ok(header, remaining) else {
            return false
        }
        return unsafe header.pointee.nlmsg_len <= UInt32(clamping: remaining)
    }

    mutating func next() -> UnsafePointer<nlmsghdr>? {
        guard let message = unsafe header, unsafe holdsWhole(message) else { return nil }
        unsafe header = UnsafePointer(mnl_nlmsg_next(message, &remaining))
        return unsafe message
    }

    /// The message is an NFQNL_MSG_PACKET.
    static func isPacket(_ header: UnsafePointer<nlmsghdr>) -> Bool {
        unsafe header.pointee.nlmsg_type
            == UInt16(NFNL_SUBSYS_QUEUE) << 8 | UInt16(NFQNL_MSG_PACKET.rawValue)
    }
}

extension PacketInfo.Hook {
    /// From enum nf_inet_hooks of <linux/netfilter.h>.
    init(number: UInt8) {
        self =
            switch UInt32(number) {
            case UInt32(NF_INET_LOCAL_IN.rawValue): .input
            case UInt32(NF_INET_FORWARD.rawValue): .forward
            case UInt32(NF_INET_LOCAL_OUT.rawValue): .output
            default: .other(number)
            }
    }
}
