import Synchronization

/// What the lab's cloud keeps: a global table, tokens, instances, and what each endpoint saw.
///
/// The table is one for both regions: replication of a lab takes no time.
final class CloudState: Sendable {
    struct Endpoint: Hashable, Sendable {
        var service: String
        var region: String
    }

    struct Seen: Sendable {
        var connections = RateMeter()
        var requests = 0
        var refusals = 0
    }

    private struct Contents: Sendable {
        var items: [String: String] = [:]
        var tokens: [String: SessionToken] = [:]
        var issued = 0
        var instances: Set<String> = []
        var launched = 0
        var seen: [Endpoint: Seen] = [:]
        var generations: [Endpoint: Int] = [:]

        func generation(_ endpoint: Endpoint) -> Int { generations[endpoint] ?? 0 }
    }

    private let contents: Mutex<Contents>

    /// - Parameter items: So many are in the table from the start, `1` and up.
    init(items: Int = 100) {
        var contents = Contents()
        for number in 1...max(items, 1) { contents.items["\(number)"] = "order \(number)" }
        self.contents = Mutex(contents)
    }

    // MARK: What endpoints saw

    func connected(_ endpoint: Endpoint, _ now: Moment) {
        contents.withLock { $0.seen[endpoint, default: Seen()].connections.record(now) }
    }

    func requested(_ endpoint: Endpoint) {
        contents.withLock { $0.seen[endpoint, default: Seen()].requests += 1 }
    }

    func refused(_ endpoint: Endpoint) {
        contents.withLock { $0.seen[endpoint, default: Seen()].refusals += 1 }
    }

    var seen: [Endpoint: Seen] { contents.withLock { $0.seen } }

    func resetPeaks() {
        contents.withLock { contents in
            for key in contents.seen.keys { contents.seen[key]?.connections.reset() }
        }
    }

    // MARK: Where services are

    /// Moves a service of a region to other addresses; nobody serves at the old ones any more.
    func move(_ endpoint: Endpoint) {
        contents.withLock { $0.generations[endpoint, default: 0] = 1 - $0.generation(endpoint) }
    }

    func generation(_ endpoint: Endpoint) -> Int {
        contents.withLock { $0.generation(endpoint) }
    }

    // MARK: The table

    func item(_ id: String) -> String? { contents.withLock { $0.items[id] } }

    func put(_ id: String, _ text: String) { contents.withLock { $0.items[id] = text } }

    // MARK: Tokens

    func issueToken(life: Duration, _ now: Moment) -> SessionToken {
        contents.withLock { contents in
            contents.issued += 1
            let token = SessionToken(id: "token-\(contents.issued)", issued: now, life: life)
            contents.tokens = contents.tokens.filter { $0.value.isHonoured(now) }
            contents.tokens[token.id] = token
            return token
        }
    }

    func accepts(token id: String?, _ now: Moment) -> Bool {
        guard let id else { return false }
        return contents.withLock { $0.tokens[id]?.isHonoured(now) ?? false }
    }

    // MARK: Instances

    func launch() -> String {
        contents.withLock { contents in
            contents.launched += 1
            let id = "i-\(contents.launched)"
            contents.instances.insert(id)
            return id
        }
    }

    func terminate(_ id: String) {
        contents.withLock { contents in _ = contents.instances.remove(id) }
    }
}
