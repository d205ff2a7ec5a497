internal import CNetfilter
internal import Glibc

/// The packet queues of one agent, bound and not yet served: packets wait in them until a
/// `PacketLoop` takes over.
public struct PacketQueues: ~Copyable, Sendable {
    public let numbers: QueueNumbers

    let packetSocket: NetlinkSocket
    let holdSocket: NetlinkSocket

    /// Most packets waiting in one queue for this program. The kernel's limit is 32 bits; 65,536 of
    /// the shortest answers are about 50 MiB of its memory.
    private static let longest: UInt32 = 65_536
    private static let receiveBuffer: Int32 = 16 << 20
    private static let sendBuffer: Int32 = 1 << 20

    /// Binds the run of queues that starts at `first`, or one that is free, in the network
    /// namespace of the calling thread. Throws `.ownedByAnother` if a number asked for is taken,
    /// `.notPermitted` without CAP_NET_ADMIN.
    public init(first: UInt16? = nil) throws(NetlinkError) {
        if let first {
            guard let numbers = QueueNumbers(first: first) else {
                throw NetlinkError(call: "bind queue \(first)", errno: ERANGE)
            }
            self = try PacketQueues(binding: numbers)
            return
        }
        var candidate = QueueNumbers.firstTried
        while let numbers = QueueNumbers(first: candidate) {
            candidate &+= UInt16(QueueNumbers.count)
            if candidate < QueueNumbers.firstTried { break }
            guard !numbers.overlaps(QueueNumbers.inUse()) else { continue }
            do {
                self = try PacketQueues(binding: numbers)
                return
            } catch {
                // Somebody was faster.
                guard error.reason == .ownedByAnother else { throw error }
            }
        }
        throw NetlinkError(call: "bind queue", errno: EBUSY, reason: .ownedByAnother)
    }

    private init(binding numbers: QueueNumbers) throws(NetlinkError) {
        let packetSocket = try Self.socket()
        let holdSocket = try Self.socket()
        try Self.bind(numbers.datagrams, over: packetSocket, copying: true, trains: false)
        try Self.bind(numbers.streams, over: packetSocket, copying: true, trains: true)
        try Self.bind(numbers.connections, over: packetSocket, copying: true, trains: true)
        try Self.bind(numbers.greetings, over: packetSocket, copying: true, trains: true)
        for number in numbers.holds {
            // Trains too: the kernel would cut a held packet up, and every piece would bear the
            // mark of the whole.
            try Self.bind(number, over: holdSocket, copying: false, trains: true)
        }
        self.numbers = numbers
        self.packetSocket = packetSocket
        self.holdSocket = holdSocket
    }

    private static func socket() throws(NetlinkError) -> NetlinkSocket {
        let socket = try NetlinkSocket()
        // A message that does not fit is the kernel's affair (fail-open), not an error of the next
        // recv.
        socket.set(NETLINK_NO_ENOBUFS, level: SOL_NETLINK, to: 1)
        // A refused verdict comes back without the packet that it carried.
        socket.set(NETLINK_CAP_ACK, level: SOL_NETLINK, to: 1)
        socket.setReceiveBuffer(receiveBuffer)
        socket.setSendBuffer(sendBuffer)
        return socket
    }

    /// One NFQNL_MSG_CONFIG that binds and configures: between two, the kernel would drop what
    /// arrives.
    private static func bind(
        _ queue: UInt16, over socket: borrowing NetlinkSocket, copying: Bool, trains: Bool
    ) throws(NetlinkError) {
        let failure = try unsafe configure(queue, over: socket) { header in
            unsafe nfq_nlmsg_cfg_put_cmd(
                header, UInt16(AF_UNSPEC), UInt8(NFQNL_CFG_CMD_BIND.rawValue))
            unsafe nfq_nlmsg_cfg_put_params(
                header, UInt8((copying ? NFQNL_COPY_PACKET : NFQNL_COPY_META).rawValue),
                copying ? 0xffff : 0)
            unsafe nfq_nlmsg_cfg_put_qmaxlen(header, longest)
            let flags = UInt32(NFQA_CFG_F_FAIL_OPEN) | (trains ? UInt32(NFQA_CFG_F_GSO) : 0)
            unsafe mnl_attr_put_u32(header, UInt16(NFQA_CFG_FLAGS.rawValue), flags.bigEndian)
            unsafe mnl_attr_put_u32(header, UInt16(NFQA_CFG_MASK.rawValue), flags.bigEndian)
        }
        guard failure != 0 else { return }
        // EPERM is both "bound by another socket" and "no CAP_NET_ADMIN". A command that does
        // nothing tells them apart.
        let harmless = try unsafe configure(queue, over: socket) { header in
            unsafe nfq_nlmsg_cfg_put_cmd(
                header, UInt16(AF_UNSPEC), UInt8(NFQNL_CFG_CMD_PF_UNBIND.rawValue))
        }
        let taken = failure == EBUSY || (failure == EPERM && harmless == 0)
        throw NetlinkError(
            call: "bind queue \(queue)", errno: failure, reason: taken ? .ownedByAnother : nil)
    }

    /// Sends one NFQNL_MSG_CONFIG for a queue; returns the kernel's errno, or 0.
    private static func configure(
        _ queue: UInt16, over socket: borrowing NetlinkSocket,
        attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) throws(NetlinkError) -> Int32 {
        let room = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 8)
        defer { unsafe room.deallocate() }
        guard
            let header = unsafe nfq_nlmsg_put(
                room.assumingMemoryBound(to: CChar.self), Int32(NFQNL_MSG_CONFIG.rawValue),
                UInt32(queue))
        else { return ENOMEM }
        let sequence: UInt32 = 1
        unsafe header.pointee.nlmsg_flags |= UInt16(NLM_F_ACK)
        unsafe header.pointee.nlmsg_seq = sequence
        unsafe attributes(header)
        let reply = try unsafe socket.transact(
            UnsafeRawBufferPointer(start: room, count: Int(header.pointee.nlmsg_len)),
            first: sequence, last: sequence)
        return reply.failures.first?.errno ?? 0
    }
}
