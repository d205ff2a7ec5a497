/// A doc comment as people read it: summary, paragraphs, and an example.
///
/// The text has one home, the effect's source file; `explain` and `--help` both come from here.
struct Manual: Equatable {
    /// What the client sees, in a few words, without a full stop.
    var summary = ""
    /// Without line breaks.
    var paragraphs: [String] = []
    /// Commands, one a line.
    var example: [String] = []

    init(_ text: String) {
        var paragraph: [Substring] = []
        var parts: [String] = []
        func flush() {
            if !paragraph.isEmpty { parts.append(paragraph.joined(separator: " ")) }
            paragraph = []
        }
        var inExample = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.drop { $0 == " " }
            if words == "Example:" || words == "Examples:" {
                flush()
                inExample = true
            } else if inExample {
                if !words.isEmpty { example.append(String(words)) }
            } else if words.isEmpty {
                flush()
            } else {
                paragraph.append(words)
            }
        }
        flush()
        summary = parts.first ?? ""
        if summary.last == "." { summary.removeLast() }
        paragraphs = Array(parts.dropFirst())
    }

    /// Paragraphs and example for `--help`, which wraps lines itself.
    var discussion: String {
        let shown = example.map { "  \($0)" }
        let examples = shown.isEmpty ? [] : ["Example:\n" + shown.joined(separator: "\n")]
        return (paragraphs + examples).joined(separator: "\n\n")
    }
}
