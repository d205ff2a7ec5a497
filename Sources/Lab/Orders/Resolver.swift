import Wire

/// Names to addresses: remembers answers within bounds, asks anew in the background, and lives
/// for a while on what it knew.
actor Resolver {
    enum Failure: Error, Equatable, Sendable {
        /// The name has no addresses.
        case nothing
        /// DNS failed or was silent.
        case unavailable
    }

    private let server: NameServer
    private let policy: AnswerCache.Policy
    /// Without a cache every caller asks for itself, once.
    private let caches: Bool
    private var known: [String: AnswerCache] = [:]
    private var asking: [String: Task<Result<[IPAddress], Failure>, Never>] = [:]
    private(set) var asked = 0
    private(set) var failed = 0

    init(server: NameServer, habits: Habits) {
        self.server = server
        policy = habits.keep(.ttl) ? .careful : .literal
        caches = habits.keep(.resolverCache)
    }

    func addresses(of name: String) async throws(Failure) -> [IPAddress] {
        guard caches else { return try await ask(name, attempts: 1).get() }
        switch known[name]?.use(.now) ?? .unknown {
        case .fresh(let addresses): return addresses
        case .stale(let addresses):
            refresh(name)
            return addresses
        case .none: throw .nothing
        case .unknown: return try await refresh(name).value.get()
        }
    }

    /// Tells of an address that did not serve.
    func failed(_ address: IPAddress, of name: String) {
        guard policy.cap != nil else { return }
        known[name]?.failed(address, .now)
    }

    /// One question at a time for each name, however many wait for the answer.
    @discardableResult
    private func refresh(_ name: String) -> Task<Result<[IPAddress], Failure>, Never> {
        if let running = asking[name] { return running }
        let task = Task {
            let result = await ask(name, attempts: 2)
            asking[name] = nil
            return result
        }
        asking[name] = task
        return task
    }

    private func ask(_ name: String, attempts: Int) async -> Result<[IPAddress], Failure> {
        for _ in 0..<attempts {
            asked += 1
            switch await server.ask(name) {
            case .addresses(let list, let ttl):
                known[name, default: AnswerCache(policy)].answered(list, ttl: ttl, .now)
                return .success(list)
            case .nothing:
                failed += 1
                known[name, default: AnswerCache(policy)].answeredNothing(.now)
                return fallback(name, or: .nothing)
            case .failure, .silence: failed += 1
            }
        }
        known[name]?.answeredBadly()
        return fallback(name, or: .unavailable)
    }

    private func fallback(_ name: String, or failure: Failure) -> Result<[IPAddress], Failure> {
        guard caches, let addresses = known[name]?.fallback(.now) else { return .failure(failure) }
        return .success(addresses)
    }
}
