/// What a text must be before libyaml sees it.
///
/// libyaml bounds its own nesting (1,000 levels). It does not bound what aliases expand to, and Yams
/// hashes every key, so ten lines of aliases within aliases would keep it busy for hours.
enum YAMLGuard {
    /// Far more than a game day of an afternoon needs; small enough to parse in milliseconds.
    static let largest = 256 * 1024

    /// n references among anchors multiply a tree by at most e^(n/e), 40 times at 10.
    static let mostAliases = 10

    /// Values in a tree after aliases are followed.
    static let mostValues = 50_000

    /// Levels of a tree; a fault has 5.
    static let deepest = 32

    /// Throws for what libyaml would not place well, or should not get at all.
    static func check(_ text: String, file: String) throws(SpecError) {
        guard text.utf8.count <= largest else { throw tooLarge(file: file) }
        var line = 1
        var column = 1
        var previous: Unicode.Scalar = "\n"
        var anchor: SourceLocation?
        var aliases = 0
        var mark: (scalar: Unicode.Scalar, location: SourceLocation)?
        for scalar in text.unicodeScalars {
            let here = SourceLocation(file: file, line: line, column: column)
            guard isPrintable(scalar) else {
                throw SpecError(
                    location: here,
                    problem: "the control character U+\(hex(scalar)) is not allowed in YAML",
                    hint: "remove it")
            }
            // Counts what may be anchors and aliases, and too many rather than too few: a text such
            // as "R &D" counts.
            if let open = mark, isAnchorCharacter(scalar) {
                if open.scalar == "*" { aliases += 1 } else { anchor = anchor ?? open.location }
            }
            mark =
                scalar == "*" || (scalar == "&" && mayStartToken(after: previous))
                ? (scalar, here) : nil
            if scalar == "\n" || (scalar == "\r") {
                // "\r\n" is one break.
                (line, column) = (line + 1, 1)
            } else {
                column += 1
            }
            if previous == "\r", scalar == "\n" { line -= 1 }
            previous = scalar
        }
        if let anchor, aliases > mostAliases {
            throw SpecError(
                location: anchor, problem: "more than \(mostAliases) aliases of anchors",
                hint: "write the values out, or quote what is no alias")
        }
    }

    static func tooLarge(file: String) -> SpecError {
        SpecError(
            location: .whole(file: file), problem: "larger than \(largest / 1024) KiB",
            hint: "a spec is a few KiB; is this the right file?")
    }

    /// YAML 1.2 section 5.1, as libyaml's reader has it.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...: true
        default: false
        }
    }

    private static func isAnchorCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
    }

    /// An anchor within a word, as the `&` of a URL's query, is none.
    private static func mayStartToken(after previous: Unicode.Scalar) -> Bool {
        switch previous {
        case "a"..."z", "A"..."Z", "0"..."9", "/", "=", "%", ".", "_", "~", "+", "&", "?", ";":
            false
        default: true
        }
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }
}
