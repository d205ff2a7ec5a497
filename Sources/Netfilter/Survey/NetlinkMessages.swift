/// The netlink messages in one datagram: pure, and safe on any octets. What does not fit ends the list.
struct NetlinkMessages: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ datagram: [UInt8]) { rest = datagram[...] }

    mutating func next() -> Message? {
        // struct nlmsghdr: u32 length with these 16 octets, u16 type, u16 flags, u32 sequence, u32 port.
        guard rest.count >= 16 else { return nil }
        let start = rest.startIndex
        let length = Int(Self.number(rest, start))
        guard length >= 16, length <= rest.count else { return nil }
        let message = Message(
            type: NetlinkAttributes.hostWord(rest, start + 4),
            flags: NetlinkAttributes.hostWord(rest, start + 6),
            sequence: Self.number(rest, start + 8), payload: rest[(start + 16)..<(start + length)])
        rest = rest.dropFirst((length + 3) & ~3)
        return message
    }

    struct Message {
        var type: UInt16
        var flags: UInt16
        var sequence: UInt32
        var payload: ArraySlice<UInt8>

        /// NLM_F_DUMP_INTR: something was changed between two parts of the answer.
        var isInterrupted: Bool { flags & 0x10 != 0 }

        /// What NLMSG_ERROR and NLMSG_DONE start with; 0 is success.
        var errorCode: Int32 {
            payload.count >= 4
                ? -Int32(bitPattern: NetlinkMessages.number(payload, payload.startIndex)) : 0
        }

        /// struct nfgenmsg (4 octets, the family first), then attributes.
        var body: (family: UInt8, attributes: NetlinkAttributes)? {
            guard let family = payload.first, payload.count >= 4 else { return nil }
            return (family, NetlinkAttributes(payload.dropFirst(4)))
        }
    }

    /// 4 octets in the host's order.
    private static func number(_ octets: ArraySlice<UInt8>, _ at: Int) -> UInt32 {
        let (first, second) = (
            UInt32(NetlinkAttributes.hostWord(octets, at)),
            UInt32(NetlinkAttributes.hostWord(octets, at + 2))
        )
        #if _endian(little)
            return second << 16 | first
        #else
            return first << 16 | second
        #endif
    }
}
