/// What reads are answered from.
struct ReadCache: Sendable {
    struct Entry: Equatable, Sendable {
        var text: String
        var region: String
        var fetched: Moment
    }

    /// Answered as it is.
    static let fresh = Duration.seconds(2)
    /// Answered as it is, and fetched again meanwhile.
    static let revalidated = Duration.seconds(10)
    /// Answered when nothing better is to be had: older than that is no answer.
    static let kept = Duration.seconds(4 * 3600)

    private var entries: [String: Entry] = [:]
    private var fetching: Set<String> = []

    func entry(_ id: String, _ now: Moment) -> Entry? {
        entries[id].flatMap { now - $0.fetched < Self.kept ? $0 : nil }
    }

    mutating func store(_ id: String, _ entry: Entry) {
        if entries.count >= 10_000 { entries.removeAll() }
        entries[id] = entry
    }

    /// Whether the caller is the one to fetch it again.
    mutating func claim(_ id: String) -> Bool { fetching.insert(id).inserted }

    mutating func release(_ id: String) { fetching.remove(id) }
}
