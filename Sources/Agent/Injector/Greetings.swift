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
        /// The client sends nothing behind it.
        var ends = false
        /// The ends of an earlier connection, which the kernel may still take for known.
        var reusesEnds = false
        /// Nil: nothing yet.
        var greeting: Greeting?
        /// Other connections that had to make room before they had said whom they want.
        var unread: [StreamKey] = []
        /// Another connection that had to make room, and which the kernel may still take for known.
        var unknown: StreamKey?

        /// Whether it is any.
        var isAny: Bool {
            opens || ends || greeting != nil || !unread.isEmpty || unknown != nil
        }
    }

    /// What is kept at most. Whatever has to make room is what was silent longest; its packets pass.
    struct Limits {
        /// Connections that have not said whom they want, and the octets that they have sent.
        var starts = 16_384
        var octets = 8 << 20
        /// Connections that the kernel may take for known.
        var known = 65_536
    }

    fileprivate struct Start: Sendable {
        /// The sequence number of the first octet.
        var first: UInt32
        var reader = GreetingReader()
        /// What came before its turn: how far behind the first octet it belongs, and what it is.
        var early: [(offset: Int, bytes: [UInt8])] = []

        var size: Int { early.reduce(reader.size) { $0 + $1.bytes.count } }
    }

    private var starts: BoundedTable<StreamKey, Start>
    /// Octets in `starts`.
    private var size = 0
    private let sizeLimit: Int
    /// Connections that are known, each since when.
    private var known: BoundedTable<StreamKey, UInt64>

    /// Pieces of one connection that may come before their turn.
    static let earlyLimit = 64
    /// How long the kernel is to keep packets of a connection that is known from the queue, in
    /// nanoseconds. The next one is looked at once more: no set holds every connection of an hour.
    static let life: UInt64 = 60_000_000_000
    /// How long the kernel is to know that a connection is meant, from the latest look at it on. A
    /// client's packet comes here before it can meet a set that has forgotten: what is idle longer than
    /// this does not escape, unless its server speaks first. One that nobody has used for so long is dead to
    /// the keepalives of TCP too (tcp(7): 7,200 s, and 9 probes that are 75 s apart).
    static let meantLife: UInt64 = 7_875_000_000_000
    /// The same from a client's FIN or RST on: longer than `life`, so that a later packet is looked at
    /// before it is forgotten, and known for longer again.
    static let endingLife: UInt64 = 2 * life

    init(_ limits: Limits = Limits()) {
        starts = BoundedTable(limit: limits.starts)
        sizeLimit = limits.octets
        known = BoundedTable(limit: limits.known)
    }

    /// Reads a packet that a client sends; nil if it tells nothing.
    mutating func read(
        _ packet: Packet, _ tcp: TCPFields, _ bytes: Span<UInt8>, at time: UInt64
    ) -> News? {
        let key = StreamKey(packet)
        var start = starts.remove(key)
        size -= start?.size ?? 0
        var news = News()
        news.ends = tcp.isRst || tcp.isFin
        if tcp.isRst || (tcp.isFin && packet.payload.isEmpty) { return news }
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
            if greeting != .unfinished {
                news.greeting = greeting
                note(key, at: time, &news)
                return news
            }
        }
        if let start { keep(start, key, &news) }
        return news.isAny ? news : nil
    }

    private mutating func keep(_ start: Start, _ key: StreamKey, _ news: inout News) {
        size += start.size
        var evicted = starts.put(start, for: key)
        if evicted == nil, size > sizeLimit { evicted = starts.removeOldest() }
        while let old = evicted {
            size -= old.value.size
            news.unread.append(old.key)
            evicted = size > sizeLimit ? starts.removeOldest() : nil
        }
    }

    private mutating func note(_ key: StreamKey, at time: UInt64, _ news: inout News) {
        guard let old = known.put(time, for: key) else { return }
        // Of one that has been known for longer the kernel has let go by itself.
        if time &- old.value < 2 * Self.life { news.unknown = old.key }
    }
}

extension Greetings.Start {
    var greeting: Greeting {
        early.count > Greetings.earlyLimit ? .namesNobody : reader.greeting
    }

    mutating func add(_ new: Span<UInt8>, from sequence: UInt32) {
        let offset = sequenceDistance(from: first, to: sequence)
        guard offset <= reader.count else {
            early.append((offset, new.copied))
            return
        }
        read(new, at: offset)
        while let index = early.firstIndex(where: { $0.offset <= reader.count }) {
            let piece = early.remove(at: index)
            read(piece.bytes.span, at: piece.offset)
        }
    }

    private mutating func read(_ new: Span<UInt8>, at offset: Int) {
        // What is there already has been sent again.
        let skipped = max(reader.count - offset, 0)
        if skipped < new.count { reader.read(new.extracting(skipped..<new.count)) }
    }
}
