internal import Yams

extension Node {
    /// Reads one YAML document (JSON is YAML too) into a tree.
    ///
    /// - Parameter file: the name that errors show.
    /// - Throws: one `SpecError` for anything that is not one document of at most 256 KiB, 32 levels
    ///   and 50,000 values with unique text keys: libyaml's own errors keep their line and column.
    ///   Aliases are followed, at most ten in a file. Tags other than the core ones are refused.
    public static func load(yaml text: String, file: String) throws(SpecError) -> Node {
        try YAMLGuard.check(text, file: file)
        var text = text
        text.makeContiguousUTF8()
        let root: Yams.Node?
        let parser: Parser
        do {
            // No resolver: what a scalar is, is decided by `Scalar`, and hashing keys stays cheap.
            // The encoding is given, for its default reads the environment and prints.
            parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            root = try parser.singleRoot()
        } catch {
            throw YAMLProblem(error, text: text, file: file).error
        }
        guard let root else {
            throw SpecError(
                location: SourceLocation(file: file, line: 1, column: 1),
                problem: "nothing is written here", hint: "write a mapping, `key: value` a line")
        }
        var tree = TreeBuilder(file: file)
        return try tree.node(root, depth: 0)
    }

    /// Bytes that `load` accepts at most: read one more than this from a file, and `load` says so.
    public static var largestText: Int { YAMLGuard.largest }

    /// The same for bytes from a file or a request, which may not be UTF-8.
    public static func load(utf8 bytes: [UInt8], file: String) throws(SpecError) -> Node {
        guard bytes.count <= YAMLGuard.largest else { throw YAMLGuard.tooLarge(file: file) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw notUTF8(bytes, file: file)
        }
        // A byte order mark is allowed (YAML 1.2 section 5.2) and says nothing here.
        let scalars = text.unicodeScalars
        return try load(
            yaml: scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text, file: file)
    }

    private static func notUTF8(_ bytes: [UInt8], file: String) -> SpecError {
        // Repairing puts U+FFFD where the first wrong byte was; one that was there before is valid.
        var valid = 0
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var location = SourceLocation(file: file, line: 1, column: 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            valid += UTF8.width(scalar)
            location.column += 1
            if scalar == "\n" { (location.line, location.column) = (location.line + 1, 1) }
        }
        let hex = valid < bytes.count ? String(bytes[valid], radix: 16, uppercase: true) : "?"
        return SpecError(
            location: location, problem: "the byte 0x\(hex) is not UTF-8",
            hint: "save the file as UTF-8")
    }
}

/// Turns Yams' tree into ours, within bounds.
private struct TreeBuilder {
    let file: String
    var count = 0

    mutating func node(_ node: Yams.Node, depth: Int) throws(SpecError) -> Node {
        let location = location(node.mark)
        count += 1
        guard count <= YAMLGuard.mostValues else {
            throw SpecError(
                location: location, problem: "more than \(YAMLGuard.mostValues) values",
                hint: "split the file")
        }
        guard depth < YAMLGuard.deepest else {
            throw SpecError(
                location: location, problem: "more than \(YAMLGuard.deepest) levels deep",
                hint: "no spec nests so far; check the brackets and the indentation")
        }
        try refuseTag(node, location)
        switch node {
        case .scalar(let scalar):
            return Node(
                .scalar(scalar.string, quoted: scalar.style != .plain), location: location)
        case .sequence(let sequence):
            var elements: [Node] = []
            for element in sequence {
                elements.append(try self.node(element, depth: depth + 1))
            }
            return Node(.sequence(elements), location: location)
        case .mapping(let mapping):
            var entries: [Node.Entry] = []
            for (key, value) in mapping {
                let keyLocation = self.location(key.mark)
                let name = try self.key(key, keyLocation)
                entries.append(
                    Node.Entry(
                        key: name, keyLocation: keyLocation,
                        value: try self.node(value, depth: depth + 1)))
            }
            return Node(.mapping(entries), location: location)
        case .alias:
            // Yams follows aliases while it parses.
            throw SpecError(location: location, problem: "an alias that leads nowhere")
        }
    }

    private func key(_ key: Yams.Node, _ location: SourceLocation) throws(SpecError) -> String {
        guard case .scalar(let scalar) = key else {
            throw SpecError(
                location: location, problem: "a list or a mapping cannot be a key",
                hint: "write a word before the colon")
        }
        guard !scalar.string.isEmpty else {
            throw SpecError(
                location: location, problem: "the key is empty",
                hint: "write a word before the colon")
        }
        return scalar.string
    }

    private func refuseTag(_ node: Yams.Node, _ location: SourceLocation) throws(SpecError) {
        let tag = node.tag.rawValue
        guard !["str", "seq", "map"].contains(where: { tag == "tag:yaml.org,2002:\($0)" }) else {
            return
        }
        throw SpecError(
            location: location, problem: "the tag \(Quoting.quoted(tag)) is not known here",
            hint: "write the value without a tag")
    }

    private func location(_ mark: Mark?) -> SourceLocation {
        SourceLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}
