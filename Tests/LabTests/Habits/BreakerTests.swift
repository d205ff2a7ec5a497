import Testing

@testable import Lab

/// Failures, successes and the passing of time, told as a story of a breaker.
struct BreakerTests {
    private let start = ContinuousClock.now

    @Test func opensAfterThreeInARow() {
        let breaker = Subject()
        breaker.failed(start)
        breaker.failed(start)
        breaker.succeeded()
        breaker.failed(start)
        breaker.failed(start)
        #expect(breaker.state == .closed && breaker.allows(start))
        breaker.failed(start)
        #expect(breaker.state == .open && !breaker.allows(start) && breaker.opened == 1)
    }

    @Test func letsOneTrialThrough() {
        let breaker = open()
        #expect(!breaker.allows(start + .milliseconds(999)))
        let later = start + .seconds(1)
        #expect(breaker.allows(later))
        #expect(breaker.state == .halfOpen)
        // The second must wait for the outcome of the first.
        #expect(!breaker.allows(later))
        breaker.succeeded()
        #expect(breaker.state == .closed && breaker.allows(later) && breaker.failures == 0)
    }

    @Test func waitsLongerAfterEachTrialUpToACap() {
        let breaker = open()
        var now = start
        for seconds in [1, 2, 4, 4, 4] {
            #expect(!breaker.allows(now + .seconds(seconds) - .milliseconds(1)))
            now += .seconds(seconds)
            #expect(breaker.allows(now), "after \(seconds) s")
            breaker.failed(now)
            #expect(breaker.state == .open)
        }
        // An outage is one opening, however many trials it took.
        #expect(breaker.opened == 1)
    }

    @Test func startsAnewAfterRecovery() {
        let breaker = open()
        #expect(breaker.allows(start + .seconds(1)))
        breaker.failed(start + .seconds(1))
        #expect(breaker.allows(start + .seconds(3)))
        breaker.succeeded()
        for _ in 0..<3 { breaker.failed(start + .seconds(10)) }
        #expect(breaker.opened == 2)
        #expect(breaker.allows(start + .seconds(11)))
    }

    private func open() -> Subject {
        let breaker = Subject()
        for _ in 0..<3 { breaker.failed(start) }
        return breaker
    }

    /// A breaker by reference: what changes it may stand in an expectation.
    private final class Subject {
        private var breaker = Breaker()

        var state: Breaker.State { breaker.state }
        var failures: Int { breaker.failures }
        var opened: Int { breaker.opened }
        func allows(_ now: Moment) -> Bool { breaker.allows(now) }
        func failed(_ now: Moment) { breaker.failed(now) }
        func succeeded() { breaker.succeeded() }
    }
}
