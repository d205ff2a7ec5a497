import Testing

@testable import Lab

struct RateMeterTests {
    private let start = ContinuousClock.now

    @Test func findsAHerdAcrossATick() {
        var meter = RateMeter()
        // 30 in 200 ms, half of them before a full second and half after.
        for number in 0..<30 {
            meter.record(start + .milliseconds(900) + .milliseconds(200) / 30 * number)
        }
        #expect(meter.total == 30 && meter.peak == 30)
        let end = start + .milliseconds(1100)
        #expect(meter.rate(end) == 30 && meter.recentPeak(end) == 30)
    }

    @Test func anEvenRateHasNoPeak() {
        var meter = RateMeter()
        for number in 0..<100 { meter.record(start + .milliseconds(100) * number) }
        #expect(meter.total == 100)
        #expect(meter.peak == 10)
        #expect(meter.recentPeak(start + .seconds(10)) == 10)
    }

    @Test func thePeakStaysAndTheRecentOnePasses() {
        var meter = RateMeter()
        for _ in 0..<7 { meter.record(start) }
        #expect(meter.recentPeak(start + .seconds(9)) == 7)
        #expect(meter.recentPeak(start + .seconds(11)) == 0)
        #expect(meter.rate(start + .seconds(2)) == 0)
        #expect(meter.peak == 7)
        meter.reset()
        #expect(meter.peak == 0 && meter.total == 7)
    }

    /// Against the plain definition: the most events in any half-open second.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func agreesWithTheDefinition(seed: UInt64) {
        var state = seed
        func random(_ bound: UInt64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64((state >> 33) % bound)
        }
        var meter = RateMeter()
        var events: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<400 {
            now += random(60)
            events.append(now)
            meter.record(start + .milliseconds(now))
        }
        let slow = events.map { end in events.count { end - $0 < 1000 && $0 <= end } }
        #expect(meter.peak == slow.max(), "seed \(seed)")
        let recent = zip(events, slow).filter { now - $0.0 <= 10_000 }.map(\.1)
        #expect(meter.recentPeak(start + .milliseconds(now)) == recent.max(), "seed \(seed)")
    }
}
