internal import CNetfilter
internal import Glibc

/// Reads what the kernel has counted for faults on connections, over a socket of its own.
public struct ConnectionDump: ~Copyable, Sendable {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 1

    /// The kernel fills at most 32 KiB of it (netlink_dump).
    private static let bufferSize = 64 << 10
    private static let patience: Int32 = 1_000

    /// Opens the socket in the network namespace of the calling thread.
    public init() throws(NetlinkError) { socket = try NetlinkSocket() }

    /// The counts of one fault; zeros if it is gone.
    public mutating func counts(of number: Int) throws(NetlinkError) -> ConnectionCounts {
        let names = ConnectionMessages.Names(number)
        var counts = ConnectionCounts()
        counts.matched = try packets(in: names.match)
        counts.fired = try packets(in: names.act) + packets(in: names.back)
        return counts
    }

    /// What all counters of one chain say.
    private mutating func packets(in chain: String) throws(NetlinkError) -> UInt64 {
        sequence &+= 1
        try ask(chain)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.bufferSize, alignment: 8)
        defer { unsafe buffer.deallocate() }
        var packets: UInt64 = 0
        while true {
            guard socket.waitReadable(milliseconds: Self.patience) else {
                throw NetlinkError(call: "list chain \(chain)", errno: ETIMEDOUT, reason: .noReply)
            }
            let count = unsafe socket.receive(into: buffer)
            guard count >= 0 else {
                if Glibc.errno == EINTR || Glibc.errno == EAGAIN { continue }
                throw .last("list chain \(chain)")
            }
            let datagram = unsafe [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            for message in NetlinkMessages(datagram) where message.sequence == sequence {
                switch Int32(message.type) {
                case NLMSG_DONE, NLMSG_ERROR:
                    guard message.errorCode == 0 || message.errorCode == ENOENT else {
                        throw NetlinkError(
                            call: "list chain \(chain)", errno: message.errorCode)
                    }
                    return packets
                case let type where type >> 8 == NFNL_SUBSYS_NFTABLES:
                    guard let attributes = message.body?.attributes,
                        attributes.text(NFTA_RULE_CHAIN) == chain
                    else { continue }
                    packets &+= Self.packets(of: attributes)
                default: break
                }
            }
        }
    }

    private static func packets(of rule: NetlinkAttributes) -> UInt64 {
        var packets: UInt64 = 0
        for element in rule.nested(NFTA_RULE_EXPRESSIONS) {
            let expression = NetlinkAttributes(element.value)
            guard expression.text(NFTA_EXPR_NAME) == "counter" else { continue }
            packets &+= expression.nested(NFTA_EXPR_DATA).number(NFTA_COUNTER_PACKETS) ?? 0
        }
        return packets
    }

    private func ask(_ chain: String) throws(NetlinkError) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_024, alignment: 8)
        defer { unsafe room.deallocate() }
        guard let base = room.baseAddress,
            let header = unsafe nftnl_nlmsg_build_hdr(
                base.assumingMemoryBound(to: CChar.self), UInt16(NFT_MSG_GETRULE.rawValue),
                UInt16(NFPROTO_INET), UInt16(NLM_F_DUMP), sequence)
        else { return }
        unsafe mnl_attr_put_strz(header, UInt16(NFTA_RULE_TABLE.rawValue), OwnerTable.name)
        unsafe mnl_attr_put_strz(header, UInt16(NFTA_RULE_CHAIN.rawValue), chain)
        let failure = unsafe socket.send(
            UnsafeRawBufferPointer(start: base, count: Int(header.pointee.nlmsg_len)))
        guard failure == 0 else {
            throw NetlinkError(call: "list chain \(chain)", errno: failure)
        }
    }
}
