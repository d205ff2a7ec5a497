/// Something that must be true of every result, or of none: all so far, or those of a window.
struct EveryResult: Sendable {
    /// Whether it must be true of none.
    let isUnwanted: Bool
    /// How much of the past counts; nil: all.
    let window: Duration?
    private(set) var count = 0
    private(set) var misses = 0
    private var firstMiss: Duration?
    private var seenInMiss: Seen?
    private var entries: [(began: Duration, isMiss: Bool)] = []
    private var first = 0

    init(isUnwanted: Bool, window: Duration?) {
        self.isUnwanted = isUnwanted
        self.window = window
    }

    mutating func add(_ holds: Bool, at began: Duration, seen: Seen?) {
        let isMiss = holds == isUnwanted
        count += 1
        if isMiss {
            misses += 1
            firstMiss = firstMiss ?? began
            seenInMiss = seen
        }
        if window != nil { entries.append((began, isMiss)) }
    }

    mutating func move(to now: Duration) {
        guard let window else { return }
        while first < entries.count, entries[first].began <= now - window {
            count -= 1
            if entries[first].isMiss { misses -= 1 }
            first += 1
        }
        if first > 64, first * 2 > entries.count {
            entries.removeSubrange(..<first)
            first = 0
        }
    }

    /// Nil where there is nothing to judge by.
    var isMet: Bool? { count == 0 ? nil : misses == 0 }

    var words: String {
        guard count > 0 else { return Words.noSamples }
        if misses == 0 { return "\(isUnwanted ? "none" : "all") of \(count)" }
        var words = "\(isUnwanted ? misses : count - misses) of \(count)"
        if window == nil, let firstMiss {
            words += ", first \(isUnwanted ? "" : "not ")after \(Words.time(firstMiss))"
        }
        if let seenInMiss { words += ", last \(seenInMiss.words)" }
        return words
    }
}
