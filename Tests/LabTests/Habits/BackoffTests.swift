import Testing

@testable import Lab

struct BackoffTests {
    @Test func doublesUpToItsCap() {
        var backoff = Backoff(base: .milliseconds(250), cap: .seconds(8))
        var bounds: [Duration] = []
        for _ in 0..<8 {
            bounds.append(backoff.bound)
            _ = backoff.next(0.5)
        }
        #expect(bounds == [250, 500, 1000, 2000, 4000, 8000, 8000, 8000].map { .milliseconds($0) })
        for _ in 0..<100 { _ = backoff.next(0) }
        #expect(backoff.bound == .seconds(8))
        backoff.succeeded()
        #expect(backoff.bound == .milliseconds(250))
    }

    @Test(arguments: [0, 0.25, 0.999])
    func isFullJitter(chance: Double) {
        var backoff = Backoff(base: .seconds(1), cap: .seconds(4))
        #expect(backoff.next(chance) == .seconds(1) * chance)
        #expect(backoff.next(chance) == .seconds(2) * chance)
    }

    /// A herd of 200 that was away for long: how many come back in the same second, with full
    /// jitter and with a timer that all share.
    @Test(arguments: [3, 5, 7] as [UInt64])
    func spreadsAHerd(seed: UInt64) {
        var state = seed
        func chance() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        let start = ContinuousClock.now
        let lifted = start + .seconds(60)
        var returns: [ContinuousClock.Instant] = []
        for _ in 0..<200 {
            var backoff = Backoff(base: .milliseconds(250), cap: .seconds(8))
            var now = start
            while now < lifted { now += backoff.next(chance()) }
            returns.append(now)
        }
        var meter = RateMeter()
        for moment in returns.sorted() { meter.record(moment) }
        #expect(meter.total == 200)
        // Uniform over 8 s, what is left of it 4 s on average: about 47 in the first second.
        #expect((25...80).contains(meter.peak), "\(meter.peak) with seed \(seed)")
    }
}
