/// One key of a mapping, described once: for the JSON Schema, for flags and for `explain`.
public struct KeySchema: Hashable, Sendable {
    public var name: String
    public var kind: Kind
    /// One line for people.
    public var doc: String
    /// What holds where the key is absent, as one would write it in YAML.
    public var `default`: String?
    public var required: Bool

    public init(
        _ name: String, _ kind: Kind, _ doc: String, default: String? = nil,
        required: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.doc = doc
        self.default = `default`
        self.required = required
    }

    public indirect enum Kind: Hashable, Sendable {
        case text
        /// One text or a list of them.
        case texts
        /// Names of the file's own choice, each with a text: `{X-Mode: read-only}`.
        case textsByName
        /// One text or whole number of this shape, a regular expression, or a list of them.
        case shaped(String)
        case bool
        case duration
        case percentage
        /// A whole number; the bounds belong to it.
        case integer(ClosedRange<UInt64>)
        /// One of these words.
        case choice([String])
        /// One or a list of these words; `or` is a regular expression of what else is allowed.
        case choices([String], or: String? = nil)
        case pattern
        case patterns
        case address
        case addresses
        /// Networks or addresses.
        case networks
        /// Names, addresses and networks, each with a port or without.
        case hosts
        /// Ports and runs of ports.
        case ports
        case group(KeyGroup)
        /// One or a list of named groups, each a mapping with that one name: `- delay: {by: 1s}`.
        case variants([KeyGroup])
        /// One or a list of these.
        case oneOrMore(Kind)
        /// Any of these.
        case either([Kind])
        /// A mapping whose keys are names of the file's own choice: `probes`, `headers`.
        case named(Kind)
        /// What the schema defines under this name.
        case definition(String)
        /// No value at all: `TOKEN:`.
        case nothing
    }
}

/// A mapping, described by its keys: a fault, an effect, `flap`.
public struct KeyGroup: Hashable, Sendable {
    public var name: String
    /// One line for people.
    public var doc: String
    public var keys: [KeySchema]
    /// The key that a value which is not a mapping stands for: `by` in `delay: 300ms`.
    public var primary: String?
    /// Exactly one of these keys must be there; empty: no such rule.
    public var oneOf: [String]
    /// All keys of at least one of these must be there; empty: no such rule.
    public var anyOf: [[String]]

    public init(
        _ name: String, _ doc: String, keys: [KeySchema], primary: String? = nil,
        oneOf: [String] = [], anyOf: [[String]] = []
    ) {
        self.name = name
        self.doc = doc
        self.keys = keys
        self.primary = primary
        self.oneOf = oneOf
        self.anyOf = anyOf
    }

    /// Whether nothing at all is enough: `- servfail:`, `dns: empty`.
    public var mayBeEmpty: Bool {
        !keys.contains(where: \.required) && oneOf.isEmpty && anyOf.isEmpty
    }
}
