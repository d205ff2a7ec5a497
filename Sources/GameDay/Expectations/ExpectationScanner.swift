public import Spec

/// A mistake within a text, with the place in it where it is.
public struct TextProblem: Error, Equatable, Sendable {
    /// Unicode scalars from the text's begin.
    public var offset: Int
    public var problem: ValueProblem
}

/// Reads an expectation word by word.
struct ExpectationScanner {
    private let text: [Unicode.Scalar]
    private(set) var offset = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    var isAtEnd: Bool { offset >= text.count }

    mutating func skipSpace() {
        while offset < text.count, text[offset].properties.isWhitespace { offset += 1 }
    }

    /// The next word: up to white space or a comparison. Empty at the end and before a comparison.
    mutating func word() -> String {
        skipSpace()
        let start = offset
        while offset < text.count, !text[offset].properties.isWhitespace, !Self.isSign(text[offset])
        {
            offset += 1
        }
        return string(start..<offset)
    }

    /// What the next word would be, without taking it.
    func peek() -> String {
        var copy = self
        return copy.word()
    }

    /// A comparison in signs, `>=`; nil where none stands here.
    mutating func signs() -> String? {
        skipSpace()
        let start = offset
        while offset < text.count, Self.isSign(text[offset]) { offset += 1 }
        return start == offset ? nil : string(start..<offset)
    }

    /// A text in quotes, without them; nil where none begins here. A backslash takes the next one as it is.
    mutating func quoted() throws(TextProblem) -> String? {
        skipSpace()
        guard offset < text.count, text[offset] == "\"" || text[offset] == "'" else { return nil }
        let (start, quote) = (offset, text[offset])
        var content = ""
        offset += 1
        while offset < text.count {
            if text[offset] == quote {
                offset += 1
                return content
            }
            if text[offset] == "\\", offset + 1 < text.count,
                text[offset + 1] == quote || text[offset + 1] == "\\"
            {
                offset += 1
            }
            content.unicodeScalars.append(text[offset])
            offset += 1
        }
        throw TextProblem(
            offset: start,
            problem: ValueProblem("the quote is never closed", hint: "write \(quote) at its end"))
    }

    /// Everything up to white space, signs included.
    mutating func token() -> String {
        skipSpace()
        let start = offset
        while offset < text.count, !text[offset].properties.isWhitespace { offset += 1 }
        return string(start..<offset)
    }

    private func string(_ range: Range<Int>) -> String {
        var string = ""
        string.unicodeScalars.append(contentsOf: text[range])
        return string
    }

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "<" || scalar == ">" || scalar == "=" || scalar == "!"
    }
}
