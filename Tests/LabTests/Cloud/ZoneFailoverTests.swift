import Testing

@testable import Lab

struct ZoneFailoverTests {
    private let start = ContinuousClock.now

    @Test func healthHasThresholds() {
        var health = ZoneHealth(unhealthyAfter: 3, healthyAfter: 2)
        func check(_ results: [Bool]) -> [Bool] {
            results.map {
                health.checked(passed: $0)
                return health.isHealthy
            }
        }
        #expect(check([false, false, true]) == [true, true, true])
        #expect(check([false, false, false]) == [true, true, false])
        #expect(check([true, false, true, true]) == [false, false, false, true])
    }

    @Test func carelessHealthFollowsEveryCheck() {
        var health = ZoneHealth(unhealthyAfter: 1, healthyAfter: 1)
        health.checked(passed: false)
        #expect(!health.isHealthy)
        health.checked(passed: true)
        #expect(health.isHealthy)
    }

    @Test func takesOutOneZoneAndNoMore() {
        var failover = ZoneFailover(zones: 3, limits: .careful)
        failover.update(healthy: [0], zones: 3, start)
        #expect(failover.inService == [0, 2])
        #expect(failover.removals == 1 && failover.refusals == 1)
        failover.update(healthy: [], zones: 3, start + .seconds(300))
        #expect(failover.inService == [0, 2], "two are the least")
    }

    @Test func waitsBetweenRemovals() {
        var failover = ZoneFailover(
            zones: 3, limits: .init(leastInService: 1, between: .seconds(30)))
        failover.update(healthy: [], zones: 3, start)
        #expect(failover.inService.count == 2)
        failover.update(healthy: [], zones: 3, start + .seconds(29))
        #expect(failover.inService.count == 2)
        failover.update(healthy: [], zones: 3, start + .seconds(30))
        #expect(failover.inService.count == 1)
    }

    @Test func healthyZonesComeBackAtOnce() {
        var failover = ZoneFailover(zones: 3, limits: .careful)
        failover.update(healthy: [1, 2], zones: 3, start)
        #expect(failover.inService == [1, 2])
        failover.update(healthy: [0, 1, 2], zones: 3, start)
        #expect(failover.inService == [0, 1, 2])
    }

    @Test func carelesslyAllGo() {
        var failover = ZoneFailover(zones: 3, limits: .careless)
        failover.update(healthy: [], zones: 3, start)
        #expect(failover.inService.isEmpty && failover.removals == 3)
    }
}
