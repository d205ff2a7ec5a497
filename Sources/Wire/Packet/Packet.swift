/// One UDP or TCP packet over IPv4 or IPv6, as an index of offsets into its bytes.
///
/// The bytes are not kept: whoever uses an offset passes the bytes that were parsed.
public struct Packet: Equatable, Sendable {
    public enum Transport: Equatable, Sendable {
        case udp, tcp

        /// The protocol number of IANA's registry.
        var number: UInt8 {
            switch self {
            case .udp: 17
            case .tcp: 6
            }
        }
    }

    public let source: IPAddress
    public let destination: IPAddress
    public let sourcePort: UInt16
    public let destinationPort: UInt16
    public let transport: Transport
    /// Offset of the UDP or TCP header: the IP header with its options or extension headers ends
    /// here.
    public let transportOffset: Int
    /// Offsets of what UDP or TCP carries.
    public let payload: Range<Int>
    /// Nil for UDP.
    public let tcp: TCPFields?

    var isV4: Bool { source.isV4 }
}

/// What a reader of a TCP stream needs of a segment's header (RFC 9293 section 3.1).
public struct TCPFields: Equatable, Sendable {
    public var sequence: UInt32
    public var acknowledgement: UInt32
    /// CWR ECE URG ACK PSH RST SYN FIN, from the highest bit to the lowest.
    public var flags: UInt8

    public init(sequence: UInt32, acknowledgement: UInt32, flags: UInt8) {
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
    }

    public static let fin: UInt8 = 0x01
    public static let syn: UInt8 = 0x02
    public static let rst: UInt8 = 0x04
    public static let psh: UInt8 = 0x08
    public static let ack: UInt8 = 0x10

    public var isFin: Bool { flags & Self.fin != 0 }
    public var isSyn: Bool { flags & Self.syn != 0 }
    public var isRst: Bool { flags & Self.rst != 0 }
    public var isAck: Bool { flags & Self.ack != 0 }
}
