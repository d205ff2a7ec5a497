/// A doc comment as people read it: summary, paragraphs, and an example.
///
/// The text has one home, the effect's source file; `explain` and `--help` both come from here.
struct Manual: Equatable {
    /// What the client sees, in a few words, without a full stop.
    var summary = ""
    /// Without line breaks.
    var paragraphs: [String] = []
    /// Commands or YAML, line by line, indented as it must be.
    var example: [String] = []

    init(_ text: String) {
        var paragraph: [Substring] = []
        var parts: [String] = []
        func flush() {
            if !paragraph.isEmpty { parts.append(paragraph.joined(separator: " ")) }
            paragraph = []
        }
        var inExample = false
        // What the example's first line has before it; what is beyond that is YAML's own.
        var margin = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.drop { $0 == " " }
            if words == "Example:" || words == "Examples:" {
                flush()
                inExample = true
            } else if inExample {
                guard !words.isEmpty else { continue }
                let indent = line.count - words.count
                if example.isEmpty { margin = indent }
                example.append(String(repeating: " ", count: max(0, indent - margin)) + words)
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
