extension DNS.Answer {
    /// Removes every record but the CNAMEs and DNAMEs of the answer section, and the SOA.
    ///
    /// Where the question asks for that very type they are no chain but the answer, and go too.
    public mutating func keepChainOnly() {
        let asked = question?.type
        entries.removeAll { entry in
            let type = entry.record.type
            let isLink = (type == .cname || type == .dname) && type != asked
            return entry.record.section != .answer || !isLink
        }
        soa = nil
    }

    /// Removes every record of every section, and the SOA. OPT is no entry and stays.
    ///
    /// With the chain gone, the last name is the question's.
    public mutating func clear() {
        entries.removeAll(keepingCapacity: true)
        soa = nil
        lastNameOffset = question?.nameOffset ?? DNS.Header.size
    }

    /// Removes signatures over the types for which `isCovered` holds: they no longer verify.
    public mutating func dropSignatures(
        covering isCovered: (DNS.RecordType) -> Bool = { $0.isAddress }
    ) {
        entries.removeAll { $0.covered.map(isCovered) ?? false }
    }

    /// Makes clients look up the addresses of SVCB and HTTPS targets by name: removes the hints,
    /// the signatures over those records, and the addresses in the additional section.
    public mutating func dropAddressHints() {
        dropSignatures { $0.isServiceBinding }
        entries.removeAll { $0.record.section == .additional && $0.record.type.isAddress }
        for index in entries.indices where entries[index].record.type.isServiceBinding {
            entries[index].data = .sourceWithoutHints
        }
    }
}

// MARK: - Addresses

extension DNS.Answer {
    /// The addresses of the answer section, in their order. Makes an array: not for the hot path.
    public var addresses: [IPAddress] {
        entries.compactMap { entry in
            if entry.isAnswerAddress, case .address(let address) = entry.data {
                address
            } else {
                nil
            }
        }
    }

    /// How many address records the answer section has.
    public var addressCount: Int {
        entries.count { $0.isAnswerAddress }
    }

    /// Keeps those address records of the answer section for which `isKept` holds.
    ///
    /// It is called once for each, in their order, with the number among them and the address.
    public mutating func keepAddresses(_ isKept: (Int, IPAddress) -> Bool) {
        var index = 0
        entries.removeAll { entry in
            guard entry.isAnswerAddress, case .address(let address) = entry.data else {
                return false
            }
            defer { index += 1 }
            return !isKept(index, address)
        }
    }

    /// Replaces the address records of the type asked for by those of `list` that have this type.
    ///
    /// New ones take the places and TTLs of old ones; more than there were stand after them, owned
    /// by the last name of the chain, with the first one's TTL, or `defaultTTL` if there was none.
    /// A question for ANY replaces both types, a question for other types none.
    public mutating func setAddresses(_ list: [IPAddress]) {
        guard let question else { return }
        if question.type == .a || question.type == .any { replace(.a, by: list) }
        if question.type == .aaaa || question.type == .any { replace(.aaaa, by: list) }
    }

    /// Seconds.
    public static let defaultTTL: UInt32 = 60

    private mutating func replace(_ type: DNS.RecordType, by list: [IPAddress]) {
        var rest = list.lazy.filter { $0.isV4 == (type == .a) }.makeIterator()
        var kept = 0
        var ttl: UInt32?
        var end: Int?
        for index in entries.indices where Self.isAnswer(entries[index], type) {
            ttl = ttl ?? entries[index].ttl
            guard let address = rest.next() else { break }
            entries[index].data = .address(address)
            kept += 1
            end = index + 1
        }
        var seen = 0
        entries.removeAll { entry in
            guard Self.isAnswer(entry, type) else { return false }
            seen += 1
            return seen > kept
        }
        var position = end ?? entries.count { $0.record.section == .answer }
        while let address = rest.next() {
            entries.insert(added(address, type, ttl ?? Self.defaultTTL), at: position)
            position += 1
        }
    }

    private static func isAnswer(_ entry: Entry, _ type: DNS.RecordType) -> Bool {
        entry.record.section == .answer && entry.record.type == type
            && entry.record.rrClass == DNS.internet
    }

    private func added(_ address: IPAddress, _ type: DNS.RecordType, _ ttl: UInt32) -> Entry {
        let record = DNS.Record(
            section: .answer, nameOffset: lastNameOffset, type: type, rrClass: DNS.internet,
            ttl: ttl, rdata: 0..<0)
        return Entry(record: record, ttl: ttl, data: .address(address), covered: nil)
    }
}
