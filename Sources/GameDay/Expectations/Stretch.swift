/// Something that must be true for a while without a break, or never for so long.
///
/// A stretch is as long as the time from its first result to its last: what happened before and after
/// nobody saw.
struct Stretch: Sendable {
    let length: Duration
    /// By when it must begin; nil: at any time.
    let within: Duration?
    /// Whether it must not happen.
    let isUnwanted: Bool
    private(set) var count = 0
    private(set) var found: Duration?
    private var opened: Duration?
    private var longest: Duration?

    init(length: Duration, within: Duration?, isUnwanted: Bool) {
        self.length = length
        self.within = within
        self.isUnwanted = isUnwanted
    }

    mutating func add(_ holds: Bool, at began: Duration) {
        count += 1
        guard holds else {
            opened = nil
            return
        }
        if opened == nil, within.map({ began <= $0 }) ?? true { opened = began }
        guard let opened else { return }
        longest = max(longest ?? .zero, began - opened)
        if began - opened >= length { found = found ?? opened }
    }

    /// Whether it may still happen.
    func isOpen(at now: Duration) -> Bool {
        opened != nil || (within.map { now <= $0 } ?? true)
    }

    var words: String {
        guard count > 0 else { return Words.noSamples }
        let reached = longest.map { "at most \(Words.time($0))" } ?? "never"
        guard let found else { return reached }
        return isUnwanted
            ? "for \(Words.time(longest ?? length)), first after \(Words.time(found))"
            : "from \(Words.time(found)) on"
    }
}
