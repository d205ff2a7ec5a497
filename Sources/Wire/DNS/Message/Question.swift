extension DNS {
    /// One question, as offsets into its message (RFC 1035 section 4.1.2).
    public struct Question: Equatable, Sendable {
        public let nameOffset: Int
        /// The offset after the question.
        public let end: Int
        public let type: RecordType
        public let rrClass: UInt16
    }
}

extension DNS.Question {
    init(parsing bytes: Span<UInt8>, at offset: Int) throws(WireError) {
        let fields = try DNS.skipName(in: bytes, at: offset)
        guard fields + 4 <= bytes.count else {
            throw WireError(offset: bytes.count, problem: .truncated)
        }
        nameOffset = offset
        end = fields + 4
        type = DNS.RecordType(rawValue: bytes.uint16(at: fields))
        rrClass = bytes.uint16(at: fields + 2)
    }
}
