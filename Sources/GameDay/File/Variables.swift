internal import Spec

/// The variables of a game day, and how `${NAME}` becomes what they hold.
///
/// `$${` is a literal `${`. Names are looked up in what was set by hand, then in the environment, then
/// in the defaults. A value that is nothing but one `${NAME}` becomes what the variable's text would be
/// without quotes, so that `port: "${PORT}"` can be a number.
struct Variables {
    private struct Declared {
        var name: String
        var location: SourceLocation
        var value: String
        var isSet: Bool
    }

    private var declared: [Declared] = []
    private var used: Set<String> = []
    /// Where scalars were changed: columns within them are not those of the file any more.
    private(set) var changed: Set<SourceLocation> = []

    /// Reads the `variables` of a file; a default may use the variables above it.
    init(
        _ node: Node?, set: [String: String], environment: [String: String]
    ) throws(SpecError) {
        let entries = node?.entries ?? []
        if let node, node.entries == nil {
            _ = try Fields(node, of: "variables")
        }
        for entry in entries {
            guard Self.isName(entry.key) else {
                throw SpecError(
                    location: entry.keyLocation, key: Quoting.shortened(entry.key),
                    problem: "not a variable's name",
                    hint: "write letters, digits and _, such as SERVICE")
            }
            let standard = try standard(of: entry)
            guard let value = set[entry.key] ?? environment[entry.key] ?? standard else {
                throw SpecError(
                    location: entry.keyLocation, key: entry.key, problem: "it has no value",
                    hint: "give it one: --set \(entry.key)=…")
            }
            declared.append(
                Declared(
                    name: entry.key, location: entry.keyLocation, value: value,
                    isSet: set[entry.key] != nil))
        }
        for name in set.keys.sorted() where !declared.contains(where: { $0.name == name }) {
            throw SpecError(
                location: .commandLine("--set \(name)"),
                problem: "the game day has no such variable", hint: known(near: name))
        }
    }

    /// All of them with their values, in the order written.
    var values: [GameDay.Variable] {
        declared.map { GameDay.Variable(name: $0.name, value: $0.value) }
    }

    /// Call it when everything is expanded: says which variable that was set by hand changes nothing.
    func finish() throws(SpecError) {
        guard let unused = declared.first(where: { $0.isSet && !used.contains($0.name) }) else {
            return
        }
        throw SpecError(
            location: .commandLine("--set \(unused.name)"),
            problem: "the game day declares it, and uses it nowhere",
            hint: "write ${\(unused.name)} at \(unused.location.file), or leave it out")
    }

    /// The tree with all values expanded; keys stay as they are.
    mutating func expand(_ node: Node) throws(SpecError) -> Node {
        switch node.value {
        case .scalar(let text, let quoted):
            guard text.contains("${") else { return node }
            changed.insert(node.location)
            let expanded = try expand(text, quoted: quoted, at: node.location)
            let plain = Node(.scalar(expanded, quoted: false), location: node.location)
            let isWhole = quoted && Self.isOneVariable(text) && !plain.isNull
            return isWhole
                ? plain : Node(.scalar(expanded, quoted: quoted), location: node.location)
        case .sequence(let elements):
            var list: [Node] = []
            for element in elements { list.append(try expand(element)) }
            return Node(.sequence(list), location: node.location)
        case .mapping(let entries):
            var list: [Node.Entry] = []
            for entry in entries {
                var entry = entry
                entry.value = try expand(entry.value)
                list.append(entry)
            }
            return Node(.mapping(list), location: node.location)
        }
    }

    // MARK: - One text

    private mutating func expand(
        _ text: String, quoted: Bool, at location: SourceLocation
    ) throws(SpecError) -> String {
        func place(_ index: String.Index) -> SourceLocation {
            // Block scalars begin on another line than their mark; what they hold has line breaks.
            guard location.hasLine, !text.contains(where: \.isNewline) else { return location }
            var place = location
            place.column += text.unicodeScalars.distance(from: text.startIndex, to: index)
            if quoted { place.column += 1 }
            return place
        }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "${") {
            if rest[..<mark.lowerBound].last == "$" {
                result += rest[..<mark.lowerBound].dropLast() + "${"
                rest = rest[mark.upperBound...]
                continue
            }
            result += rest[..<mark.lowerBound]
            guard let end = rest[mark.upperBound...].firstIndex(of: "}") else {
                throw SpecError(
                    location: place(mark.lowerBound), problem: "`${` is never closed",
                    hint: "write }, or $${ for the characters themselves")
            }
            let name = String(rest[mark.upperBound..<end])
            guard let variable = declared.first(where: { $0.name == name }) else {
                throw SpecError(
                    location: place(mark.lowerBound),
                    problem: Self.isName(name)
                        ? "there is no variable \(Quoting.shortened(name))"
                        : "\(Quoting.quoted("${\(name)}")) is no variable",
                    hint: known(near: name))
            }
            used.insert(name)
            result += variable.value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private func known(near name: String) -> String {
        let names = declared.map(\.name)
        if let near = Suggestion.nearest(to: name, among: names) { return "did you mean \(near)?" }
        return names.isEmpty
            ? "add it under `variables`" : "there are \(names.joined(separator: ", "))"
    }

    // MARK: - Declarations

    /// What a variable holds unless told otherwise; nil: it must be given.
    private mutating func standard(of entry: Node.Entry) throws(SpecError) -> String? {
        guard entry.value.entries != nil else {
            guard !entry.value.isNull else { return nil }
            return try text(entry.value, key: entry.key)
        }
        var fields = try Fields(entry.value, of: "a variable")
        _ = try fields.string("about")
        let standard = try fields.node("default")
        try fields.finish()
        guard let standard else { return nil }
        return try text(standard, key: "default")
    }

    private mutating func text(_ node: Node, key: String) throws(SpecError) -> String {
        let node = try expand(node)
        guard let text = node.text else {
            throw SpecError(
                location: node.location, key: key, problem: "\(node.kindName) is not a text",
                hint: "write one value")
        }
        return text
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= first) else {
            return false
        }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    private static func isOneVariable(_ text: String) -> Bool {
        text.hasPrefix("${") && text.firstIndex(of: "}") == text.index(before: text.endIndex)
    }
}
