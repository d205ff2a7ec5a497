/// Texts of others within Markdown (CommonMark with GitHub's tables).
enum MarkdownText {
    /// As it is, on one line: nothing in it is markup.
    static func prose(_ text: String) -> String {
        var escaped = ""
        for character in line(text) {
            switch character {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "!": escaped += "\\\(character)"
            // No mention of somebody.
            case "@": escaped += "&#64;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A code span; a `|` in it would end a table's cell.
    static func code(_ text: String) -> String {
        let text = line(text).replacing("|", with: "\\|")
        var longest = 0
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest == 0 ? "`\(text)`" : "\(fence) \(text) \(fence)"
    }

    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

/// A heading and a table under it.
struct MarkdownTable {
    private(set) var text: String

    /// - Parameter trailing: How many of the last columns hold numbers.
    init(_ title: String, _ columns: [String], trailing: Int = 0) {
        let rules = columns.indices.map { columns.count - $0 <= trailing ? "---:" : "---" }
        text =
            "## \(title)\n\n| \(columns.joined(separator: " | ")) |\n"
            + "|\(rules.joined(separator: "|"))|"
    }

    mutating func append(_ cells: String...) {
        text += "\n| \(cells.joined(separator: " | ")) |"
    }
}
