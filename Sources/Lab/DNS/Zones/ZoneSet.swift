public import Wire

/// Zones that answer together, as one resolver that knows nothing else.
public struct ZoneSet: Sendable {
    /// What names in none of the zones get.
    public enum Outside: Equatable, Sendable {
        /// REFUSED: stub resolvers try their next server.
        case refused
        /// NXDOMAIN, without SOA: there is nothing but the lab.
        case nxDomain
    }

    public let zones: [Zone]
    public let outside: Outside
    private let byApex: [DNS.Name: Zone]

    public init(_ zones: [Zone], outside: Outside = .refused) throws(ZoneError) {
        var byApex: [DNS.Name: Zone] = [:]
        for zone in zones {
            guard byApex.updateValue(zone, forKey: zone.apex) == nil else {
                throw ZoneError(record: "\(zone.apex) SOA", problem: .repeatedZone)
            }
        }
        self.zones = zones
        self.outside = outside
        self.byApex = byApex
    }

    /// The zone with the longest apex that `name` is at or below.
    public func zone(of name: DNS.Name) -> Zone? {
        var candidate: DNS.Name? = name
        while let apex = candidate {
            if let zone = byApex[apex] { return zone }
            candidate = apex.parent
        }
        return nil
    }
}

// MARK: - Resolving

extension ZoneSet {
    /// What the zones say of a question.
    public struct Resolution: Equatable, Sendable {
        public var responseCode: DNS.ResponseCode
        /// The CNAME chain in order, then the records at its end.
        public var answer: [ZoneRecord] = []
        /// One SOA if there is no such name, or nothing of the type.
        public var authority: [ZoneRecord] = []
    }

    /// A chain this long is a loop; resolvers give up earlier.
    static let maximumLinks = 16

    /// Follows CNAMEs through all zones.
    ///
    /// A chain that leaves the zones ends there, NOERROR; a loop is SERVFAIL with what was found. The code
    /// is that of the last name (RFC 6604).
    public func resolve(_ name: DNS.Name, _ type: DNS.RecordType) -> Resolution {
        var result = Resolution(responseCode: .noError)
        var owner = name
        for _ in 0..<Self.maximumLinks {
            guard let zone = zone(of: owner) else {
                if result.answer.isEmpty {
                    result.responseCode = outside == .refused ? .refused : .nxDomain
                }
                return result
            }
            switch zone.lookup(owner, type) {
            case .records(let records):
                result.answer += records
                return result
            case .alias(let link, let target):
                result.answer.append(link)
                owner = target
            case .noData:
                result.authority = [zone.negativeSOA]
                return result
            case .noName:
                result.responseCode = .nxDomain
                result.authority = [zone.negativeSOA]
                return result
            }
        }
        result.responseCode = .servFail
        return result
    }
}
