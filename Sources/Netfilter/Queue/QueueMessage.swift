internal import CNetfilter
internal import Glibc

/// One NFQNL_MSG_PACKET, as far as it is used.
@safe struct QueueMessage {
    /// The queue it came from.
    let queue: UInt16
    /// The kernel's number for the packet in that queue.
    let packet: UInt32
    let hook: UInt8
    let isIPv6: Bool
    let mark: UInt32
    let inputInterface: UInt32
    /// NFQA_SKB_… flags.
    let flags: UInt32
    /// When the packet entered the host, in ns of CLOCK_REALTIME; 0 if the kernel did not note it.
    let stamp: UInt64
    /// The bytes from the IP header on, if the message holds all of them; good as long as the
    /// receive buffer.
    private(set) var payload: UnsafeRawBufferPointer?
    /// What there is of a packet that the message does not hold all of, and its whole length. The
    /// kernel gives at most 65,531 octets of a train of segments, which may have a few more.
    private(set) var cut: (head: UnsafeRawBufferPointer, length: Int)?

    /// Parses a message; nil if it has no packet number. The corresponding C function is
    /// `nfq_nlmsg_parse`.
    init?(_ header: UnsafePointer<nlmsghdr>, scratch: borrowing AttributeTable) {
        guard
            unsafe mnl_nlmsg_get_payload_len(header) >= MemoryLayout<nfgenmsg>.size,
            let generic = unsafe mnl_nlmsg_get_payload(header),
            unsafe scratch.parse(header),
            let packetHeader = unsafe scratch.payload(NFQA_PACKET_HDR, atLeast: 7)
        else { return nil }
        queue = unsafe UInt16(
            bigEndian: generic.loadUnaligned(
                fromByteOffset: MemoryLayout<nfgenmsg>.offset(of: \.res_id) ?? 2, as: UInt16.self))
        // struct nfqnl_msg_packet_hdr: be32 id, be16 protocol, u8 hook, packed.
        packet = unsafe UInt32(bigEndian: packetHeader.loadUnaligned(as: UInt32.self))
        // ETH_P_IPV6.
        isIPv6 =
            unsafe UInt16(
                bigEndian: packetHeader.loadUnaligned(fromByteOffset: 4, as: UInt16.self)) == 0x86dd
        hook = unsafe packetHeader.loadUnaligned(fromByteOffset: 6, as: UInt8.self)
        mark = scratch.number(NFQA_MARK)
        inputInterface = scratch.number(NFQA_IFINDEX_INDEV)
        flags = scratch.number(NFQA_SKB_INFO)
        // struct nfqnl_msg_packet_timestamp: be64 sec, be64 usec.
        if let time = unsafe scratch.payload(NFQA_TIMESTAMP, atLeast: 16) {
            let seconds = unsafe UInt64(bigEndian: time.loadUnaligned(as: UInt64.self))
            let micros = unsafe UInt64(
                bigEndian: time.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            stamp = seconds &* 1_000_000_000 &+ micros &* 1_000
        } else {
            stamp = 0
        }
        let bytes = unsafe scratch.payload(NFQA_PAYLOAD, atLeast: 1)
        // NFQA_CAP_LEN is there only if the kernel cut the packet.
        let whole = Int(scratch.number(NFQA_CAP_LEN))
        unsafe payload = nil
        unsafe cut = nil
        if let bytes = unsafe bytes {
            if whole <= bytes.count {
                unsafe payload = bytes
            } else {
                unsafe cut = (bytes, whole)
            }
        }
    }
}

extension QueueMessage {
    /// A packet that was cut, in its whole length with zeros at the end: enough where it is only held
    /// or dropped. Nil where it was not cut, or is longer than an IP packet's length field says.
    var padded: [UInt8]? {
        guard let (head, length) = unsafe cut, length <= 0xffff + 40 else { return nil }
        var bytes = [UInt8](repeating: 0, count: length)
        unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyMemory(from: head) }
        return bytes
    }
}

/// The attributes of one message, by type: room that is used again for each message.
@safe struct AttributeTable: ~Copyable {
    private let table: UnsafeMutablePointer<UnsafeMutablePointer<nlattr>?>
    /// More than any kernel numbers: libnetfilter_queue fills in up to *its* NFQA_MAX.
    private static let count = 64

    init() {
        unsafe table = .allocate(capacity: Self.count)
        unsafe table.initialize(repeating: nil, count: Self.count)
    }

    deinit { unsafe table.deallocate() }

    func parse(_ header: UnsafePointer<nlmsghdr>) -> Bool {
        unsafe table.update(repeating: nil, count: Self.count)
        return unsafe nfq_nlmsg_parse(header, table) >= 0
    }

    func payload(_ type: nfqnl_attr_type, atLeast length: Int) -> UnsafeRawBufferPointer? {
        guard let attribute = unsafe table[Int(type.rawValue)] else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: mnl_attr_get_payload(attribute), count: Int(mnl_attr_get_payload_len(attribute)))
        return bytes.count >= length ? unsafe bytes : nil
    }

    /// A 32-bit number in network order; 0 if it is not there.
    func number(_ type: nfqnl_attr_type) -> UInt32 {
        guard let bytes = unsafe payload(type, atLeast: 4) else { return 0 }
        return unsafe UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
    }
}
