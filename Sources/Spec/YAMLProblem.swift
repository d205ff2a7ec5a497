internal import Yams

/// libyaml's errors, placed and put into our words where theirs do not say what would be right.
struct YAMLProblem {
    let error: SpecError

    init(_ thrown: any Error, text: String, file: String) {
        func at(_ mark: Mark) -> SourceLocation {
            SourceLocation(file: file, line: max(1, mark.line), column: max(1, mark.column))
        }
        switch thrown as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _):
            // For an alias the star is the mistake, not the character after it.
            let isAlias = context?.text == "while scanning an alias"
            error = Self.syntax(
                problem, context: context, location: at(isAlias ? context?.mark ?? mark : mark),
                text: text)
        case .composer(_, let problem, let mark, _):
            let isSecond = problem.contains("another document")
            error = SpecError(
                location: at(mark),
                problem: isSecond ? "a second document starts here" : "not YAML: \(problem)",
                hint: isSecond ? "write one document a file" : Self.aliasHint)
        case .duplicatedKeysInMapping(let keys, let context):
            let key = DuplicateKey(
                name: keys.first ?? "", first: at(context.mark), text: text)
            error = SpecError(
                location: key.second ?? key.first, key: Quoting.shortened(key.name),
                problem: "given twice in one mapping",
                hint: key.second == nil
                    ? "keep one of them"
                    : "keep one of them; the first is at line \(key.first.line)")
        case .reader(let problem, _, _, _):
            error = SpecError(location: .whole(file: file), problem: "not YAML: \(problem)")
        default:
            error = SpecError(
                location: .whole(file: file), problem: "not YAML: \(String(describing: thrown))")
        }
    }

    private static let aliasHint = "quote a pattern that begins with *: \"*.example.com\""

    private static func syntax(
        _ problem: String, context: YamlError.Context?, location: SourceLocation, text: String
    ) -> SpecError {
        let problem = problem.hasPrefix("Maximum nesting level") ? "nested too deeply" : problem
        let said = "not YAML: \(problem)" + (context.map { " \($0.text)" } ?? "")
        let opening = context.map { "line \($0.mark.line), column \($0.mark.column)" } ?? "above"
        let found = character(at: location, in: text)
        let hint: String? =
            if found == "\t" {
                "indent with spaces, not tabs"
            } else if context?.text == "while scanning an alias" {
                aliasHint
            } else if found == "@" || found == "`" || found == "%" {
                "quote a text that begins with \(found.map(String.init) ?? "")"
            } else if problem.contains("mapping values are not allowed") {
                "quote a text that holds a colon, or check the indentation"
            } else if problem.contains("could not find expected ':'") {
                "write `key: value`, with a space after the colon"
            } else if problem.contains("did not find expected key")
                || problem.contains("did not find expected '-' indicator")
            {
                "check the indentation, and the line before"
            } else if problem.contains("did not find expected ',' or") {
                "close the bracket of \(opening), or put a comma between the values"
            } else if problem == "nested too deeply" {
                "no spec nests so far; check the brackets and the indentation"
            } else if problem.contains("unexpected end of stream") {
                "close the quote of \(opening)"
            } else {
                nil
            }
        return SpecError(location: location, problem: said, hint: hint)
    }

    private static func character(
        at location: SourceLocation, in text: String
    ) -> Unicode.Scalar? {
        let lines = text.unicodeScalars.split(
            separator: "\n", maxSplits: location.line, omittingEmptySubsequences: false)
        guard lines.indices.contains(location.line - 1) else { return nil }
        return lines[location.line - 1].dropFirst(location.column - 1).first
    }
}
