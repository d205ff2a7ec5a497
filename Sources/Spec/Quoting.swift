/// How texts from outside appear within an error: on one line, bounded, visibly delimited.
public enum Quoting {
    /// Longer texts are cut: an error is a line, not a copy of the input.
    static let limit = 60

    /// `"text"`, with control characters escaped, cut to `limit` characters.
    public static func quoted(_ text: String) -> String {
        "\"\(oneLine(shortened(text)))\""
    }

    public static func shortened(_ text: String) -> String {
        text.count > limit ? text.prefix(limit) + "…" : text
    }

    /// Control characters and line separators as escapes, so that one error stays one line.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: breaksLine) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where breaksLine(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        // Directional overrides could make the line read as another one.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
