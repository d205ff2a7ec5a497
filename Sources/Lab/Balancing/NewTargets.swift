import Wire

/// Instances that join the load balancer's targets while it runs, one in each zone, beside those
/// that are there from the start.
struct NewTargets: Equatable, Sendable {
    struct Status: Codable, Sendable {
        var registered: Int
        /// Those that get requests.
        var inService: Int
    }

    /// Targets that a zone has from the start.
    static let others = 2

    /// Whether a target gets requests only once its checks have passed.
    let waitsForHealth: Bool
    /// By zone; nil before it is registered.
    private var health = [ZoneHealth?](repeating: nil, count: Fleet.zones)
    /// Requests that came to each zone.
    private var turns = [Int](repeating: 0, count: Fleet.zones)

    init(waitsForHealth: Bool) { self.waitsForHealth = waitsForHealth }

    mutating func register() {
        for zone in health.indices where health[zone] == nil {
            health[zone] = ZoneHealth(unhealthyAfter: 3, healthyAfter: 2, isHealthy: false)
        }
    }

    var registered: [Endpoint] {
        health.indices.filter { health[$0] != nil }.map(Self.endpoint)
    }

    mutating func checked(_ target: Endpoint, passed: Bool) {
        guard let zone = health.indices.first(where: { Self.endpoint($0) == target }) else {
            return
        }
        health[zone]?.checked(passed: passed)
    }

    /// The new target whose turn it is among all of a zone, or nil for one of the others.
    mutating func next(in zone: Int) -> Endpoint? {
        guard health.indices.contains(zone), isInService(zone) else { return nil }
        turns[zone] = (turns[zone] + 1) % (Self.others + 1)
        return turns[zone] == 0 ? Self.endpoint(zone) : nil
    }

    var status: Status {
        Status(
            registered: health.count { $0 != nil },
            inService: health.indices.count { isInService($0) })
    }

    private func isInService(_ zone: Int) -> Bool {
        guard let health = health[zone] else { return false }
        return health.isHealthy || !waitsForHealth
    }

    /// Where the new instance of a zone is.
    static func endpoint(_ zone: Int) -> Endpoint {
        let home = CloudRegion.all[0]
        let address = IPAddress(home.v4(CloudService.instances)[zone])
        return Endpoint(address ?? .v4(0), port: LabEnvironment.newInstances)
    }
}
