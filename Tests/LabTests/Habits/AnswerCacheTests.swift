import Testing
import Wire

@testable import Lab

struct AnswerCacheTests {
    private let start = ContinuousClock.now
    private let list: [IPAddress] = [.v4(1), .v4(2), .v4(3)]

    private func after(_ seconds: Double) -> Moment { start + .seconds(seconds) }

    /// TTL given, and for how many seconds the answer counts as fresh.
    @Test(arguments: [(0, 2.0), (1, 2), (3, 3), (5, 5), (60, 5), (172_800, 5)])
    func boundsTTLs(ttl: Int, kept: Double) {
        var cache = AnswerCache(.careful)
        cache.answered(list, ttl: .seconds(ttl), start)
        #expect(cache.use(after(kept - 0.001)) == .fresh(list))
        #expect(cache.use(after(kept)) == .stale(list))
    }

    @Test func carelesslyBelievesEveryTTL() {
        var cache = AnswerCache(.literal)
        cache.answered(list, ttl: .zero, start)
        #expect(cache.use(start) == .unknown)
        cache.answered(list, ttl: .seconds(172_800), start)
        #expect(cache.use(after(172_799)) == .fresh(list))
        // Not even a dead address makes it doubt.
        cache.answeredNothing(after(10))
        #expect(cache.use(after(11)) == .fresh(list))
    }

    @Test func anEmptyAnswerIsTransientForAWhile() {
        var cache = AnswerCache(.careful)
        cache.answered(list, ttl: .seconds(5), start)
        #expect(cache.use(after(5.5)) == .stale(list))
        cache.answeredNothing(after(5.6))
        #expect(cache.use(after(7.9)) == .stale(list))
        // Three seconds past the TTL it is the truth; that it is none is not asked for a second.
        #expect(cache.use(after(8)) == .unknown)
        cache.answeredNothing(after(8))
        #expect(cache.use(after(8.5)) == .none)
        #expect(cache.fallback(after(8.5)) == nil)
        #expect(cache.use(after(9)) == .unknown)
        cache.answered(list, ttl: .seconds(5), after(9))
        #expect(cache.use(after(9)) == .fresh(list))
    }

    @Test func aFailingResolverIsSurvived() {
        var cache = AnswerCache(.careful)
        cache.answered(list, ttl: .seconds(5), start)
        cache.answeredBadly()
        #expect(cache.use(after(60)) == .stale(list))
        #expect(cache.use(after(124.9)) == .stale(list))
        #expect(cache.use(after(125)) == .unknown)
        #expect(cache.fallback(after(125)) == nil)
    }

    @Test func whatNobodyAskedForLongIsAskedAnew() {
        var cache = AnswerCache(.careful)
        cache.answered(list, ttl: .seconds(5), start)
        #expect(cache.use(after(20)) == .unknown)
        // And is good enough if that fails.
        #expect(cache.fallback(after(20)) == list)
    }

    @Test func anAddressThatDoesNotServeGoesLast() {
        var cache = AnswerCache(.careful)
        cache.answered(list, ttl: .seconds(5), start)
        cache.failed(.v4(1), after(1))
        #expect(cache.use(after(1)) == .stale([.v4(2), .v4(3), .v4(1)]))
        cache.failed(.v4(9), after(1))
        #expect(cache.fallback(after(1)) == [.v4(2), .v4(3), .v4(1)])
    }
}
