import Wire

/// One direction of a TCP connection.
struct StreamKey: Hashable, Sendable {
    var source: IPAddress
    var destination: IPAddress
    var ports: UInt32

    init(_ packet: Packet) {
        source = packet.source
        destination = packet.destination
        ports = UInt32(packet.sourcePort) << 16 | UInt32(packet.destinationPort)
    }

    var sourcePort: UInt16 { UInt16(truncatingIfNeeded: ports >> 16) }
    var destinationPort: UInt16 { UInt16(truncatingIfNeeded: ports) }

    /// The other direction.
    var reversed: StreamKey {
        var key = self
        (key.source, key.destination) = (destination, source)
        key.ports = ports << 16 | ports >> 16
        return key
    }
}

/// The TCP connections that are being followed.
struct TCPStreams: Sendable {
    private var table: [StreamKey: TCPStream] = [:]
    /// Octets of history over all connections.
    private var historySize = 0

    /// Beyond this, idle connections are forgotten, then any that wait for nothing.
    static let limit = 4096
    static let idleLimit: UInt64 = 60_000_000_000
    /// Beyond this a connection is followed without memory of what was rewritten: a segment that is
    /// sent again is decided anew.
    static let historyLimit = 16 << 20

    /// Takes a connection out, to be put back after its packet.
    mutating func take(_ key: StreamKey) -> TCPStream? {
        let stream = table.removeValue(forKey: key)
        historySize -= stream?.historySize ?? 0
        return stream
    }

    mutating func put(_ stream: TCPStream, for key: StreamKey) {
        if table.count >= Self.limit {
            makeRoom(at: stream.lastSeen)
            // Still full: it is not followed, and passes.
            guard table.count < Self.limit || !stream.segments.isEmpty else { return }
        }
        var stream = stream
        if historySize + stream.historySize > Self.historyLimit { stream.forgetHistory() }
        historySize += stream.historySize
        table[key] = stream
    }

    /// After a fault was lifted: connections that its drops have silenced are followed anew.
    mutating func unsilence() {
        keep { $0.state == .following || $0.state == .lost }
    }

    /// Forgets everything: all held packets are let go by whoever calls.
    mutating func removeAll() {
        keep { _ in false }
    }

    private mutating func makeRoom(at time: UInt64) {
        keep { time &- min($0.lastSeen, time) < Self.idleLimit }
        // Those that wait are few: their segments are let go within `TCPStream.patience`.
        if table.count >= Self.limit { keep { !$0.segments.isEmpty && time < $0.deadline } }
    }

    private mutating func keep(_ isKept: (TCPStream) -> Bool) {
        table = table.filter { isKept($0.value) }
        historySize = table.values.reduce(0) { $0 + $1.historySize }
    }
}
