/// The signs of the live view: in Unicode, or in ASCII where the terminal's locale is another.
struct LiveGlyphs: Equatable, Sendable {
    var good: String
    var bad: String
    var open: String
    var pointer: String
    var dot: String
    var full: String
    var empty: String
    /// A failed check in a strip.
    var failed: Character
    /// A check that passed, from fast to slow as the probe goes.
    var passed: [Character]

    static let unicode = LiveGlyphs(
        good: "✓", bad: "✗", open: "…", pointer: "▶", dot: "·", full: "█", empty: "░", failed: "✕",
        passed: ["▁", "▂", "▃", "▄", "▅"])
    static let ascii = LiveGlyphs(
        good: "ok", bad: "NO", open: "..", pointer: ">", dot: "-", full: "#", empty: ".",
        failed: "X", passed: ["_", "_", "-", "-", "="])

    /// By the locale, as setlocale(3) finds it: the first of these that is set.
    init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
            .first { !$0.isEmpty }
        let name = (locale ?? "").uppercased()
        self = name.contains("UTF-8") || name.contains("UTF8") ? .unicode : .ascii
    }

    private init(
        good: String, bad: String, open: String, pointer: String, dot: String, full: String,
        empty: String, failed: Character, passed: [Character]
    ) {
        self.good = good
        self.bad = bad
        self.open = open
        self.pointer = pointer
        self.dot = dot
        self.full = full
        self.empty = empty
        self.failed = failed
        self.passed = passed
    }

    var isASCII: Bool { self == .ascii }
}
