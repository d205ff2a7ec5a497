/// A tree of YAML values in which each value and each key knows where it was written.
///
/// Equality compares locations too; compare `json()` to compare contents.
public struct Node: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        /// `quoted` is true for quoted and block scalars, which are texts whatever they look like.
        case scalar(String, quoted: Bool)
        case mapping([Entry])
        case sequence([Node])
    }

    /// One key of a mapping. Keys are unique within a mapping that was loaded.
    public struct Entry: Equatable, Sendable {
        public var key: String
        public var keyLocation: SourceLocation
        public var value: Node

        public init(key: String, keyLocation: SourceLocation, value: Node) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    public var value: Value
    public var location: SourceLocation

    public init(_ value: Value, location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

// MARK: - Trees without a file

extension Node {
    /// A scalar typed on the command line; `quoted: true` keeps `53` a text in `json()`.
    public static func scalar(
        _ text: String, quoted: Bool = false, at location: SourceLocation
    ) -> Node {
        Node(.scalar(text, quoted: quoted), location: location)
    }

    public static func sequence(_ elements: [Node], at location: SourceLocation) -> Node {
        Node(.sequence(elements), location: location)
    }

    /// A mapping whose keys are located where their values are, so that an error names the flag.
    public static func mapping(_ pairs: [(String, Node)], at location: SourceLocation) -> Node {
        let entries = pairs.map { key, value in
            Entry(key: key, keyLocation: value.location, value: value)
        }
        return Node(.mapping(entries), location: location)
    }
}

// MARK: - Reading

extension Node {
    /// The text of a scalar.
    public var text: String? {
        if case .scalar(let text, _) = value { text } else { nil }
    }

    /// The elements of a sequence.
    public var elements: [Node]? {
        if case .sequence(let elements) = value { elements } else { nil }
    }

    /// The entries of a mapping, in the order written.
    public var entries: [Entry]? {
        if case .mapping(let entries) = value { entries } else { nil }
    }

    /// The value of a key of a mapping.
    public subscript(key: String) -> Node? {
        entries?.first { $0.key == key }?.value
    }

    /// Whether nothing was written: an empty plain scalar, `~` or `null`.
    public var isNull: Bool {
        if case .scalar(let text, quoted: false) = value {
            Scalar(plain: text) == .null
        } else {
            false
        }
    }

    /// What people call this kind of value: "a mapping", "a list", "a text", "nothing".
    public var kindName: String {
        switch value {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let text, _): isNull ? "nothing" : "the text \(Quoting.quoted(text))"
        }
    }
}
