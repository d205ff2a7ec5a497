import Synchronization
import Wire

/// The lab's zones while it runs: services move, and careless people write careless TTLs.
public final class LabZones: Sendable {
    private struct Contents {
        var zones: ZoneSet
        var queries = RateMeter()
        var moved: Set<CloudState.Endpoint> = []
    }

    private let contents: Mutex<Contents>
    private let sane: Bool

    /// - Parameter saneTTLs: Without it the records of DynamoDB and STS say 0 s and those of the
    ///   load balancers 2 days.
    public init(saneTTLs: Bool = true) throws(ZoneError) {
        sane = saneTTLs
        contents = Mutex(Contents(zones: try Self.zones(saneTTLs: saneTTLs, moved: [])))
    }

    /// Answers a query, as `ZoneSet` does, and counts it.
    public func answer(to query: [UInt8], over transport: ZoneSet.Transport) -> [UInt8]? {
        let zones = contents.withLock { contents in
            contents.queries.record(.now)
            return contents.zones
        }
        return zones.answer(to: query.span, over: transport)
    }

    var queries: RateMeter { contents.withLock { $0.queries } }

    func resetPeaks() { contents.withLock { $0.queries.reset() } }

    /// Gives the names of a service in a region new addresses, or the old ones again.
    func move(_ endpoint: CloudState.Endpoint) throws(ZoneError) {
        var moved = contents.withLock { $0.moved }
        if moved.remove(endpoint) == nil { moved.insert(endpoint) }
        let zones = try Self.zones(saneTTLs: sane, moved: moved)
        contents.withLock { contents in
            contents.moved = moved
            contents.zones = zones
        }
    }

    private static func zones(
        saneTTLs: Bool, moved: Set<CloudState.Endpoint>
    ) throws(ZoneError) -> ZoneSet {
        let plain = try ZoneSet.lab()
        var zones: [Zone] = []
        for zone in plain.zones {
            let records = zone.records.map { record in
                var record = record
                if let address = record.address, let place = CloudAddress(address) {
                    if moved.contains(place.endpoint) { record.data = .address(address.next) }
                    if !saneTTLs { record.ttl = carelessTTL(place.service) ?? record.ttl }
                }
                return record
            }
            zones.append(try Zone(apex: zone.apex, records: records))
        }
        return try ZoneSet(zones, outside: plain.outside)
    }

    private static func carelessTTL(_ service: String) -> UInt32? {
        switch service {
        // "Lower it before the migration", and never raised again.
        case "dynamodb", "sts": 0
        // "It never changes."
        case "orders-nlb", "shop": 172_800
        default: nil
        }
    }
}

extension ZoneRecord {
    fileprivate var address: IPAddress? {
        switch data {
        case .a(let value): .v4(value)
        case .aaaa(let value): .v6(value)
        default: nil
        }
    }
}

extension IPAddress {
    fileprivate var next: IPAddress {
        switch self {
        case .v4(let value): .v4(value &+ 1)
        case .v6(let value): .v6(value &+ 1)
        }
    }
}
