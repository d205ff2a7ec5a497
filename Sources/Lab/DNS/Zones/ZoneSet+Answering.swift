import Wire

extension ZoneSet {
    /// How a query came, which bounds the length of its answer.
    public enum Transport: Equatable, Sendable {
        /// The client's EDNS size counts, from 512 to 1232 octets; without EDNS it is 512.
        case udp
        case tcp
    }

    /// What fits every path unfragmented (DNS flag day 2020).
    public static let udpSize: UInt16 = 1232
    /// UDP without EDNS (RFC 1035 section 4.2.1).
    static let plainUDPSize: UInt16 = 512

    /// Answers one query: bytes in, bytes out; any bytes will do.
    ///
    /// Nil if silence is the only safe answer: to a response, and to less than a header. The question
    /// comes back octet for octet, case included. RA is set though nothing is asked elsewhere, so that
    /// stub resolvers are content; AA is set for names in the zones. DO is echoed, and nothing is signed.
    public func answer(to query: Span<UInt8>, over transport: Transport) -> [UInt8]? {
        guard query.count >= DNS.Header.size, query[2] & 0x80 == 0 else { return nil }
        guard let message = try? DNS.Message(parsing: query) else {
            return Self.formatError(to: query)
        }
        var response = DNS.Builder.response(to: message, in: query)
        response.header.recursionAvailable = true
        fill(&response, for: message)
        let limit = Self.limit(of: message, over: transport)
        return response.encoded(atMost: limit) ?? response.truncated.encoded(atMost: limit)
    }

    private func fill(_ response: inout DNS.Builder, for query: DNS.Message) {
        // The version is the third octet of an OPT record's TTL (RFC 6891 section 6.1.3).
        if let opt = query.opt, opt.ttl >> 16 & 0xFF > 0 {
            response.responseCode = .badVers
            return
        }
        guard query.header.opcode == 0 else {
            response.responseCode = .notImp
            return
        }
        // More than one question has no meaning (RFC 9619).
        guard let question = response.questions.first, query.header.questionCount == 1 else {
            response.responseCode = .formErr
            return
        }
        guard question.rrClass == DNS.internet, question.type != .axfr, question.type != .ixfr
        else {
            response.responseCode = .refused
            return
        }
        let found = resolve(question.name, question.type)
        response.responseCode = found.responseCode
        response.header.authoritative = zone(of: question.name) != nil
        response.answers = found.answer.map(DNS.Builder.Resource.init)
        response.authorities = found.authority.map(DNS.Builder.Resource.init)
    }

    private static func limit(of query: DNS.Message, over transport: Transport) -> Int {
        switch transport {
        case .tcp: DNS.maximumMessageSize
        // An OPT record's class is the client's size.
        case .udp: Int(min(max(query.opt?.rrClass ?? plainUDPSize, plainUDPSize), udpSize))
        }
    }

    /// FORMERR with nothing but a header: what follows it in the query cannot be trusted.
    private static func formatError(to query: Span<UInt8>) -> [UInt8]? {
        var header = DNS.Header(id: UInt16(query[0]) << 8 | UInt16(query[1]))
        header.isResponse = true
        header.opcode = query[2] >> 3 & 0xF
        header.recursionDesired = query[2] & 1 != 0
        header.recursionAvailable = true
        header.rcode = UInt8(DNS.ResponseCode.formErr.rawValue)
        return DNS.Builder(header: header).encoded()
    }
}

extension DNS.Builder.Resource {
    fileprivate init(_ record: ZoneRecord) {
        self.init(record.name, ttl: record.ttl, record.data)
    }
}
