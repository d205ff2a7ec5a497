extension DNS {
    /// Builds a message from owned values, for servers of a lab and for tests.
    public struct Builder: Sendable {
        /// Its counts are not used: they follow the lists.
        public var header: Header
        public var questions: [Query]
        public var answers: [Resource] = []
        public var authorities: [Resource] = []
        public var additionals: [Resource] = []
        /// Nil: no OPT record.
        public var edns: EDNS?
        /// Whether names are compressed where their types allow it.
        public var compresses = true

        public init(header: Header, questions: [Query] = []) {
            self.header = header
            self.questions = questions
        }

        /// One question.
        public struct Query: Equatable, Sendable {
            public var name: Name
            public var type: RecordType
            public var rrClass: UInt16

            public init(_ name: Name, _ type: RecordType, rrClass: UInt16 = DNS.internet) {
                self.name = name
                self.type = type
                self.rrClass = rrClass
            }
        }

        /// One record.
        public struct Resource: Equatable, Sendable {
            public var name: Name
            /// Seconds.
            public var ttl: UInt32
            public var rrClass: UInt16
            public var data: RecordData

            public init(
                _ name: Name, ttl: UInt32, _ data: RecordData, rrClass: UInt16 = DNS.internet
            ) {
                self.name = name
                self.ttl = ttl
                self.rrClass = rrClass
                self.data = data
            }
        }
    }
}

extension DNS.Builder {
    /// A recursive query.
    public static func query(
        _ name: DNS.Name, _ type: DNS.RecordType, id: UInt16, edns: DNS.EDNS? = nil
    ) -> DNS.Builder {
        var header = DNS.Header(id: id)
        header.recursionDesired = true
        var builder = DNS.Builder(header: header, questions: [Query(name, type)])
        builder.edns = edns
        return builder
    }

    /// A response without records to a query: ID, opcode, RD, CD and the first question are taken
    /// over.
    ///
    /// `bytes` are those that were parsed. The response speaks EDNS if the query does.
    public static func response(to query: DNS.Message, in bytes: Span<UInt8>) -> DNS.Builder {
        var header = DNS.Header(id: query.header.id)
        header.isResponse = true
        header.opcode = query.header.opcode
        header.recursionDesired = query.header.recursionDesired
        header.checkingDisabled = query.header.checkingDisabled
        var builder = DNS.Builder(header: header)
        if let question = query.question,
            let name = try? DNS.Name(from: bytes, at: question.nameOffset)
        {
            builder.questions = [Query(name, question.type, rrClass: question.rrClass)]
        }
        builder.edns = query.opt.map { DNS.EDNS(dnssecOK: $0.ttl & 0x8000 != 0) }
        return builder
    }

    /// The response code; bits above the lowest four are kept only if there is EDNS.
    public var responseCode: DNS.ResponseCode {
        get {
            DNS.ResponseCode(rawValue: UInt16(edns?.upperCode ?? 0) << 4 | UInt16(header.rcode))
        }
        set {
            header.rcode = UInt8(truncatingIfNeeded: newValue.rawValue & 0xF)
            edns?.upperCode = UInt8(truncatingIfNeeded: newValue.rawValue >> 4)
        }
    }

    /// Appends a record to a section.
    public mutating func add(
        _ name: DNS.Name, ttl: UInt32, _ data: DNS.RecordData, to section: DNS.Section = .answer
    ) {
        let resource = Resource(name, ttl: ttl, data)
        switch section {
        case .answer: answers.append(resource)
        case .authority: authorities.append(resource)
        case .additional: additionals.append(resource)
        }
    }

    /// The same message with TC set and without records: what UDP carries when all does not fit.
    public var truncated: DNS.Builder {
        var builder = self
        builder.header.truncated = true
        builder.answers = []
        builder.authorities = []
        builder.additionals = []
        return builder
    }
}
