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
            error = Self.syntax(
                problem, context: context?.text, location: at(mark), text: text)
        case .composer(_, let problem, let mark, _):
            let isSecond = problem.contains("another document")
            error = SpecError(
                location: at(mark),
                problem: isSecond ? "a second document starts here" : "not YAML: \(problem)",
                hint: isSecond ? "write one document a file" : Self.aliasHint)
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            error = SpecError(
                location: at(context.mark), key: key,
                problem: "given more than once in one mapping",
                hint: "keep one of them")
        case .reader(let problem, _, _, _):
            error = SpecError(location: .whole(file: file), problem: "not YAML: \(problem)")
        default:
            error = SpecError(
                location: .whole(file: file), problem: "not YAML: \(String(describing: thrown))")
        }
    }

    private static let aliasHint = "quote a pattern that begins with *: \"*.example.com\""

    private static func syntax(
        _ problem: String, context: String?, location: SourceLocation, text: String
    ) -> SpecError {
        let said = "not YAML: \(problem)" + (context.map { " \($0)" } ?? "")
        let found = character(at: location, in: text)
        let hint: String? =
            if found == "\t" {
                "indent with spaces, not tabs"
            } else if context == "while scanning an alias" {
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
                "close the bracket, or put a comma between the values"
            } else if problem.contains("unexpected end of stream") {
                "close the quote"
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
