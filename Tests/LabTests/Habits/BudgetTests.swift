import Testing

@testable import Lab

struct BudgetTests {
    @Test func retriesAreAShareOfSuccesses() {
        var budget = RetryBudget(most: 3, share: 0.5)
        func retries(_ count: Int) -> [Bool] { (0..<count).map { _ in budget.mayRetry() } }
        #expect(retries(4) == [true, true, true, false])
        budget.succeeded()
        #expect(retries(1) == [false])
        budget.succeeded()
        #expect(retries(2) == [true, false])
        for _ in 0..<100 { budget.succeeded() }
        #expect(budget.level == 3)
    }

    @Test func aBucketCarriesItsRate() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(rate: 7, burst: 7, now: start)
        var taken = 0
        // 20 requests a second, for ten seconds: the burst, and seven in each.
        for number in 0..<200 where bucket.take(start + .milliseconds(50) * number) { taken += 1 }
        #expect((76...77).contains(taken), "\(taken)")
        // Nothing is saved up by a fleet that is gone.
        bucket.set(rate: 0, start + .seconds(10))
        let isTaken = bucket.take(start + .seconds(60))
        #expect(!isTaken)
        bucket.set(rate: 14, start + .seconds(60))
        let isTakenAgain = bucket.take(start + .seconds(61))
        #expect(isTakenAgain)
    }
}
