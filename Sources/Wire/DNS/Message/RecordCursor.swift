extension DNS {
    /// Steps over the records of a parsed message, from the first answer to the last additional.
    public struct RecordCursor: Equatable, Sendable {
        private var offset: Int
        private var header: Header

        init(header: Header, offset: Int) {
            self.header = header
            self.offset = offset
        }

        /// The next record; nil after the last, or if `bytes` are not those that were parsed.
        public mutating func next(in bytes: Span<UInt8>) -> Record? {
            guard let section = takeSection(),
                let fields = DNS.nameEnd(in: bytes, at: offset),
                let record = try? Record(
                    parsing: bytes, at: offset, fields: fields, section: section)
            else { return nil }
            offset = record.end
            return record
        }

        /// The next record, its owner checked.
        mutating func read(in bytes: Span<UInt8>) throws(WireError) -> Record? {
            guard let section = takeSection() else { return nil }
            let fields = try DNS.skipName(in: bytes, at: offset)
            let record = try Record(parsing: bytes, at: offset, fields: fields, section: section)
            offset = record.end
            return record
        }

        /// Counts one record down in the first section that has any left.
        private mutating func takeSection() -> Section? {
            if header.answerCount > 0 {
                header.answerCount -= 1
                return .answer
            }
            if header.authorityCount > 0 {
                header.authorityCount -= 1
                return .authority
            }
            if header.additionalCount > 0 {
                header.additionalCount -= 1
                return .additional
            }
            return nil
        }

        /// The offset of the next record.
        var position: Int { offset }
    }
}
