/// The name of something that a check can tell: `status`, `rcode`, `header x-mode`, `json $.mode`.
public struct FactName: Hashable, Sendable, CustomStringConvertible {
    /// The word: `status`, `header`.
    public var word: String
    /// What the word is applied to; header names are lower-case. Empty for most.
    public var argument: String

    public init(_ word: String, _ argument: String = "") {
        self.word = word
        self.argument = argument
    }

    /// As written in expectations and journals.
    public var description: String { argument.isEmpty ? word : "\(word) \(argument)" }
}

/// What a fact is: a number (durations are in seconds) or a text.
public enum FactValue: Equatable, Sendable {
    case number(Double)
    case text(String)

    /// The most bytes of a text that a journal keeps of a result: an hour of one result a second with
    /// a text of that size is 3.6 MiB. Expectations see all of it.
    public static let mostText = 1024

    /// The text, or its beginning where it is longer than ``mostText``.
    private static func shortened(_ text: String) -> FactValue {
        guard text.utf8.count > mostText else { return .text(text) }
        // Where that is within a character, the character is left out: it has at most four bytes.
        let whole = (0..<4).lazy.compactMap { String(text.utf8.prefix(mostText - $0)) }.first
        return .text(whole ?? "")
    }

    /// A number, or no more of a text than ``mostText``.
    public var shortened: FactValue {
        if case .text(let text) = self { .shortened(text) } else { self }
    }
}

/// One word of a kind's facts, for expectations, `explain` and the JSON Schema.
public struct FactSchema: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case number
        /// A number of seconds, which expectations may write as `60s`.
        case duration
        case text
    }

    public var word: String
    public var kind: Kind
    /// What follows the word, as docs call it: `NAME` for `header NAME`. Nil: nothing does.
    public var argument: String?
    /// One line for people.
    public var doc: String

    public init(_ word: String, _ kind: Kind, argument: String? = nil, _ doc: String) {
        self.word = word
        self.kind = kind
        self.argument = argument
        self.doc = doc
    }
}
