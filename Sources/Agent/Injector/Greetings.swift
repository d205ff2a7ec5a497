import Wire

/// The first octets that clients send, collected until they say whom each client wants.
///
/// They all pass while they are read, for a client that sends single octets waits for each of them to
/// arrive. Known it is with the last octet of the name: a packet that is stopped then leaves the server
/// without a whole greeting, and nothing to answer.
struct Greetings: Sendable {
    /// What a packet makes known of its connection.
    struct News: Equatable {
        /// It opens a connection.
        var opens = false
        /// The ends of an earlier connection, which the kernel may still take for known.
        var reusesEnds = false
        /// Nil: nothing yet.
        var greeting: Greeting?
    }

    fileprivate struct Start: Sendable {
        /// The sequence number of the first octet.
        var first: UInt32
        var bytes: [UInt8] = []
        /// What came before its turn: how far behind the first octet it belongs, and what it is.
        var early: [(offset: Int, bytes: [UInt8])] = []

        var size: Int { early.reduce(bytes.count) { $0 + $1.bytes.count } }
    }

    private var starts = BoundedTable<StreamKey, Start>(limit: Self.limit)
    /// Octets in `starts`.
    private var size = 0
    /// Connections that are known.
    private var known = BoundedTable<StreamKey, Void>(limit: Self.knownLimit)

    /// Connections that have not said anything yet. Beyond it the oldest is taken to name nobody.
    static let limit = 16_384
    static let sizeLimit = 8 << 20
    static let knownLimit = 65_536
    /// Pieces of one connection that may come before their turn.
    static let earlyLimit = 64
    /// How long the kernel is to keep packets of a connection that is known from the queue, in
    /// nanoseconds. The next one is looked at once more: no set holds every connection of an hour.
    static let life: UInt64 = 60_000_000_000

    /// Reads a packet that a client sends; nil if it tells nothing.
    mutating func read(
        _ packet: Packet, _ tcp: TCPFields, _ bytes: Span<UInt8>
    ) -> News? {
        let key = StreamKey(packet)
        var start = starts.remove(key)
        size -= start?.size ?? 0
        if tcp.isRst || (tcp.isFin && packet.payload.isEmpty) { return nil }
        var news = News()
        // The octets behind a SYN have the number after its own (TCP Fast Open, RFC 7413).
        let sequence = tcp.isSyn ? tcp.sequence &+ 1 : tcp.sequence
        if tcp.isSyn {
            news.opens = true
            news.reusesEnds = known.remove(key) != nil
            start = Start(first: sequence)
        }
        // Without its beginning nobody can say; and an acknowledgement alone is of one that goes on.
        if !packet.payload.isEmpty || start == nil {
            start?.add(bytes.extracting(packet.payload), from: sequence)
            let greeting = start?.greeting ?? .namesNobody
            if greeting != .unfinished || size + (start?.size ?? 0) > Self.sizeLimit {
                news.greeting = greeting == .unfinished ? .namesNobody : greeting
                known.put((), for: key)
                return news
            }
        }
        if let start {
            size += start.size
            if let evicted = starts.put(start, for: key) { size -= evicted.value.size }
        }
        return news.opens ? news : nil
    }
}

extension Greetings.Start {
    var greeting: Greeting {
        early.count > Greetings.earlyLimit ? .namesNobody : Greeting(parsing: bytes.span)
    }

    mutating func add(_ new: Span<UInt8>, from sequence: UInt32) {
        let offset = sequenceDistance(from: first, to: sequence)
        guard offset <= bytes.count else {
            early.append((offset, new.copied))
            return
        }
        append(new.copied, at: offset)
        while let index = early.firstIndex(where: { $0.offset <= bytes.count }) {
            let piece = early.remove(at: index)
            append(piece.bytes, at: piece.offset)
        }
    }

    private mutating func append(_ new: [UInt8], at offset: Int) {
        // What is there already has been sent again.
        let skipped = bytes.count - offset
        if skipped < new.count { bytes += new[max(skipped, 0)...] }
    }
}
