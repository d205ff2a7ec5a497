/// The health of one target, from checks in a row.
struct ZoneHealth: Equatable, Sendable {
    /// Failures in a row that make it unhealthy, and passes that make it healthy again.
    var unhealthyAfter: Int
    var healthyAfter: Int
    private(set) var isHealthy = true
    private var streak = 0

    init(unhealthyAfter: Int, healthyAfter: Int) {
        self.unhealthyAfter = unhealthyAfter
        self.healthyAfter = healthyAfter
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
