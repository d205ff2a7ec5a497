import Spec
import Synchronization
import Testing

@testable import ProbeKinds

/// Many probes at their own pace.
@Suite(.timeLimit(.minutes(2))) struct ProbePaceTests {
    typealias Fixed = ProbeScheduleTests.Fixed
    typealias Session = ProbeScheduleTests.Session

    static func probe(_ body: @escaping @Sendable () async -> Void) throws -> Fixed {
        Fixed(session: Session(body: body))
    }

    /// Whatever the intervals, and however late each wake-up: tick k of a probe is k intervals after
    /// its first, within one interval, exactly once.
    @Test func `any mix of intervals keeps its grid`() async throws {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: .min ... .max, using: &random)
        var dice = SplitMix(state: seed)
        let every = (0..<20).map { _ in
            Duration.milliseconds(Int.random(in: 10...3000, using: &dice))
        }
        let clock = ManualClock()
        let (stream, tell) = AsyncStream.makeStream(of: (name: String, began: Duration).self)
        let entries = every.enumerated().map { index, every in
            ProbeSchedule<ManualClock>.Entry(
                name: "\(index)", probe: Fixed(session: Session {}), every: every, timeout: every)
        }
        let run = Task {
            try await ProbeSchedule(entries, clock: clock).run { name, began, _ in
                tell.yield((name, began.offset))
            }
        }
        let end = Duration.seconds(60)
        var began: [[Duration]] = Array(repeating: [], count: every.count)
        var results = stream.makeAsyncIterator()
        let lateness = Duration.milliseconds(9)
        var next = every.indices.map { min(every[$0], .seconds(1)) * $0 / every.count }
        while await clock.sleeper().offset < end {
            await clock.step(late: .milliseconds(Int.random(in: 0...9, using: &dice)))
            // A wake-up serves all whose time has come.
            for index in next.indices where next[index] <= clock.now.offset {
                next[index] += every[index]
                guard let one = await results.next() else { break }
                began[Int(one.name) ?? 0].append(one.began)
            }
        }
        run.cancel()
        try await run.value
        for (index, every) in every.enumerated() {
            let first = min(every, .seconds(1)) * index / 20
            for (tick, instant) in began[index].enumerated() {
                let late = instant - (first + every * tick)
                #expect(late >= .zero && late <= lateness, "seed \(seed), every \(every)")
            }
            let ticks = Int((end - first) / every)
            #expect(abs(began[index].count - ticks) <= 1, "seed \(seed), every \(every)")
        }
    }

    /// 1,000 checks a second for ten seconds on the machine's own clock; a fifth of the probes takes
    /// most of its interval, and one hangs.
    @Test func `a hundred probes keep their pace for ten seconds`() async throws {
        for _ in 0..<6 {
            let (counts, middle, stood) = try await Self.round()
            // Where this process was not run for a tick's time, nothing can be said of the pace.
            if stood > .milliseconds(60) { continue }
            print("pace: off the grid by \(middle) at the median, stood still for \(stood)")
            for count in counts { #expect((99...101).contains(count)) }
            #expect(middle < .milliseconds(5))
            return
        }
        Issue.record("this machine never ran the test for ten seconds without a pause")
    }

    /// The results of each probe, how far they began from the grid, and for how long at most a loop
    /// beside the schedule was not run.
    static func round() async throws -> (counts: [Int], middle: Duration, stood: Duration) {
        let clock = ContinuousClock()
        let every = Duration.milliseconds(100)
        let entries = (0..<100).map { index in
            let session = Session {
                if index == 50 { try? await Task.sleep(for: .seconds(3600)) }
                if index.isMultiple(of: 5) { try? await Task.sleep(for: .milliseconds(60)) }
            }
            return ProbeSchedule<ContinuousClock>.Entry(
                name: "\(index)", probe: Fixed(session: session), every: every, timeout: every)
        }
        let began = Mutex<[[ContinuousClock.Instant]]>(Array(repeating: [], count: 100))
        let start = clock.now
        let run = Task {
            try await ProbeSchedule(entries, clock: clock).run { name, instant, _ in
                began.withLock { $0[Int(name) ?? 0].append(instant) }
            }
        }
        var stood = Duration.zero
        var next = start
        while next < start + .seconds(10) + every {
            next = next.advanced(by: .milliseconds(20))
            try await clock.sleep(until: next)
            stood = max(stood, next.duration(to: clock.now))
        }
        run.cancel()
        try await run.value
        let all = began.withLock { $0 }
        var lateness: [Duration] = []
        for instants in all {
            guard let first = instants.first else { continue }
            for (tick, instant) in instants.enumerated() {
                lateness.append(first.advanced(by: every * tick).duration(to: instant))
            }
        }
        let middle = lateness.map { $0 < .zero ? .zero - $0 : $0 }.sorted()[lateness.count / 2]
        return (all.map(\.count), middle, stood)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
