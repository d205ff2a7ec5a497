import Wire

/// The server's direction of a TCP connection.
struct StreamKey: Hashable {
    var source: IPAddress
    var destination: IPAddress
    var ports: UInt32

    init(_ packet: Packet) {
        source = packet.source
        destination = packet.destination
        ports = UInt32(packet.sourcePort) << 16 | UInt32(packet.destinationPort)
    }
}

/// The TCP connections that are being followed.
struct TCPStreams: Sendable {
    private var table: [StreamKey: TCPStream] = [:]

    /// Beyond this, idle connections are forgotten, then any that wait for nothing.
    static let limit = 4096
    static let idleLimit: UInt64 = 60_000_000_000

    /// Takes a connection out, to be put back after its packet.
    mutating func take(_ key: StreamKey) -> TCPStream? {
        table.removeValue(forKey: key)
    }

    mutating func put(_ stream: TCPStream, for key: StreamKey) {
        if table.count >= Self.limit { makeRoom(at: stream.lastSeen) }
        table[key] = stream
    }

    /// Forgets what waits and what was silenced: all held packets are let go by whoever calls.
    mutating func abandon() {
        table = table.filter { $0.value.segments.isEmpty && $0.value.state == .following }
    }

    private mutating func makeRoom(at time: UInt64) {
        table = table.filter { time &- min($0.value.lastSeen, time) < Self.idleLimit }
        if table.count >= Self.limit {
            table = table.filter { !$0.value.segments.isEmpty }
        }
    }
}
