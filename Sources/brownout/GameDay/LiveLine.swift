/// One line of the live view: texts with their weight and colour, cut to a width.
struct LiveLine: Equatable, Sendable {
    /// Attributes of ECMA-48 section 8.3.117.
    enum Style: String, Sendable {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case green = "32"
        case red = "31"
        case boldRed = "1;31"
        case boldGreen = "1;32"
        case boldYellow = "1;33"
        case yellow = "33"
    }

    private(set) var parts: [(text: String, style: Style)] = []

    static func == (left: Self, right: Self) -> Bool {
        left.parts.elementsEqual(right.parts) { $0.text == $1.text && $0.style == $1.style }
    }

    init(_ text: String = "", _ style: Style = .plain) { add(text, style) }

    /// Texts of others lose what a terminal would obey.
    mutating func add(_ text: String, _ style: Style = .plain) {
        if !text.isEmpty { parts.append((Self.harmless(text), style)) }
    }

    /// Blanks up to a column; at least one where something stands there already.
    mutating func pad(to column: Int) {
        parts.append((String(repeating: " ", count: max(1, column - width)), .plain))
    }

    /// A text in a column of its own, cut to it.
    mutating func add(_ text: String, _ style: Style = .plain, in width: Int) {
        let shown = Self.cut(Self.harmless(text), to: width)
        parts.append((shown, style))
        let left = width - Self.width(shown)
        if left > 0 { parts.append((String(repeating: " ", count: left), .plain)) }
    }

    /// A text that ends at a column.
    mutating func add(_ text: String, _ style: Style = .plain, endingAt column: Int) {
        let text = Self.harmless(text)
        pad(to: column - Self.width(text))
        parts.append((text, style))
    }

    var width: Int { parts.reduce(0) { $0 + Self.width($1.text) } }

    /// As it is written, at most `columns` wide.
    func text(columns: Int, styled: Bool) -> String {
        var text = ""
        var left = columns
        for (index, part) in parts.enumerated() where left > 0 {
            let isLast = index == parts.count - 1
            let shown = Self.cut(part.text, to: left)
            left -= Self.width(shown)
            if !isLast, left <= 0, Self.width(shown) < Self.width(part.text) { left = 0 }
            text +=
                styled && part.style != .plain
                ? "\u{1B}[\(part.style.rawValue)m\(shown)\u{1B}[0m" : shown
        }
        return styled ? text : String(text.reversed().drop { $0 == " " }.reversed())
    }

    static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { isHarmful($0) ? " " : $0 }))
    }

    /// Control characters, and those that turn the direction of writing or take no room.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    /// For terminals that would show anything else as something else.
    static func ascii(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return String(
            text.map { character -> Character in
                switch character {
                case _ where character.isASCII: character
                case "–", "—": "-"
                case "±": "~"
                default: "?"
                }
            })
    }

    /// With an ellipsis of one dot where something is missing.
    static func cut(_ text: String, to width: Int) -> String {
        guard Self.width(text) > width else { return text }
        var shown = ""
        var left = max(0, width - 1)
        for character in text {
            let needed = Self.width(character)
            guard needed <= left else { break }
            shown.append(character)
            left -= needed
        }
        return width > 0 ? shown + "." : ""
    }

    static func width(_ text: String) -> Int {
        // Most are ASCII, and this is asked often.
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// Columns of a character: the wide ones of UAX #11 take two.
    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first?.value else { return 0 }
        let isWide: Bool =
            switch first {
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3,
                0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
                0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
                true
            default: false
            }
        return isWide ? 2 : 1
    }
}
