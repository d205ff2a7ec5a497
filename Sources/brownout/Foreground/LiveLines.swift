/// Draws lines over the ones that it drew before.
///
/// The terminal's automatic wrap is off while drawing (DECAWM, DEC STD 070), so a line too long for
/// the terminal is cut at its edge and the count of lines stays right whatever the width is.
struct LiveLines {
    private var drawn = 0

    /// The text that shows `lines` in place of those drawn before; the cursor stays on the last.
    mutating func draw(_ lines: [String]) -> String {
        var text = "\u{1B}[?7l" + home
        text += lines.map { "\u{1B}[2K\($0)" }.joined(separator: "\n")
        // Fewer lines than before: what is left below goes.
        text += "\u{1B}[J\u{1B}[?7h"
        drawn = lines.count
        return text
    }

    /// Somebody typed a line: the terminal's echo moved the cursor one further down.
    mutating func skipLine() {
        if drawn > 0 { drawn += 1 }
    }

    /// The text that removes them.
    mutating func erase() -> String {
        defer { drawn = 0 }
        return drawn > 0 ? home + "\u{1B}[J" : ""
    }

    private var home: String { drawn > 1 ? "\r\u{1B}[\(drawn - 1)A" : "\r" }
}
