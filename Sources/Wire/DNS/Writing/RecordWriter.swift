extension DNS {
    /// Writes records of one message, their names compressed anew.
    struct RecordWriter {
        private var names: NameCompressor
        private let compresses: Bool

        /// For a message that begins at `base` of the output; `compresses` false keeps names whole.
        init(base: Int, compresses: Bool = true) {
            names = NameCompressor(base: base)
            self.compresses = compresses
        }

        /// For a message whose question was copied: later names may point at it.
        ///
        /// `spare` octets are to be wasted by compressing less.
        init(base: Int, question: Question?, spare: Int, in out: Writer) throws(WireError) {
            self.init(base: base)
            names.spare = spare
            if let question { try names.learn(nameAt: question.nameOffset, in: out) }
        }
    }
}

// MARK: - Copying

extension DNS.RecordWriter {
    /// Appends an entry of an answer. Throws if `source` is not what was loaded.
    mutating func write(
        _ entry: DNS.Answer.Entry, from source: Span<UInt8>, to out: inout Writer
    ) throws(WireError) {
        let record = entry.record
        try names.write(nameAt: record.nameOffset, in: source, to: &out)
        let start = Self.begin(record.type, record.rrClass, entry.ttl, to: &out)
        switch entry.data {
        case .address(let address):
            out.append(address)
        case .source:
            try copyData(record, from: source, to: &out)
        case .sourceWithoutHints:
            try copyWithoutHints(record, from: source, to: &out)
        }
        Self.end(start, in: &out)
    }

    /// Copies the part of RDATA that its type's shape knows; gives the offset of the rest.
    private mutating func copyShape(
        _ record: DNS.Record, from source: Span<UInt8>, to out: inout Writer
    ) throws(WireError) -> Int {
        let shape = DNS.RecordShape(of: record.type)
        guard shape.names > 0, !record.rdata.isEmpty else { return record.rdata.lowerBound }
        var position = try shape.namesStart(record.rdata, in: source)
        out.append(source, record.rdata.lowerBound..<position)
        for _ in 0..<shape.names {
            position = try names.write(
                nameAt: position, in: source, compressing: shape.compresses, to: &out)
        }
        guard position <= record.end else {
            throw WireError(offset: position, problem: .recordData)
        }
        return position
    }

    private mutating func copyData(
        _ record: DNS.Record, from source: Span<UInt8>, to out: inout Writer
    ) throws(WireError) {
        let rest = try copyShape(record, from: source, to: &out)
        out.append(source, rest..<record.end)
    }

    /// Copies SVCB data without hints; `mandatory` may not name what is gone (RFC 9460 section 8).
    private mutating func copyWithoutHints(
        _ record: DNS.Record, from source: Span<UInt8>, to out: inout Writer
    ) throws(WireError) {
        let rest = try copyShape(record, from: source, to: &out)
        var parameters = DNS.OptionCursor(rest..<record.end)
        while let parameter = parameters.next(in: source) {
            switch parameter.code {
            case DNS.ServiceKey.ipv4hint, DNS.ServiceKey.ipv6hint: continue
            case DNS.ServiceKey.mandatory: Self.copyMandatory(parameter, from: source, to: &out)
            default: out.append(source, parameter.whole)
            }
        }
    }

    private static func copyMandatory(
        _ parameter: DNS.OptionCursor.Option, from source: Span<UInt8>, to out: inout Writer
    ) {
        let start = out.count
        out.append(parameter.code)
        out.append(UInt16(0))
        let keys = parameter.value
        for offset in stride(from: keys.lowerBound, to: keys.upperBound - 1, by: 2) {
            let key = source.uint16(at: offset)
            guard key != DNS.ServiceKey.ipv4hint, key != DNS.ServiceKey.ipv6hint else { continue }
            out.append(key)
        }
        let size = out.count - start - 4
        if size == 0, !out.overflowed { return out.truncate(to: start) }
        out.patch(UInt16(truncatingIfNeeded: size), at: start + 2)
    }
}

// MARK: - Making up

extension DNS.RecordWriter {
    mutating func write(_ owned: DNS.Name, compressing: Bool = true, to out: inout Writer) {
        let wire = owned.wire
        // An owned name's octets are right, so this cannot fail.
        _ = try? names.write(
            nameAt: 0, in: wire.span, isOwned: true, compressing: compressing && compresses,
            to: &out)
    }

    /// Appends a negative answer's SOA; MNAME is longer than it need be by `stretch` octets.
    mutating func write(
        _ soa: DNS.NegativeSOA, naming: DNS.NegativeSOA.Naming, lastName: Int, stretch: Int,
        from source: Span<UInt8>, to out: inout Writer
    ) throws(WireError) {
        switch soa.owner {
        case .parentOfLastName:
            try names.write(nameAt: lastName, in: source, skipping: 1, to: &out)
        case .zone(let zone):
            write(zone, to: &out)
        }
        let start = Self.begin(.soa, DNS.internet, soa.ttl, to: &out)
        switch naming {
        case .named:
            let server = DNS.NegativeSOA.server
            out.append(UInt8(truncatingIfNeeded: server.count + stretch))
            out.append(server)
            out.append(repeating: UInt8(ascii: "0"), count: stretch)
            names.writeTwice(DNS.NegativeSOA.apex, to: &out)
        case .root:
            // A label takes two octets or more, so a stretch of one stays as it is and does not fit.
            if stretch >= 2 {
                out.append(UInt8(truncatingIfNeeded: stretch - 1))
                out.append(repeating: UInt8(ascii: "0"), count: stretch - 1)
            }
            out.append(UInt8(0))
            out.append(UInt8(0))
        }
        out.append(DNS.NegativeSOA.numbers)
        out.append(soa.ttl)
        Self.end(start, in: &out)
    }

    /// Appends the fields after the owner; gives where RDATA begins.
    static func begin(
        _ type: DNS.RecordType, _ rrClass: UInt16, _ ttl: UInt32, to out: inout Writer
    ) -> Int {
        out.append(type.rawValue)
        out.append(rrClass)
        out.append(ttl)
        out.append(UInt16(0))
        return out.count
    }

    /// Sets RDLENGTH of the record whose RDATA began at `start`.
    static func end(_ start: Int, in out: inout Writer) {
        out.patch(UInt16(truncatingIfNeeded: out.count - start), at: start - 2)
    }
}
