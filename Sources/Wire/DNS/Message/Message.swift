extension DNS {
    /// A whole DNS message, as an index of offsets into its bytes. Allocates nothing.
    ///
    /// The bytes are not kept: whoever uses an offset passes the bytes that were parsed.
    public struct Message: Equatable, Sendable {
        public let header: Header
        /// The first question; nil if there is none. `header.questionCount` says how many there
        /// are.
        public let question: Question?
        /// Where the questions end and the records begin.
        public let questionsEnd: Int
        /// Octets of the message.
        public let length: Int
        /// The OPT record (RFC 6891), if the sender speaks EDNS.
        public let opt: Record?
        /// Whether a TSIG (RFC 8945) or SIG(0) (RFC 2931) record covers the message.
        public let isSigned: Bool
        /// Whether the server passes the question on to others: a response with NOERROR, AA and RA
        /// clear, no answer, and in the authority section NS but no SOA.
        public let isReferral: Bool
    }
}

extension DNS.Message {
    /// Parses a message, which must fill `bytes`: every record and every name in it is checked.
    ///
    /// Names may be compressed wherever the type's RDATA holds one; a pointer must target an octet
    /// before the current run of labels, and after the header.
    public init(parsing bytes: Span<UInt8>) throws(WireError) {
        header = try DNS.Header(parsing: bytes)
        length = bytes.count
        var offset = DNS.Header.size
        var first: DNS.Question?
        for _ in 0..<header.questionCount {
            let question = try DNS.Question(parsing: bytes, at: offset)
            offset = question.end
            if first == nil { first = question }
        }
        question = first
        questionsEnd = offset

        var opt: DNS.Record?
        var isSigned = false
        var delegates = false
        var hasSOA = false
        var cursor = DNS.RecordCursor(header: header, offset: offset)
        while let record = try cursor.read(in: bytes) {
            try DNS.RecordShape.check(record, in: bytes)
            switch record.type {
            case .opt:
                guard record.section == .additional, bytes[record.nameOffset] == 0 else {
                    throw WireError(offset: record.nameOffset, problem: .misplacedOPT)
                }
                guard opt == nil else {
                    throw WireError(offset: record.nameOffset, problem: .repeatedOPT)
                }
                opt = record
            case .tsig: isSigned = true
            case .sig where record.coveredType(in: bytes)?.rawValue == 0: isSigned = true
            case .ns where record.section == .authority: delegates = true
            case .soa where record.section == .authority: hasSOA = true
            default: break
            }
        }
        guard cursor.position == bytes.count else {
            throw WireError(offset: cursor.position, problem: .trailingBytes)
        }
        self.opt = opt
        self.isSigned = isSigned
        isReferral =
            header.isResponse && header.rcode == 0 && header.answerCount == 0 && delegates
            && !hasSOA && !header.authoritative && !header.recursionAvailable
    }

    /// A cursor before the first record.
    public var records: DNS.RecordCursor {
        DNS.RecordCursor(header: header, offset: questionsEnd)
    }

    /// The response code, with the upper bits of the OPT record if there is one.
    public var responseCode: DNS.ResponseCode {
        let upper = opt.map { UInt16($0.ttl >> 24) } ?? 0
        return DNS.ResponseCode(rawValue: upper << 4 | UInt16(header.rcode))
    }
}
