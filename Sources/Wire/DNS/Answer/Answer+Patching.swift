extension DNS.Answer {
    /// Appends the source with TTLs, addresses and header changed where they stand.
    ///
    /// Only possible if the records are those of the source; else, or if the limit does not allow
    /// the source's length, it appends nothing and gives false. The extended error and the SOA have
    /// no place.
    func patch(into out: inout Writer, from bytes: Span<UInt8>, limit: Limit) -> Bool {
        guard let source, limit.allows(source.length), isSource(bytes) else {
            return false
        }
        let start = out.count
        out.append(bytes)
        patchValues(in: &out, at: start)
        // A hostile name may run through the very octets that change: it may be none any more.
        guard !out.overflowed, parses(out, from: start) else {
            out.truncate(to: start)
            return false
        }
        return true
    }

    private func parses(_ out: Writer, from start: Int) -> Bool {
        (try? DNS.Message(parsing: out.storage.span.extracting(start..<out.count))) != nil
    }

    private func patchValues(in out: inout Writer, at start: Int) {
        guard let source else { return }
        out.patch(header(of: source).flags, at: start + 2)
        if let opt = source.opt {
            out.patch(optTTL(of: opt), at: start + opt.ttlOffset)
        }
        for entry in entries {
            out.patch(entry.ttl, at: start + entry.record.ttlOffset)
            guard case .address(let address) = entry.data else { continue }
            patch(address, at: start + entry.record.rdata.lowerBound, in: &out)
        }
    }

    /// Whether the entries are the records of the source, one by one, in their places and sizes.
    private func isSource(_ bytes: Span<UInt8>) -> Bool {
        guard let source else { return false }
        var records = source.records
        var index = 0
        while let record = records.next(in: bytes) {
            guard record.type != .opt else { continue }
            guard index < entries.count, entries[index].record == record,
                entries[index].data != .sourceWithoutHints
            else { return false }
            index += 1
        }
        return index == entries.count
    }

    private func patch(_ address: IPAddress, at offset: Int, in out: inout Writer) {
        switch address {
        case .v4(let value): out.patch(value, at: offset)
        case .v6(let value):
            for word in 0..<4 {
                let shift = UInt128(96 - 32 * word)
                out.patch(UInt32(truncatingIfNeeded: value >> shift), at: offset + 4 * word)
            }
        }
    }
}

extension DNS.Answer.Limit {
    func allows(_ length: Int) -> Bool {
        switch self {
        case .atMost(let limit): length <= limit
        case .exactly(let limit): length == limit
        }
    }
}

extension DNS.Record {
    /// Where the TTL is: 4 octets, and 2 of RDLENGTH, stand between it and RDATA.
    var ttlOffset: Int { rdata.lowerBound - 6 }
}
