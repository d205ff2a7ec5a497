/// Prose broken into lines of a width; words longer than a line stay whole.
enum Wrapping {
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    /// The lines with `indent` blanks before each, ended by newlines.
    static func block(_ text: String, indent: Int, width: Int = 78) -> String {
        let blanks = String(repeating: " ", count: indent)
        return lines(text, width: width - indent).map { blanks + $0 + "\n" }.joined()
    }
}
