/// Reads the keys of one mapping, each once, and then says which were not asked for.
///
///     var fields = try Fields(node, of: "the delay effect", primary: "by")
///     let by = try fields.requiredDuration("by")
///     let jitter = try fields.duration("jitter") ?? .zero
///     try fields.finish()
///
/// Every reader returns nil for a key that is absent and throws a `SpecError` at the value for one
/// that is wrong or has no value.
public struct Fields: Sendable {
    /// What the mapping describes, as errors say it: "a fault", "the delay effect".
    public let what: String
    public let location: SourceLocation
    private var left: [Node.Entry]
    private let all: [Node.Entry]
    private(set) var known: [String] = []

    /// - Parameters:
    ///   - primary: the key that a value which is not a mapping stands for: `delay: 300ms`.
    ///   - mayBeEmpty: whether nothing at all is an empty mapping: `- servfail:`.
    /// - Throws: where the node is not a mapping and `primary` does not say what else it is.
    public init(
        _ node: Node, of what: String, primary: String? = nil, mayBeEmpty: Bool = false
    ) throws(SpecError) {
        self.what = what
        location = node.location
        switch node.value {
        case .mapping(let entries):
            all = entries
        case _ where node.isNull:
            guard mayBeEmpty else {
                throw SpecError(
                    location: node.location, problem: "\(what) is empty",
                    hint: "write its keys, `key: value` a line")
            }
            all = []
        default:
            guard let primary else {
                throw SpecError(
                    location: node.location, problem: "\(what) is a mapping, not \(node.kindName)",
                    hint: "write its keys, `key: value` a line")
            }
            all = [Node.Entry(key: primary, keyLocation: node.location, value: node)]
        }
        left = all
    }

    /// Whether a key is written, whatever its value.
    public func contains(_ key: String) -> Bool { all.contains { $0.key == key } }

    /// Where the value of a key is, or the mapping where the key is absent.
    public func location(of key: String) -> SourceLocation {
        all.first { $0.key == key }?.value.location ?? location
    }

    /// An error at the value of a key, for rules over several keys.
    public func error(_ key: String, _ problem: String, hint: String? = nil) -> SpecError {
        SpecError(location: location(of: key), key: key, problem: problem, hint: hint)
    }

    /// Makes a key known and takes its value.
    ///
    /// - Throws: where the key has no value.
    public mutating func node(_ key: String) throws(SpecError) -> Node? {
        if !known.contains(key) { known.append(key) }
        guard let index = left.firstIndex(where: { $0.key == key }) else { return nil }
        let entry = left.remove(at: index)
        guard !entry.value.isNull else {
            throw SpecError(
                location: entry.value.location.hasLine ? entry.keyLocation : entry.value.location,
                key: key, problem: "has no value",
                hint: location.hasLine ? "write one, or leave the key out" : "give it one")
        }
        return entry.value
    }

    /// The error for a key that must be there and is not; a key that looks like it is named instead.
    public func missing(_ key: String) -> SpecError {
        let typo = left.first { Suggestion.nearest(to: $0.key, among: [key]) != nil }
        if let typo { return unknown(typo, known: [key]) }
        return SpecError(
            location: location, key: key, problem: "missing", hint: "\(what) needs it")
    }

    /// Throws for the first key that nothing asked for.
    ///
    /// Call it when all keys are read: the error lists those that were asked for.
    public func finish() throws(SpecError) {
        if let entry = left.first { throw unknown(entry, known: known) }
    }

    private func unknown(_ entry: Node.Entry, known: [String]) -> SpecError {
        let hint =
            if let near = Suggestion.nearest(to: entry.key, among: known) {
                "did you mean `\(near)`?"
            } else if entry.key == "<<" {
                "merge keys are not supported; write the keys out"
            } else if known.isEmpty {
                "it has no keys"
            } else {
                "known keys: " + known.joined(separator: ", ")
            }
        return SpecError(
            location: entry.keyLocation, key: Quoting.shortened(entry.key),
            problem: "not a key of \(what)", hint: hint)
    }
}
