/// Which zones are in service: takes unhealthy ones out and healthy ones in, with restraint.
struct ZoneFailover: Equatable, Sendable {
    struct Limits: Equatable, Sendable {
        /// At least so many stay in service, healthy or not: with fewer there is nothing to gain.
        var leastInService: Int
        /// Time between two removals.
        var between: Duration

        static let careful = Limits(leastInService: 2, between: .seconds(30))
        static let careless = Limits(leastInService: 0, between: .zero)
    }

    let limits: Limits
    private(set) var inService: Set<Int>
    /// Removals since the start.
    private(set) var removals = 0
    /// Removals that the limits forbade.
    private(set) var refusals = 0
    private var lastRemoval: Moment?

    init(zones: Int, limits: Limits) {
        self.limits = limits
        inService = Set(0..<zones)
    }

    mutating func update(healthy: Set<Int>, zones: Int, _ now: Moment) {
        inService.formUnion(healthy)
        for zone in (0..<zones) where !healthy.contains(zone) && inService.contains(zone) {
            let tooSoon = lastRemoval.map { now - $0 < limits.between } ?? false
            guard inService.count > limits.leastInService, !tooSoon else {
                refusals += 1
                continue
            }
            inService.remove(zone)
            removals += 1
            lastRemoval = now
        }
    }
}
