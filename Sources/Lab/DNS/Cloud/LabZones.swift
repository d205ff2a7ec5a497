import Synchronization
import Wire

/// The lab's zones while it runs: services move, a load balancer's addresses leave and join, and
/// careless people write careless TTLs.
public final class LabZones: Sendable {
    private struct Contents {
        /// With every address that is registered.
        var registered: ZoneSet
        /// With those that are in service.
        var zones: ZoneSet
        var queries = RateMeter()
        var moved: Set<CloudState.Endpoint> = []
        var outOfService: Set<Int> = []
    }

    private let contents: Mutex<Contents>
    private let sane: Bool

    /// - Parameter saneTTLs: Without it the records of DynamoDB and STS say 0 s and those of the
    ///   load balancers 2 days.
    public init(saneTTLs: Bool = true) throws(ZoneError) {
        sane = saneTTLs
        let zones = try Self.zones(saneTTLs: saneTTLs, moved: [])
        contents = Mutex(Contents(registered: zones, zones: zones))
    }

    /// Answers a query, as `ZoneSet` does, and counts it.
    ///
    /// A load balancer's name has the addresses that are in service; whoever sends the option
    /// `wholeView` is told all that are registered, as the load balancer itself must be.
    public func answer(to query: [UInt8], over transport: ZoneSet.Transport) -> [UInt8]? {
        let isWhole = Self.wantsAll(query)
        let zones = contents.withLock { contents in
            contents.queries.record(.now)
            return isWhole ? contents.registered : contents.zones
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
        try contents.withLock { contents throws(ZoneError) in
            contents.moved = moved
            contents.registered = zones
            contents.zones = try zones.without(contents.outOfService, of: Balancer.name)
        }
    }

    /// Has the name of the load balancer of `orders` tell the addresses of these zones, and no others.
    func serve(_ inService: Set<Int>) throws(ZoneError) {
        let outOfService = Set(0..<Fleet.zones).subtracting(inService)
        try contents.withLock { contents throws(ZoneError) in
            guard contents.outOfService != outOfService else { return }
            contents.zones = try contents.registered.without(outOfService, of: Balancer.name)
            contents.outOfService = outOfService
        }
    }

    /// A code for local use (RFC 6891 section 9), where views by the client's address would want more
    /// addresses than one.
    static let wholeView = DNS.EDNS.Option(code: 65_001, value: [])

    private static func wantsAll(_ query: [UInt8]) -> Bool {
        guard let message = try? DNS.Message(parsing: query.span), let opt = message.opt
        else { return false }
        var options = DNS.OptionCursor(opt.rdata)
        while let option = options.next(in: query.span) {
            if option.code == wholeView.code { return true }
        }
        return false
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

extension ZoneSet {
    /// The same without the addresses that a name has in some availability zones. A name that loses
    /// its last one is still there, with nothing to say.
    fileprivate func without(
        _ places: Set<Int>, of name: String
    ) throws(ZoneError) -> ZoneSet {
        guard !places.isEmpty, let name = DNS.Name(name), let zone = zone(of: name)
        else { return self }
        let records = zone.records.filter { record in
            guard record.name == name, let place = record.address.flatMap({ CloudAddress($0) })
            else { return true }
            return !places.contains(place.zone)
        }
        let changed = try Zone(apex: zone.apex, records: records)
        return try ZoneSet(
            zones.map { $0.apex == changed.apex ? changed : $0 }, outside: outside)
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
