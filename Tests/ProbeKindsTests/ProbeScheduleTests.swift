import Spec
import Synchronization
import Testing

@testable import ProbeKinds

/// The schedule on a clock that is cranked by hand.
@Suite(.timeLimit(.minutes(1))) struct ProbeScheduleTests {
    typealias Schedule = ProbeSchedule<ManualClock>
    typealias Result = (name: String, began: Duration, seen: Observation)

    struct Fixed: Probe {
        static let name = "fixed"
        static let schema = KeyGroup("fixed", "", keys: [])
        static let facts: [FactSchema] = []
        var session: any ProbeSession = Session {}
        var target: String { "" }
        init(_ node: Node) throws(SpecError) {}
        init(session: any ProbeSession) { self.session = session }
        func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession { session }
    }

    struct Session: ProbeSession {
        var closed: @Sendable () -> Void = {}
        var body: @Sendable () async -> Void
        func check() async -> Observation {
            await body()
            return Observation(passed: true, latency: .zero)
        }
        func close() async { closed() }
    }

    static func entry(
        _ name: String, every: Duration = .seconds(1), timeout: Duration = .seconds(1),
        session: Session = Session {}
    ) -> Schedule.Entry {
        .init(name: name, probe: Fixed(session: session), every: every, timeout: timeout)
    }

    /// Runs until `count` results are there, waking the schedule whenever it sleeps.
    static func results(
        _ count: Int, _ entries: [Schedule.Entry], late: Duration = .zero
    ) async throws -> [Result] {
        let clock = ManualClock()
        let (stream, tell) = AsyncStream.makeStream(of: Result.self)
        let run = Task {
            try await Schedule(entries, clock: clock).run { name, began, seen in
                tell.yield((name, began.offset, seen))
            }
        }
        let crank = Task {
            while !Task.isCancelled { await clock.step(late: late) }
        }
        var results: [Result] = []
        for await result in stream {
            results.append(result)
            if results.count == count { break }
        }
        crank.cancel()
        run.cancel()
        try await run.value
        return results
    }

    @Test func `ten thousand ticks do not drift`() async throws {
        let clock = ManualClock()
        let (stream, tell) = AsyncStream.makeStream(of: Duration.self)
        let run = Task {
            try await Schedule([Self.entry("a", timeout: .milliseconds(500))], clock: clock).run {
                _, began, _ in
                tell.yield(began.offset)
            }
        }
        var began = stream.makeAsyncIterator()
        for tick in 0..<10_000 {
            // Woken late each time, by up to 6 ms.
            let late = Duration.milliseconds(tick % 7)
            while await clock.sleeper().offset < .seconds(tick) { await clock.step() }
            await clock.step(late: late)
            #expect(await began.next() == .seconds(tick) + late)
        }
        run.cancel()
        try await run.value
    }

    @Test func `first ticks are spread`() async throws {
        let entries = (0..<10).map { Self.entry("p\($0)", timeout: .milliseconds(50)) }
        // Checks end beside each other, in any order.
        let results = try await Self.results(10, entries).sorted { $0.began < $1.began }
        #expect(results.map(\.began) == (0..<10).map { .milliseconds(100) * $0 })
        #expect(results.map(\.name) == (0..<10).map { "p\($0)" })
    }

    @Test func `a check that never returns is told at each tick`() async throws {
        let never = Session { await withUnsafeNever() }
        let results = try await Self.results(
            5, [Self.entry("hang", timeout: .milliseconds(400), session: never)])
        #expect(results.map(\.began) == (0..<5).map { .seconds($0) })
        for result in results {
            #expect(result.seen.reason == "timed out")
            #expect(result.seen.latency == .milliseconds(400))
        }
    }

    @Test func `a check that ends when cancelled makes room for the next`() async throws {
        let begun = Mutex(0)
        let obedient = Session {
            begun.withLock { $0 += 1 }
            try? await Task.sleep(for: .seconds(3600))
        }
        let results = try await Self.results(
            3, [Self.entry("slow", timeout: .milliseconds(400), session: obedient)])
        #expect(results.map(\.began) == (0..<3).map { .seconds($0) })
        #expect(results.allSatisfy { $0.seen.reason == "timed out" })
        #expect(begun.withLock { $0 } >= 1)
    }

    @Test func `a process that stood still leaves ticks out`() async throws {
        let clock = ManualClock()
        let (stream, tell) = AsyncStream.makeStream(of: Duration.self)
        let run = Task {
            try await Schedule([Self.entry("a", timeout: .milliseconds(500))], clock: clock).run {
                _, began, _ in
                tell.yield(began.offset)
            }
        }
        var began = stream.makeAsyncIterator()
        await clock.step(late: .milliseconds(4300))
        #expect(await began.next() == .milliseconds(4300))
        while await clock.sleeper().offset < .seconds(5) { await clock.step() }
        await clock.step()
        #expect(await began.next() == .seconds(5))
        run.cancel()
        try await run.value
    }

    @Test func `cancelling closes sessions while a check hangs`() async throws {
        let closed = Mutex(false)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let never = Session(
            closed: { closed.withLock { $0 = true } },
            body: {
                begin.yield()
                await withUnsafeNever()
            })
        let clock = ManualClock()
        let run = Task {
            try await Schedule([Self.entry("hang", session: never)], clock: clock).run { _, _, _ in
            }
        }
        await clock.step()
        for await _ in begun { break }
        run.cancel()
        try await run.value
        #expect(closed.withLock { $0 })
    }
}

/// Hangs for good, cancelled or not.
private func withUnsafeNever() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    let hold = Task.detached {
        for await _ in stream {}
        _ = continuation
    }
    await hold.value
}
