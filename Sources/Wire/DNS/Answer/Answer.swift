extension DNS {
    /// An answer to be edited: loaded once, edited as a list of records, written once.
    ///
    /// The records stay in the source bytes; an entry refers to them by offset. Reused from packet
    /// to packet an answer keeps its capacity, so that loading and writing allocate nothing.
    public struct Answer: Sendable {
        /// The message that was loaded.
        public private(set) var source: Message?
        /// Codes above 15 can only be written where the answer has an OPT record.
        public var responseCode = ResponseCode.noError
        /// TC
        public var truncated = false
        /// AA
        public var authoritative = false
        /// AD: false after loading, for what is written anew is no longer what was authenticated.
        public var authenticData = false
        /// All records in their order, answer section first, except OPT.
        public var entries: [Entry] = []
        /// A synthesised SOA at the end of the authority section.
        public var soa: NegativeSOA?
        /// An extended error to be added; written only where the answer has an OPT record.
        public var ede: ExtendedError?
        /// Where in the source the last name of the chain is: the question's, or a CNAME's target.
        public internal(set) var lastNameOffset = Header.size

        public init() {}

        /// The first question of the loaded message.
        public var question: Question? { source?.question }

        /// One record of the answer.
        public struct Entry: Equatable, Sendable {
            /// Offsets are into the source; `nameOffset` is the owner. RDATA is empty if added.
            public var record: Record
            /// Seconds, as it will be written.
            public var ttl: UInt32
            public var data: EntryData
            /// The type that a signature (RRSIG, SIG) covers.
            public let covered: RecordType?

            /// A or AAAA in the answer section.
            public var isAnswerAddress: Bool {
                record.section == .answer && record.type.isAddress
            }
        }

        public enum EntryData: Equatable, Sendable {
            /// RDATA as in the source.
            case source
            /// RDATA of an A or AAAA record of the Internet class.
            case address(IPAddress)
            /// RDATA of SVCB or HTTPS as in the source, without `ipv4hint` and `ipv6hint`.
            case sourceWithoutHints
        }
    }
}

// MARK: - Loading

extension DNS.Answer {
    /// Replaces everything by `message`, which was parsed from `bytes`.
    public mutating func load(_ message: DNS.Message, from bytes: Span<UInt8>) {
        source = message
        responseCode = message.responseCode
        truncated = message.header.truncated
        authoritative = message.header.authoritative
        authenticData = false
        soa = nil
        ede = nil
        entries.removeAll(keepingCapacity: true)
        var records = message.records
        while let record = records.next(in: bytes) {
            guard record.type != .opt else { continue }
            entries.append(Self.entry(record, in: bytes))
        }
        lastNameOffset = message.question?.nameOffset ?? DNS.Header.size
        followChain(in: bytes)
    }

    private static func entry(_ record: DNS.Record, in bytes: Span<UInt8>) -> Entry {
        Entry(
            record: record, ttl: record.ttl,
            data: record.address(in: bytes).map { .address($0) } ?? .source,
            covered: record.coveredType(in: bytes))
    }

    /// Follows the CNAMEs from the question's name to the last name.
    ///
    /// Resolvers stop at fewer links; the limit keeps hostile messages from costing time.
    private mutating func followChain(in bytes: Span<UInt8>) {
        let isLink = { (entry: Entry) in
            entry.record.section == .answer && entry.record.type == .cname
                && !entry.record.rdata.isEmpty
        }
        guard let question, question.type != .cname, entries.contains(where: isLink) else { return }
        for _ in 0..<Self.maximumLinks {
            let name = lastNameOffset
            let link = entries.first { entry in
                isLink(entry) && DNS.areEqual(entry.record.nameOffset, name, in: bytes)
            }
            guard let link else { return }
            lastNameOffset = link.record.rdata.lowerBound
        }
    }

    private static let maximumLinks = 16
}
