internal import CNetfilter
internal import Glibc

extension NetlinkSocket {
    /// The longest wait for an acknowledgement. The kernel answers before `send` returns, so
    /// anything that comes near this is a fault.
    static let replyTimeout: Int32 = 2_000

    /// Errors that the kernel reported on the messages of one request.
    struct Reply {
        /// Sequence number and errno of each message that failed, in the order of arrival.
        var failures: [(sequence: UInt32, errno: Int32)] = []
        /// The last message was acknowledged.
        var acknowledged = false
    }

    /// Sends `bytes`, whose messages are numbered `first` to `last`, the last of them with
    /// NLM_F_ACK, and reads the kernel's answers up to its acknowledgement or, on failure, as far
    /// as there are any.
    func transact(_ bytes: UnsafeRawBufferPointer, first: UInt32, last: UInt32)
        throws(NetlinkError) -> Reply
    {
        let failure = unsafe send(bytes)
        guard failure == 0 else {
            throw NetlinkError(call: "sendto NETLINK_NETFILTER", errno: failure)
        }
        var reply = Reply()
        var overrun = false
        let size = 32_768
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        defer { unsafe buffer.deallocate() }
        while true {
            let count = unsafe receive(into: buffer)
            if count < 0 {
                switch Glibc.errno {
                case EINTR: continue
                case ENOBUFS:
                    // Some answers were lost; those that remain still count.
                    overrun = true
                    continue
                case EAGAIN:
                    if reply.acknowledged || !reply.failures.isEmpty { return reply }
                    if overrun {
                        throw NetlinkError(
                            call: "recv NETLINK_NETFILTER", errno: ENOBUFS, reason: .noReply)
                    }
                    guard waitReadable(milliseconds: Self.replyTimeout) else {
                        throw NetlinkError(
                            call: "recv NETLINK_NETFILTER", errno: ETIMEDOUT, reason: .noReply)
                    }
                    continue
                default: throw .last("recv NETLINK_NETFILTER")
                }
            }
            unsafe collect(
                UnsafeRawBufferPointer(rebasing: buffer[..<count]), first: first, last: last,
                into: &reply)
        }
    }

    /// Reads the NLMSG_ERROR messages in one datagram; anything else, and answers to older
    /// requests, is skipped.
    private func collect(
        _ bytes: UnsafeRawBufferPointer, first: UInt32, last: UInt32, into reply: inout Reply
    ) {
        var messages = unsafe MessageCursor(bytes)
        while let message = unsafe messages.next() {
            // Sequence numbers wrap: compare distances.
            let sequence = unsafe message.pointee.nlmsg_seq
            if unsafe message.pointee.nlmsg_type == UInt16(NLMSG_ERROR),
                sequence &- first <= last &- first,
                unsafe mnl_nlmsg_get_payload_len(message) >= MemoryLayout<Int32>.size,
                let payload = unsafe mnl_nlmsg_get_payload(message)
            {
                let code = unsafe payload.loadUnaligned(as: Int32.self)
                if code != 0 {
                    reply.failures.append((sequence, -code))
                } else if sequence == last {
                    reply.acknowledged = true
                }
            }
        }
    }
}
