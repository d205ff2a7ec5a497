internal import CNetfilter
internal import Glibc

/// Verdict messages gathered for one send.
@safe struct VerdictBuffer: ~Copyable {
    /// Most bytes of verdicts in one send; below the send buffer that any system grants (212,992).
    static let limit = 96 << 10
    /// Room for a message's headers and attributes besides the packet: 16 + 4 + 12 + 8 + 4, and
    /// padding.
    private static let overhead = 64
    /// Longest packet: an attribute's length field has 16 bits and counts its own header.
    static let longestPacket = 65_535 - 4

    private let bytes: UnsafeMutableRawPointer
    private(set) var count = 0

    init() { unsafe bytes = .allocate(byteCount: Self.limit, alignment: 8) }
    deinit { unsafe bytes.deallocate() }

    func hasRoom(forPacketOf length: Int) -> Bool {
        count + length + Self.overhead <= Self.limit
    }

    /// Adds a verdict on one packet (NFQNL_MSG_VERDICT) or on all up to one
    /// (NFQNL_MSG_VERDICT_BATCH). The corresponding C functions are `nfq_nlmsg_put` and
    /// `nfq_nlmsg_verdict_put*`. There must be room.
    mutating func add(
        batch: Bool = false, sequence: UInt32 = 0, queue: UInt16, packet: UInt32, verdict: UInt32,
        mark: UInt32? = nil,
        payload: UnsafeRawBufferPointer? = nil
    ) {
        let type = batch ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT
        let start = unsafe (bytes + count).assumingMemoryBound(to: CChar.self)
        guard let header = unsafe nfq_nlmsg_put(start, Int32(type.rawValue), UInt32(queue))
        else { return }
        unsafe header.pointee.nlmsg_seq = sequence
        unsafe nfq_nlmsg_verdict_put(header, Int32(bitPattern: packet), Int32(bitPattern: verdict))
        if let mark { unsafe nfq_nlmsg_verdict_put_mark(header, mark) }
        if let payload = unsafe payload {
            unsafe nfq_nlmsg_verdict_put_pkt(header, payload.baseAddress, UInt32(payload.count))
        }
        count += unsafe Int(header.pointee.nlmsg_len + 3) & ~3
    }

    /// What is there.
    var contents: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Sends what is there; false if the kernel took none of it.
    mutating func flush(over socket: borrowing NetlinkSocket) -> Bool {
        guard count > 0 else { return true }
        defer { count = 0 }
        // ENOBUFS and ENOMEM pass; the packets would wait for long if one verdict were lost.
        for _ in 0..<3 {
            switch unsafe socket.send(UnsafeRawBufferPointer(start: bytes, count: count)) {
            case 0: return true
            case ENOBUFS, ENOMEM, EAGAIN: continue
            default: return false
            }
        }
        return false
    }
}
