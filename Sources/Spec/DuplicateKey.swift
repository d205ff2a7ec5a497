internal import Yams

/// Where a key is given for the second time: Yams says where the first one is, and not that.
struct DuplicateKey {
    let name: String
    let first: SourceLocation
    /// Nil where it cannot be told, such as for a key that is given three times.
    let second: SourceLocation?

    /// Gives the first key another name, so that the text parses, and looks for the one beside it.
    init(name: String, first: SourceLocation, text: String) {
        self.name = name
        self.first = first
        second = Self.find(name, after: first, in: text)
    }

    private static let other = "another-name-for-"

    private static func find(
        _ name: String, after first: SourceLocation, in text: String
    ) -> SourceLocation? {
        var lines = text.unicodeScalars.split(
            separator: "\n", maxSplits: first.line, omittingEmptySubsequences: false
        ).map(String.UnicodeScalarView.init)
        guard lines.indices.contains(first.line - 1) else { return nil }
        var line = lines[first.line - 1]
        guard
            let start = line.index(
                line.startIndex, offsetBy: first.column - 1, limitedBy: line.endIndex),
            start < line.endIndex
        else { return nil }
        let isQuoted = line[start] == "\"" || line[start] == "'"
        line.insert(
            contentsOf: other.unicodeScalars, at: isQuoted ? line.index(after: start) : start)
        lines[first.line - 1] = line
        let renamed = lines.map(String.init).joined(separator: "\n")
        guard let parser = try? Parser(yaml: renamed, resolver: .basic, encoding: .utf8),
            let root = try? parser.singleRoot(),
            let mark = search(root, name: name, first: first, depth: 0)
        else { return nil }
        let shift = mark.line == first.line ? other.count : 0
        return SourceLocation(file: first.file, line: mark.line, column: mark.column - shift)
    }

    private static func search(
        _ node: Yams.Node, name: String, first: SourceLocation, depth: Int
    ) -> Mark? {
        guard depth < YAMLGuard.deepest else { return nil }
        switch node {
        case .mapping(let mapping):
            let isHere = mapping.contains { key, _ in
                key.mark?.line == first.line && key.mark?.column == first.column
            }
            if isHere {
                return mapping.first { key, _ in key.scalar?.string == name }?.key.mark
            }
            for (_, value) in mapping {
                if let mark = search(value, name: name, first: first, depth: depth + 1) {
                    return mark
                }
            }
        case .sequence(let sequence):
            for value in sequence {
                if let mark = search(value, name: name, first: first, depth: depth + 1) {
                    return mark
                }
            }
        case .scalar, .alias: break
        }
        return nil
    }
}
