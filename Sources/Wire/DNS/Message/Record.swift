extension DNS {
    /// One resource record, as offsets into its message (RFC 1035 section 4.1.3).
    public struct Record: Equatable, Sendable {
        public var section: Section
        /// Where the owner's name begins; the record begins there too.
        public var nameOffset: Int
        public var type: RecordType
        public var rrClass: UInt16
        /// Seconds; OPT and TSIG put other things here.
        public var ttl: UInt32
        public var rdata: Range<Int>

        /// The offset after the record.
        public var end: Int { rdata.upperBound }

        /// Octets from TYPE to RDLENGTH: 2 + 2 + 4 + 2.
        static let fixedSize = 10
    }
}

extension DNS.Record {
    /// Parses what stands behind the owner, at `fields`; whether RDATA has the right shape is
    /// another question.
    init(
        parsing bytes: Span<UInt8>, at offset: Int, fields: Int, section: DNS.Section
    ) throws(WireError) {
        let start = fields + Self.fixedSize
        guard start <= bytes.count else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        let end = start + Int(bytes.uint16(at: fields + 8))
        guard end <= bytes.count else {
            throw WireError(offset: fields + 8, problem: .truncated)
        }
        self.section = section
        nameOffset = offset
        type = DNS.RecordType(rawValue: bytes.uint16(at: fields))
        rrClass = bytes.uint16(at: fields + 2)
        ttl = bytes.uint32(at: fields + 4)
        rdata = start..<end
    }

    /// The address of an A or AAAA record of the Internet class; else nil.
    public func address(in bytes: Span<UInt8>) -> IPAddress? {
        guard rrClass == DNS.internet, rdata.upperBound <= bytes.count else { return nil }
        switch (type, rdata.count) {
        case (.a, 4): return .v4(in: bytes, at: rdata.lowerBound)
        case (.aaaa, 16): return .v6(in: bytes, at: rdata.lowerBound)
        default: return nil
        }
    }

    /// The type that a signature (RRSIG, SIG) covers; nil for other types. 0 marks SIG(0).
    public func coveredType(in bytes: Span<UInt8>) -> DNS.RecordType? {
        guard type == .rrsig || type == .sig, rdata.count >= 2, end <= bytes.count else {
            return nil
        }
        return DNS.RecordType(rawValue: bytes.uint16(at: rdata.lowerBound))
    }
}
