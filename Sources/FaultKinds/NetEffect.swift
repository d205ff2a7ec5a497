/// One change to connections: `blackhole`, `latency`, `reset` …
///
/// To add an effect: one file `Kinds/<Name>.swift` that holds a struct of this protocol, and one
/// line in ``EffectCatalogue``. As with a ``DNSEffect``, its stored properties are its keys and
/// flags, and its doc comment is what `brownout explain` prints.
///
/// An effect decides nothing about *whose* packets it meets: hosts, ports, direction, probability,
/// flapping and leases belong to the ``Fault`` around it.
public protocol NetEffect: FaultEffect {
    /// What becomes of a packet. All but `.hold` is done by the kernel alone.
    var action: NetAction { get }

    /// How long a packet waits; only asked where `action` is `.hold`.
    ///
    /// - Parameters:
    ///   - packet: What is known of it.
    ///   - random: Randomness that comes from the fault's seed and nothing else.
    mutating func hold(_ packet: NetPacket, random: inout SeededRandom) -> NetHold
}

extension NetEffect {
    public mutating func hold(_ packet: NetPacket, random: inout SeededRandom) -> NetHold {
        .delay(.zero)
    }
}

/// What an effect has the kernel do with the packets of a connection.
public enum NetAction: Equatable, Sendable {
    /// They are dropped.
    case drop
    /// TCP is answered with RST: from the SYN on, or only what follows the handshake. UDP, which has
    /// no reset, is answered with ICMP "port unreachable".
    case reset(afterHandshake: Bool)
    /// They are answered with ICMP "destination unreachable".
    case reject(NetRejection)
    /// This share of them is dropped, each on its own.
    case lose(fraction: Double)
    /// The handshake of TCP passes, and bare acknowledgements; nothing else does, either way.
    case silence
    /// They wait for ``NetEffect/hold(_:random:)`` to say how long; with `bothWays`, what comes back
    /// as well.
    case hold(bothWays: Bool)
}

extension NetAction {
    /// Whether it can act on the packet that opens a connection.
    var actsOnOpening: Bool {
        switch self {
        case .silence, .reset(afterHandshake: true), .hold(bothWays: true): false
        default: true
        }
    }
}

/// Codes of ICMP "destination unreachable" that IPv4 and IPv6 share.
public enum NetRejection: String, CaseIterable, Sendable {
    /// Clients see "connection refused".
    case port
    /// Clients see "no route to host".
    case host
    /// Clients see "network is unreachable".
    case route
    /// Clients see "no route to host" or "permission denied", as a firewall's rule has it.
    case prohibited
}

/// A packet that an effect may hold.
public struct NetPacket: Equatable, Sendable {
    /// Octets from the IP header on.
    public var length: Int
    /// It comes back from whom the fault is about.
    public var isReply: Bool
    /// Since the fault was armed.
    public var elapsed: Duration

    public init(length: Int, isReply: Bool, elapsed: Duration) {
        self.length = length
        self.isReply = isReply
        self.elapsed = elapsed
    }
}

/// What is to happen to a packet that may wait.
public enum NetHold: Equatable, Sendable {
    /// It goes on this much later.
    case delay(Duration)
    /// There is no room for it to wait in.
    case drop
}
