extension DNS {
    /// The first twelve octets of a message (RFC 1035 section 4.1.1, RFC 4035 section 3.2).
    public struct Header: Equatable, Sendable {
        public var id: UInt16
        /// The sixteen flag bits as they are, the reserved one included.
        public var flags: UInt16
        public var questionCount: UInt16
        public var answerCount: UInt16
        public var authorityCount: UInt16
        public var additionalCount: UInt16

        /// A header with clear flags and no records.
        public init(id: UInt16) {
            self.id = id
            flags = 0
            questionCount = 0
            answerCount = 0
            authorityCount = 0
            additionalCount = 0
        }

        /// Octets of a header: six fields of 16 bits.
        public static let size = 12
    }
}

// MARK: - Flags

extension DNS.Header {
    /// QR
    public var isResponse: Bool {
        get { bit(0x8000) }
        set { set(0x8000, newValue) }
    }

    /// Four bits; 0 is a standard query.
    public var opcode: UInt8 {
        get { UInt8(flags >> 11 & 0xF) }
        set { flags = flags & ~0x7800 | UInt16(newValue & 0xF) << 11 }
    }

    /// AA
    public var authoritative: Bool {
        get { bit(0x0400) }
        set { set(0x0400, newValue) }
    }

    /// TC
    public var truncated: Bool {
        get { bit(0x0200) }
        set { set(0x0200, newValue) }
    }

    /// RD
    public var recursionDesired: Bool {
        get { bit(0x0100) }
        set { set(0x0100, newValue) }
    }

    /// RA
    public var recursionAvailable: Bool {
        get { bit(0x0080) }
        set { set(0x0080, newValue) }
    }

    /// AD
    public var authenticData: Bool {
        get { bit(0x0020) }
        set { set(0x0020, newValue) }
    }

    /// CD
    public var checkingDisabled: Bool {
        get { bit(0x0010) }
        set { set(0x0010, newValue) }
    }

    /// The four bits of the header alone; see `Message.responseCode`.
    public var rcode: UInt8 {
        get { UInt8(flags & 0xF) }
        set { flags = flags & ~0xF | UInt16(newValue & 0xF) }
    }

    private func bit(_ mask: UInt16) -> Bool { flags & mask != 0 }

    private mutating func set(_ mask: UInt16, _ value: Bool) {
        flags = value ? flags | mask : flags & ~mask
    }
}

// MARK: - Octets

extension DNS.Header {
    init(parsing bytes: Span<UInt8>) throws(WireError) {
        guard bytes.count >= Self.size else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        id = bytes.uint16(at: 0)
        flags = bytes.uint16(at: 2)
        questionCount = bytes.uint16(at: 4)
        answerCount = bytes.uint16(at: 6)
        authorityCount = bytes.uint16(at: 8)
        additionalCount = bytes.uint16(at: 10)
    }

    func write(to out: inout Writer) {
        out.append(id)
        out.append(flags)
        out.append(questionCount)
        out.append(answerCount)
        out.append(authorityCount)
        out.append(additionalCount)
    }
}
