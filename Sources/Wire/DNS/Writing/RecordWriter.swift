extension DNS {
    /// Writes records of one message, their names compressed anew.
    struct RecordWriter {
        private var names: NameCompressor
        private let compresses: Bool
        private var name = NameBuffer()

        /// `compresses` false keeps every name whole.
        init(names: NameCompressor, compresses: Bool = true) {
            self.names = names
            self.compresses = compresses
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
        try copyName(at: record.nameOffset, from: source, to: &out)
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

    /// Copies the name at `offset` of `source`; gives the offset after it there.
    @discardableResult
    private mutating func copyName(
        at offset: Int, from source: Span<UInt8>, compressing: Bool = true, to out: inout Writer
    ) throws(WireError) -> Int {
        let end = try name.load(from: source, at: offset, keepingCase: true)
        names.write(name, compressing: compressing, to: &out)
        return end
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
            position = try copyName(
                at: position, from: source, compressing: shape.compresses, to: &out)
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
        guard (try? name.load(from: wire.span, at: 0, keepingCase: true)) != nil else { return }
        names.write(name, compressing: compressing && compresses, to: &out)
    }

    /// Appends a negative answer's SOA; MNAME is longer than it need be by `stretch` octets.
    mutating func write(
        _ soa: DNS.NegativeSOA, lastName: Int, stretch: Int, from source: Span<UInt8>,
        to out: inout Writer
    ) throws(WireError) {
        switch soa.owner {
        case .parentOfLastName:
            try name.load(from: source, at: lastName, keepingCase: true)
            names.write(name, from: min(1, name.labelCount), to: &out)
        case .zone(let zone):
            write(zone, to: &out)
        }
        let start = Self.begin(.soa, DNS.internet, soa.ttl, to: &out)
        let server = DNS.NegativeSOA.server
        out.append(UInt8(truncatingIfNeeded: server.count + stretch))
        out.append(server)
        out.append(repeating: UInt8(ascii: "0"), count: stretch)
        for _ in 0..<2 { write(DNS.NegativeSOA.apex, to: &out) }
        out.append(DNS.NegativeSOA.serial)
        for timer in DNS.NegativeSOA.timers { out.append(timer) }
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
