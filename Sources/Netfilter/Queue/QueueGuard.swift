internal import CNetfilter
internal import Glibc

/// A small process beside this one that lets every packet go on which waits in its queues, when this
/// one stands still.
///
/// A packet in a queue waits for whoever reads the queue, and while a copy of it waits there, TCP does
/// not send it again (`skb_still_in_host_queue` of the kernel): a connection with a packet held by a
/// stopped program would hang until that goes on. Rules that match no longer do not help what
/// waits already.
///
/// The guard shares the sockets of the queues and nothing else: what holds the table is not with it. It
/// ends when this process does, however that ends. Where it cannot be started, or ends before, everything
/// else works without it: `state` says so.
///
/// What it lets go from a hold queue goes on with packet mark 0. The mark names the place in the table of
/// held packets there; what it was before is written in that table alone, which the guard cannot read.
public final class QueueGuard: Sendable {
    public enum State: Equatable, Sendable {
        case watching
        /// It has not said that it is ready.
        case starting
        case gone
    }

    private let beats: Descriptor
    let pid: pid_t

    /// How long it may take to be ready, in ms, before others are told that it is not.
    private static let patience: Int32 = 1_000

    /// Starts it; nobody serves the queues yet.
    public init(_ queues: borrowing PacketQueues) throws(NetlinkError) {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .last("socketpair") }
        beats = try Descriptor(pair[0], of: "socketpair")
        pid = Self.start(try Descriptor(pair[1], of: "socketpair"), queues)
        _ = look(within: Self.patience)
    }

    /// Returns its number, or -1. The guard's end of the socket is the guard's alone afterwards.
    private static func start(
        _ theirs: consuming Descriptor, _ queues: borrowing PacketQueues
    ) -> pid_t {
        let numbers = queues.numbers
        let judged = acceptance(
            of: [numbers.datagrams, numbers.streams, numbers.connections, numbers.greetings])
        let held = acceptance(of: Array(numbers.holds), mark: 0)
        return unsafe judged.withUnsafeBytes { judged in
            unsafe held.withUnsafeBytes { held in
                let releases = unsafe [
                    bn_release(
                        socket: queues.packetSocket.descriptor, bytes: judged.baseAddress,
                        size: judged.count),
                    bn_release(
                        socket: queues.holdSocket.descriptor, bytes: held.baseAddress,
                        size: held.count),
                ]
                return unsafe bn_guard(theirs.number, releases, UInt32(releases.count))
            }
        }
    }

    /// Whether it keeps watch now.
    public var state: State {
        let state = look(within: 0)
        // Nobody else waits for it.
        if state == .gone, pid > 0 { _ = waitpid(pid, nil, WNOHANG) }
        return state
    }

    /// Its octet stays where it is: that it is there, and the other end open, is all that counts.
    private func look(within milliseconds: Int32) -> State {
        var poller = pollfd(fd: beats.number, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&poller, 1, milliseconds) < 0 && Glibc.errno == EINTR {}
        if Int32(poller.revents) & (POLLHUP | POLLERR) != 0 { return .gone }
        return Int32(poller.revents) & POLLIN != 0 ? .watching : .starting
    }

    /// Says that this process is well and will say so again within this time; nil: that nothing waits
    /// for it, until it says so again.
    public func beat(within time: Duration?) {
        var milliseconds = time.map { UInt32(clamping: $0.kernelMilliseconds) } ?? 0
        // A guard that is gone is no reason to stop: what it is for may never happen.
        _ = unsafe send(
            beats.number, &milliseconds, MemoryLayout<UInt32>.size,
            Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    /// Messages that accept every packet of some queues. Each accepts those whose number is at most
    /// 2^31 before its own (`nfq_cmp_id` of the kernel); numbers begin anew at 2^32.
    private static func acceptance(of queues: [UInt16], mark: UInt32? = nil) -> [UInt8] {
        var messages = VerdictBuffer()
        for queue in queues {
            for last in [UInt32.max >> 1, .max, .max >> 1] {
                unsafe messages.add(
                    batch: true, sequence: sequence, queue: queue, packet: last,
                    verdict: UInt32(NF_ACCEPT), mark: mark)
            }
        }
        return messages.contents
    }

    /// What numbers its messages: the kernel's complaint that nothing waits comes to whoever reads the
    /// queue. "brow" in ASCII.
    private static let sequence: UInt32 = 0x6272_6F77

    /// Whether an error of netlink is about a message of the guard's.
    static func hasSent(whatFailed header: UnsafePointer<nlmsghdr>) -> Bool {
        guard unsafe header.pointee.nlmsg_type == UInt16(NLMSG_ERROR),
            unsafe header.pointee.nlmsg_len
                >= UInt32(MemoryLayout<nlmsghdr>.size + MemoryLayout<nlmsgerr>.size)
        else { return false }
        let error = unsafe UnsafeRawPointer(header) + MemoryLayout<nlmsghdr>.size
        return unsafe error.loadUnaligned(as: nlmsgerr.self).msg.nlmsg_seq == sequence
    }
}
