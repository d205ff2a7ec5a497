public import Wire

/// The records of one zone: plain values, checked once, that can be asked without a socket.
///
/// What is below another zone's apex is for that zone to say; a zone has no delegations.
public struct Zone: Equatable, Sendable {
    public let apex: DNS.Name
    /// In the order given; the order of addresses in answers, too.
    public let records: [ZoneRecord]
    /// The SOA as negative answers carry it, with the time that caches may keep them as its TTL
    /// (RFC 2308 section 3).
    public let negativeSOA: ZoneRecord
    /// Records by owner. Names that only exist because something exists below them have none.
    private let nodes: [DNS.Name: [ZoneRecord]]

    public init(apex: DNS.Name, records: [ZoneRecord]) throws(ZoneError) {
        var nodes: [DNS.Name: [ZoneRecord]] = [apex: []]
        for record in records {
            try Self.check(record, apex: apex, beside: nodes[record.name] ?? [])
            nodes[record.name, default: []].append(record)
            var above = record.name.parent
            while let name = above, nodes[name] == nil {
                nodes[name] = []
                above = name.parent
            }
        }
        let soa = nodes[apex]?.first { $0.type == .soa }
        guard let soa, case .soa(let start) = soa.data else {
            throw ZoneError(record: "\(apex) SOA", problem: .missingSOA)
        }
        self.apex = apex
        self.records = records
        self.nodes = nodes
        negativeSOA = ZoneRecord(apex, ttl: min(soa.ttl, start.minimum), soa.data)
    }

    private static func check(
        _ record: ZoneRecord, apex: DNS.Name, beside others: [ZoneRecord]
    ) throws(ZoneError) {
        let problem: ZoneError.Problem? =
            if !record.name.isSubdomain(of: apex) {
                .outsideZone
            } else if messageOnly.contains(record.type) || record.type == .dname {
                .unsupportedType
            } else if record.type == .soa && record.name != apex {
                .outsideZone
            } else if record.type == .soa && others.contains(where: { $0.type == .soa }) {
                .repeatedSOA
            } else if others.contains(where: { $0.type == .cname || record.type == .cname }) {
                .aliasWithOtherData
            } else {
                nil
            }
        guard let problem else { return }
        throw ZoneError(record: "\(record.name) \(record.type)", problem: problem)
    }

    private static let messageOnly: Set<DNS.RecordType> = [.opt, .tsig, .axfr, .ixfr, .any]
}

// MARK: - Asking

extension Zone {
    /// What a zone says of a name and a type (RFC 1034 section 4.3.2).
    public enum Lookup: Equatable, Sendable {
        /// All of the type, or everything there for ANY.
        case records([ZoneRecord])
        /// A CNAME, whose target is to be asked next.
        case alias(ZoneRecord, target: DNS.Name)
        /// The name exists, with other types or with names below it.
        case noData
        case noName
    }

    /// Looks up a name at or below the apex.
    ///
    /// Records of a wildcard come out with `name` as their owner.
    public func lookup(_ name: DNS.Name, _ type: DNS.RecordType) -> Lookup {
        guard let found = node(name) else { return .noName }
        if type != .any, type != .cname, let link = found.first,
            case .cname(let target) = link.data
        {
            return .alias(link.owned(by: name), target: target)
        }
        let matching = found.filter { type == .any || $0.type == type }
        return matching.isEmpty ? .noData : .records(matching.map { $0.owned(by: name) })
    }

    /// The records at a name, or those of the wildcard that stands in for it; nil for no such name.
    ///
    /// Only the wildcard right below the closest name that exists counts (RFC 4592 section 3.3.1).
    private func node(_ name: DNS.Name) -> [ZoneRecord]? {
        if let exact = nodes[name] { return exact }
        var above = name.parent
        while let encloser = above {
            if nodes[encloser] != nil {
                return DNS.Name(wire: [1, UInt8(ascii: "*")] + encloser.wire).flatMap { nodes[$0] }
            }
            above = encloser.parent
        }
        return nil
    }
}
