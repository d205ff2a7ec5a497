/// Why bytes are not the packet or message they claim to be, and at which octet that showed.
public struct WireError: Error, Equatable, Sendable {
    /// Offset in the bytes that were parsed, in octets.
    public var offset: Int
    public var problem: Problem

    public init(offset: Int, problem: Problem) {
        self.offset = offset
        self.problem = problem
    }

    public enum Problem: Equatable, Sendable {
        /// The bytes end before the structure does.
        case truncated
        /// A length field contradicts the number of bytes, or another length field.
        case wrongLength
        /// Neither IPv4 nor IPv6.
        case ipVersion
        /// One fragment of an IP packet. On the input hook the kernel has reassembled them.
        case fragment
        /// An IPv6 routing header with segments left: the checksum covers an address not at hand.
        case routing
        /// Neither UDP nor TCP.
        case transportProtocol
        /// A label whose two top bits are 01 or 10 (RFC 1035 section 4.1.4).
        case labelType
        /// More than 255 octets (RFC 1035 section 2.3.4).
        case nameTooLong
        /// A pointer that does not target an octet before the current run of labels.
        case pointerNotBackward
        /// A pointer into the twelve octets of the header, which are no labels.
        case pointerIntoHeader
        /// More pointers than a name can have labels.
        case tooManyPointers
        /// RDATA that is not of the shape its type demands.
        case recordData
        /// An OPT record elsewhere than in the additional section, or under another name than the
        /// root.
        case misplacedOPT
        /// A second OPT record (RFC 6891 section 6.1.1).
        case repeatedOPT
        /// Octets after the last record.
        case trailingBytes
    }
}
