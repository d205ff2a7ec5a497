import Wire

/// One direction of a DNS-over-TCP connection: the bytes that a server sends.
///
/// DNS messages are found by their two-octet length (RFC 7766 section 8) wherever segments end.
/// Sequence numbers never move: a decided message keeps its length.
struct TCPStream {
    enum State: Equatable {
        /// Message boundaries are known.
        case following
        /// They are not, or no longer: everything passes.
        case lost
        /// A message was dropped: from this sequence number on nothing may pass, as the client
        /// could not use it anyway.
        case silenced(from: UInt32)
    }

    /// A segment that waits for the rest of a message.
    struct Segment {
        var token: UInt64
        /// Its place in `pending`.
        var range: Range<Int>
        var packet: Packet
        /// The bytes before its payload: IP and TCP headers.
        var head: [UInt8]
    }

    /// A message that was rewritten or is held, kept so that a retransmission is rewritten in the
    /// same way, and does not come before its time.
    struct Decided {
        var sequence: UInt32
        var bytes: [UInt8]
        /// The original is held until then; what comes earlier is a duplicate of it.
        var notBefore: UInt64
    }

    var state: State
    /// Whether the start of the connection, or at least of a message, was seen.
    var isSynchronised: Bool
    /// The sequence number after the last byte seen in order.
    var next: UInt32
    /// Bytes from the first held segment on.
    var pending: [UInt8] = []
    /// How much of `pending` belongs to messages that are decided.
    var decided = 0
    /// Which parts of `pending` are not what the server sent.
    var rewritten: [Range<Int>] = []
    /// When the messages in `pending` may be whole for the client.
    var delayedUntil: UInt64 = 0
    /// Under which token they wait.
    var delayToken: UInt64 = 0
    var segments: [Segment] = []
    /// When the kernel lets held segments go, whatever happened.
    var deadline: UInt64 = 0
    var history: [Decided] = []
    var historySize = 0
    var lastSeen: UInt64

    /// A 64 KiB message, its length, and what follows in its last segment.
    static let pendingLimit = 2 * 65_537
    /// A message of one-octet segments up to the usual UDP limits is still put together.
    static let segmentLimit = 4096
    /// How long a segment may wait for the rest of its message. Below the smallest retransmission
    /// timeout of Linux (200 ms): what has not come by then waits for an acknowledgement, which a
    /// held segment does not give.
    static let patience: UInt64 = 150_000_000
    /// Octets of messages that are remembered: all that a server may have in flight of one
    /// segment (GSO makes them up to 64 KiB) and the one before it.
    static let historyLimit = pendingLimit

    /// Whether any of these bytes of `pending` were rewritten.
    func isRewritten(_ range: Range<Int>) -> Bool {
        rewritten.contains { $0.overlaps(range) }
    }

    /// The range of `pending` that holds the next complete message, after its length.
    ///
    /// Returns nil if it is not complete.
    var nextMessage: Range<Int>? {
        guard pending.count >= decided + 2 else { return nil }
        let length = Int(pending[decided]) << 8 | Int(pending[decided + 1])
        let start = decided + 2
        return pending.count - start >= length ? start..<start + length : nil
    }

    /// Whether `pending` looks like the start of an answer: for connections that are older than the
    /// fault, whose message boundaries nobody has seen. Other bytes do once in about 2^30 times.
    var mayStartMessage: Bool {
        guard pending.count >= 2 + 12 else { return false }
        let length = Int(pending[0]) << 8 | Int(pending[1])
        let isAnswer = pending[4] & 0xF8 == 0x80 && pending[5] & 0x40 == 0
        let hasOneQuestion = pending[6] == 0 && pending[7] == 1
        return length >= 12 + 5 && isAnswer && hasOneQuestion
    }

    /// Forgets what was waiting, and follows the connection no further.
    mutating func lose() {
        state = .lost
        forgetPending()
    }

    /// Goes on from here, once a message is seen to start.
    mutating func rejoin(at sequence: UInt32) {
        forgetPending()
        isSynchronised = false
        next = sequence
    }

    mutating func forgetPending() {
        // A connection keeps the room of ordinary messages only: there may be thousands of them.
        pending.removeAll(keepingCapacity: pending.capacity <= 4096)
        segments.removeAll(keepingCapacity: true)
        rewritten.removeAll(keepingCapacity: true)
        decided = 0
        delayedUntil = 0
    }

    mutating func forgetHistory() {
        history.removeAll()
        historySize = 0
    }

    /// Remembers the message in this range of `pending`, whose first octet is `base`.
    mutating func remember(_ range: Range<Int>, base: UInt32, notBefore: UInt64) {
        while historySize + range.count > Self.historyLimit, !history.isEmpty {
            historySize -= history.removeFirst().bytes.count
        }
        historySize += range.count
        history.append(
            Decided(
                sequence: base &+ UInt32(truncatingIfNeeded: range.lowerBound),
                bytes: Array(pending[range]), notBefore: notBefore))
    }
}

/// Sequence numbers compare modulo 2^32 (RFC 9293 section 3.4).
func sequenceDistance(from start: UInt32, to end: UInt32) -> Int {
    Int(Int32(bitPattern: end &- start))
}
