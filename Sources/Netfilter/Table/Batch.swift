internal import CNetfilter
internal import Glibc

/// One nf_tables transaction: messages between NFNL_MSG_BATCH_BEGIN and NFNL_MSG_BATCH_END, which
/// the kernel takes all or none of. The corresponding C functions are `mnl_nlmsg_batch_*`.
@safe struct Batch: ~Copyable {
    /// Longest batch in bytes. Derived: 100 prefilters of about 1 KiB each, and room to spare.
    static let capacity = 256 << 10
    /// Longest single message; libmnl wants that much room past the limit. A set element message of
    /// 64 ports is the longest of ours, below 4 KiB.
    static let messageCapacity = 64 << 10

    private let buffer: UnsafeMutableRawPointer
    private let batch: OpaquePointer
    private let first: UInt32
    private var next: UInt32
    /// What each message does, for errors; the first is the batch's begin.
    private var calls = ["begin batch"]
    private var overflowed = false

    init(sequence: UInt32) {
        unsafe buffer = UnsafeMutableRawPointer.allocate(
            byteCount: Self.capacity + Self.messageCapacity, alignment: 8)
        // libmnl leaves the padding of attributes as it finds it.
        unsafe buffer.initializeMemory(
            as: UInt8.self, repeating: 0, count: Self.capacity + Self.messageCapacity)
        unsafe batch = mnl_nlmsg_batch_start(buffer, Self.capacity)
        first = sequence
        next = sequence &+ 1
        unsafe nftnl_batch_begin(
            mnl_nlmsg_batch_current(batch).assumingMemoryBound(to: CChar.self), first)
        unsafe mnl_nlmsg_batch_next(batch)
    }

    deinit {
        unsafe mnl_nlmsg_batch_stop(batch)
        unsafe buffer.deallocate()
    }

    /// The number that the batch after this one may start with.
    var nextSequence: UInt32 { next &+ 1 }

    /// Adds a message `type` (NFT_MSG_…) of family inet whose attributes `attributes` writes; false
    /// from it (out of memory) spoils the batch.
    mutating func add(
        _ call: String, type: nf_tables_msg_types, flags: Int32 = 0,
        attributes: (UnsafeMutablePointer<nlmsghdr>) -> Bool
    ) {
        guard !overflowed else { return }
        calls.append(call)
        let header = unsafe nftnl_nlmsg_build_hdr(
            mnl_nlmsg_batch_current(batch).assumingMemoryBound(to: CChar.self),
            UInt16(type.rawValue),
            UInt16(NFPROTO_INET), UInt16(flags), next)
        next &+= 1
        guard let header = unsafe header else {
            overflowed = true
            return
        }
        overflowed = unsafe !attributes(header) || !mnl_nlmsg_batch_next(batch)
    }

    /// Ends the batch and sends it. Throws the first failure, with the message it belongs to; then
    /// nothing of the batch is in force.
    consuming func send(over socket: borrowing NetlinkSocket) throws(NetlinkError) {
        let bytes = try unsafe finish()
        let reply = try unsafe socket.transact(bytes, first: first, last: next)
        guard let failure = reply.failures.min(by: { $0.sequence &- first < $1.sequence &- first })
        else { return }
        let index = Int(failure.sequence &- first)
        let call = calls.indices.contains(index) ? calls[index] : "commit batch"
        // On the begin the kernel checks CAP_NET_ADMIN and nothing else.
        throw NetlinkError(call: call, errno: failure.errno)
    }

    /// The bytes of the finished batch, for tests.
    consuming func bytes() throws(NetlinkError) -> [UInt8] {
        try unsafe Array(finish())
    }

    private mutating func finish() throws(NetlinkError) -> UnsafeRawBufferPointer {
        guard !overflowed else { throw NetlinkError(call: "build batch", errno: EMSGSIZE) }
        let end = unsafe nftnl_batch_end(
            mnl_nlmsg_batch_current(batch).assumingMemoryBound(to: CChar.self), next)
        // One acknowledgement, of the last message, is enough: failures are reported in any case.
        unsafe end?.pointee.nlmsg_flags |= UInt16(NLM_F_ACK)
        unsafe mnl_nlmsg_batch_next(batch)
        return unsafe UnsafeRawBufferPointer(
            start: mnl_nlmsg_batch_head(batch), count: mnl_nlmsg_batch_size(batch))
    }
}
