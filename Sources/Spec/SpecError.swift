/// What is wrong with a spec, where, and what would be right.
///
/// `description` is one line for people:
///
///     f.yaml:3:9: key `by`: "3 parsecs" is not a duration; write 250ms, 60s or 5m
///     --by: "3 parsecs" is not a duration; write 250ms, 60s or 5m
public struct SpecError: Error, Equatable, Sendable {
    public var location: SourceLocation
    /// The key that is wrong or missing, if it is about a key.
    public var key: String?
    public var problem: String
    /// What would be right.
    public var hint: String?

    public init(
        location: SourceLocation, key: String? = nil, problem: String, hint: String? = nil
    ) {
        self.location = location
        self.key = key
        self.problem = problem
        self.hint = hint
    }

    /// The same, for a value that refused its text.
    public init(location: SourceLocation, key: String? = nil, _ problem: ValueProblem) {
        self.init(
            location: location, key: key, problem: problem.problem, hint: problem.hint)
    }
}

extension SpecError: CustomStringConvertible {
    public var description: String {
        var text = "\(location): "
        if let key {
            // `--by: key `by`: …` would say it twice.
            if location.hasLine {
                text += "key `\(Quoting.oneLine(key))`: "
            } else if location.file != "--\(key)" {
                text += "--\(Quoting.oneLine(key)): "
            }
        }
        text += Quoting.oneLine(problem)
        if let hint { text += "; " + Quoting.oneLine(hint) }
        return text
    }
}

/// Why a text is not a duration, a percentage or a pattern, and what would be right.
///
/// It has no location: `Fields` adds it.
public struct ValueProblem: Error, Equatable, Sendable, CustomStringConvertible {
    public var problem: String
    public var hint: String?

    public init(_ problem: String, hint: String? = nil) {
        self.problem = problem
        self.hint = hint
    }

    public var description: String { hint.map { "\(problem); \($0)" } ?? problem }
}
