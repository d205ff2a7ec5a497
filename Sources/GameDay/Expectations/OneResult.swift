/// Something that must be true as of one result, in time.
struct OneResult: Sendable {
    /// By when; nil: at any time.
    let within: Duration?
    private(set) var count = 0
    private(set) var found: Duration?
    private var lastSeen: Seen?

    init(within: Duration?) { self.within = within }

    mutating func add(_ holds: Bool, at began: Duration, seen: Seen?) {
        if let within, began > within { return }
        count += 1
        if holds { found = found ?? began } else { lastSeen = seen }
    }

    /// Whether it may still become true.
    func isOpen(at now: Duration) -> Bool { within.map { now <= $0 } ?? true }

    var words: String {
        if let found { return "first after \(Words.time(found))" }
        guard count > 0 else { return Words.noSamples }
        return "none of \(count)" + (lastSeen.map { ", last \($0.words)" } ?? "")
    }
}
