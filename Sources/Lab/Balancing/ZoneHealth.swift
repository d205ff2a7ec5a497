/// The health of one target, from checks in a row.
struct ZoneHealth: Equatable, Sendable {
    /// Failures in a row that make it unhealthy, and passes that make it healthy again.
    var unhealthyAfter: Int
    var healthyAfter: Int
    private(set) var isHealthy: Bool
    private var streak = 0

    /// - Parameter isHealthy: What it is before the first check.
    init(unhealthyAfter: Int, healthyAfter: Int, isHealthy: Bool = true) {
        self.unhealthyAfter = unhealthyAfter
        self.healthyAfter = healthyAfter
        self.isHealthy = isHealthy
    }

    mutating func checked(passed: Bool) {
        guard passed != isHealthy else {
            streak = 0
            return
        }
        streak += 1
        if streak >= (isHealthy ? unhealthyAfter : healthyAfter) {
            isHealthy.toggle()
            streak = 0
        }
    }
}
