import Synchronization

/// What `orders` does: reads that outlive their table, writes that fail fast and say so.
final class OrdersService: Sendable {
    enum ReadOutcome: Equatable, Sendable {
        case found(ReadCache.Entry, Freshness)
        case unknown
        case failed(String)
    }

    /// What `X-Cache` says.
    enum Freshness: String, Sendable {
        case miss, hit, stale
    }

    enum WriteOutcome: Equatable, Sendable {
        case written(id: String)
        /// Not now; reads go on.
        case readOnly
        case failed(String)
    }

    struct Counts: Codable, Sendable {
        var hits = 0
        var misses = 0
        var stale = 0
        var readFailures = 0
        var writes = 0
        var writeFailures = 0
        var writeAttempts = 0
        var readAttempts = 0
    }

    struct State: Sendable {
        var cache = ReadCache()
        var writes = Breaker()
        var reads: [String: Breaker] = [:]
        var budget = RetryBudget()
        var counts = Counts()
        var calls = RateMeter()
        var failuresInARow = 0
        var number = 0
        var readRegion = ""
    }

    let habits: Habits
    private let table: Table
    let state = Mutex(State())

    init(table: Table, habits: Habits) {
        self.table = table
        self.habits = habits
    }

    /// The only region that takes writes.
    static let home = CloudRegion.all[0].name

    var isReadOnly: Bool {
        guard habits.keep(.readOnly) else { return false }
        return state.withLock { state in
            habits.keep(.breaker) ? state.writes.state != .closed : state.failuresInARow >= 3
        }
    }
}

// MARK: - Reading

extension OrdersService {
    func read(_ id: String) async -> ReadOutcome {
        guard habits.keep(.cachedReads) else { return await fetchCarelessly(id) }
        let now = ContinuousClock.now
        let entry = state.withLock { $0.cache.entry(id, now) }
        if let entry, now - entry.fetched < ReadCache.revalidated {
            if now - entry.fetched >= ReadCache.fresh { revalidate(id) }
            count(\.hits)
            return .found(entry, .hit)
        }
        switch await fetch(id) {
        case .success(.some(let fetched)):
            count(\.misses)
            return .found(fetched, .miss)
        case .success(.none): return .unknown
        case .failure(let failure):
            if let entry {
                count(\.stale)
                return .found(entry, .stale)
            }
            count(\.readFailures)
            return .failed(failure.about)
        }
    }

    /// In the background, one for each order.
    private func revalidate(_ id: String) {
        guard state.withLock({ $0.cache.claim(id) }) else { return }
        Task {
            _ = await fetch(id)
            state.withLock { $0.cache.release(id) }
        }
    }

    /// Three times the same, for luck.
    private func fetchCarelessly(_ id: String) async -> ReadOutcome {
        var problem = ""
        for _ in 0..<3 {
            switch await fetch(id) {
            case .success(.some(let entry)):
                count(\.misses)
                return .found(entry, .miss)
            case .success(.none): return .unknown
            case .failure(let failure): problem = failure.about
            }
        }
        count(\.readFailures)
        return .failed(problem)
    }

    /// From the first region that has it.
    private func fetch(_ id: String) async -> Result<ReadCache.Entry?, CloudClient.Failure> {
        let regions =
            habits.keep(.readFailover) ? CloudRegion.all.map(\.name) : [Self.home]
        var last = CloudClient.Failure(kind: .refusal, about: "the circuit is open")
        for region in regions where mayRead(region) {
            do {
                let text = try await table.get(id, in: region)
                return .success(
                    state.withLock { state in
                        state.reads[region, default: Breaker()].succeeded()
                        state.budget.succeeded()
                        guard let text else { return nil }
                        let entry = ReadCache.Entry(text: text, region: region, fetched: .now)
                        state.readRegion = region
                        state.cache.store(id, entry)
                        return entry
                    })
            } catch {
                last = error
                state.withLock { $0.reads[region, default: Breaker()].failed(.now) }
            }
        }
        return .failure(last)
    }

    private func mayRead(_ region: String) -> Bool {
        state.withLock { state in
            if habits.keep(.breaker),
                !state.reads[region, default: Breaker()].allows(.now)
            {
                return false
            }
            if region == Self.home { state.calls.record(.now) }
            state.counts.readAttempts += 1
            return true
        }
    }
}

// MARK: - Writing

extension OrdersService {
    func write(_ text: String) async -> WriteOutcome {
        let id = state.withLock { state in
            state.number += 1
            return "w\(state.number)"
        }
        var attempts = 0
        while true {
            guard mayWrite() else { return failure("the circuit is open") }
            attempts += 1
            do {
                try await table.put(id, text, in: Self.home)
                state.withLock { state in
                    state.writes.succeeded()
                    state.budget.succeeded()
                    state.failuresInARow = 0
                    state.counts.writes += 1
                    state.cache.store(
                        id, ReadCache.Entry(text: text, region: Self.home, fetched: .now))
                }
                return .written(id: id)
            } catch {
                state.withLock { $0.writes.failed(.now) }
                guard await retries(after: attempts) else { return failure(error.about) }
            }
        }
    }

    private func mayWrite() -> Bool {
        state.withLock { state in
            if habits.keep(.breaker), !state.writes.allows(.now) { return false }
            state.calls.record(.now)
            state.counts.writeAttempts += 1
            return true
        }
    }

    /// Once, if the budget has it; or without thought five times, a second apart.
    private func retries(after attempts: Int) async -> Bool {
        if habits.keep(.readOnly) {
            return attempts < 2 && state.withLock { $0.budget.mayRetry() }
        }
        guard attempts < 5 else { return false }
        try? await Task.sleep(for: .seconds(1))
        return true
    }

    private func failure(_ problem: String) -> WriteOutcome {
        state.withLock { state in
            state.counts.writeFailures += 1
            state.failuresInARow += 1
        }
        return habits.keep(.readOnly) ? .readOnly : .failed(problem)
    }

    private func count(_ key: any WritableKeyPath<Counts, Int> & Sendable) {
        state.withLock { $0.counts[keyPath: key] += 1 }
    }
}
