public import ProbeKinds
internal import Spec

extension Expectation {
    /// Reads an expectation.
    ///
    /// - Parameters:
    ///   - facts: What results of the probe can tell.
    ///   - kind: What the probe's kind is called, for errors.
    /// - Throws: What is wrong, and where in the text.
    public init(
        parsing text: String, facts: [FactSchema] = [], kind: String = "such",
        use: ExpectationUse = .expect
    ) throws(TextProblem) {
        var reader = ExpectationReader(text: text, facts: facts, kind: kind)
        self = try reader.read()
        if let (clause, problem) = problem(for: use) {
            let offset = clause.flatMap { reader.clauses[$0] } ?? 0
            throw TextProblem(offset: offset, problem: problem)
        }
    }
}

/// The grammar of ``Expectation``, one function a rule.
private struct ExpectationReader {
    let text: String
    let facts: [FactSchema]
    let kind: String
    var scanner: ExpectationScanner
    /// Where each clause was written.
    var clauses: [TimeClause: Int] = [:]

    init(text: String, facts: [FactSchema], kind: String) {
        self.text = text
        self.facts = facts
        self.kind = kind
        scanner = ExpectationScanner(text)
    }

    mutating func read() throws(TextProblem) -> Expectation {
        var quantifier = Expectation.Quantifier.plain
        if let word = Expectation.Quantifier(rawValue: scanner.peek()), word != .plain {
            quantifier = word
            _ = scanner.word()
        }
        var expectation = Expectation(
            text: text, condition: try condition(), quantifier: quantifier)
        while true {
            scanner.skipSpace()
            guard !scanner.isAtEnd else { return expectation }
            try clause(&expectation)
        }
    }

    // MARK: - Conditions

    private mutating func condition() throws(TextProblem) -> Expectation.Condition {
        scanner.skipSpace()
        let start = scanner.offset
        let word = scanner.word()
        switch word {
        case "pass": return .passed(true)
        case "fail": return .passed(false)
        case "success": return .success(try comparison(), try percentage())
        case "latency": return .took(.latency, try comparison(), try duration())
        case "ttfb":
            guard let statistic = Statistic(rawValue: scanner.peek()) else {
                return .took(.ttfb, try comparison(), try duration())
            }
            _ = scanner.word()
            return .timing(.ttfb, statistic, try comparison(), try bound())
        case "":
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    "an expectation is missing here", hint: "write success >= 99% or p95 < 300ms"))
        default: break
        }
        if let statistic = Statistic(rawValue: word) {
            return .timing(.latency, statistic, try comparison(), try bound())
        }
        guard let schema = facts.first(where: { $0.word == word }) else {
            throw TextProblem(offset: start, problem: unknown(word))
        }
        return try fact(schema)
    }

    private func unknown(_ word: String) -> ValueProblem {
        let general =
            ["success", "pass", "fail", "latency", "ttfb"] + Statistic.allCases.map(\.rawValue)
        let own = facts.map(\.word)
        let near = Suggestion.nearest(to: word, among: own + general)
        let tells = own.isEmpty ? "" : "\(own.joined(separator: ", ")); or "
        return ValueProblem(
            "\(Quoting.quoted(word)) is nothing that \(article) probe tells",
            hint: near.map { "did you mean `\($0)`?" }
                ?? "write \(tells)success, p95, ttfb, pass or fail")
    }

    private var article: String {
        let first = kind.first.map { "aeio".contains($0) } ?? false
        return "\(first ? "an" : "a") \(kind)"
    }

    private mutating func fact(_ schema: FactSchema) throws(TextProblem) -> Expectation.Condition {
        var name = FactName(schema.word)
        if let argument = schema.argument {
            scanner.skipSpace()
            let start = scanner.offset
            name.argument = try self.argument()
            guard !name.argument.isEmpty else {
                throw TextProblem(
                    offset: start,
                    problem: ValueProblem(
                        "`\(schema.word)` of what?", hint: "write `\(schema.word) \(argument) == …`"
                    ))
            }
            if schema.word == "header" { name.argument = name.argument.lowercased() }
        }
        return .fact(name, try factTest(schema))
    }

    /// A name in quotes, or all words up to the comparison.
    private mutating func argument() throws(TextProblem) -> String {
        if let quoted = try scanner.quoted() { return quoted }
        var words: [String] = []
        while true {
            let next = scanner.peek()
            if next.isEmpty || next == "contains" || next == "matches" { break }
            words.append(scanner.word())
        }
        return words.joined(separator: " ")
    }

    private mutating func factTest(_ schema: FactSchema) throws(TextProblem) -> FactTest {
        scanner.skipSpace()
        let start = scanner.offset
        let word = scanner.peek()
        if word == "contains" || word == "matches" {
            _ = scanner.word()
            guard schema.kind == .text else {
                throw TextProblem(
                    offset: start,
                    problem: ValueProblem(
                        "`\(schema.word)` is a number, and `\(word)` is for texts",
                        hint: "write < <= > >= == or !="))
            }
            scanner.skipSpace()
            let place = scanner.offset
            let value = try value(of: schema)
            if word == "matches", (try? Regex(value)) == nil {
                throw TextProblem(
                    offset: place,
                    problem: ValueProblem(
                        "\(Quoting.quoted(value)) is not a regular expression",
                        hint: "check its brackets, and quote it"))
            }
            return FactTest(word == "contains" ? .contains : .matches, .text(value))
        }
        let comparison = try comparison(orWords: schema.kind == .text)
        scanner.skipSpace()
        let place = scanner.offset
        let isOrdered = comparison != .equal && comparison != .notEqual
        switch schema.kind {
        case .text where !isOrdered:
            return FactTest(.compare(comparison), .text(try value(of: schema)))
        case .duration:
            let text = try value(of: schema)
            if let number = Self.number(text) { return FactTest(.compare(comparison), number) }
            let duration = try at(place) { () throws(ValueProblem) in try Duration(parsing: text) }
            return FactTest(.compare(comparison), .number(duration.inSeconds))
        case .text, .number:
            let text = try value(of: schema)
            guard let number = Self.number(text) else {
                throw TextProblem(
                    offset: place,
                    problem: ValueProblem(
                        "\(Quoting.quoted(text)) is not a number",
                        hint: schema.kind == .text
                            ? "texts are compared with == and !=" : "write \(schema.word) == 1"))
            }
            return FactTest(.compare(comparison), number)
        }
    }

    private static func number(_ text: String) -> FactValue? {
        guard let number = Double(text), number.isFinite else { return nil }
        return .number(number)
    }

    private mutating func value(of schema: FactSchema) throws(TextProblem) -> String {
        if let quoted = try scanner.quoted() { return quoted }
        scanner.skipSpace()
        let start = scanner.offset
        let token = scanner.token()
        guard !token.isEmpty else {
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    "`\(schema.word)` is compared with nothing", hint: "write a value"))
        }
        return token
    }

    // MARK: - Comparisons and bounds

    private mutating func comparison(
        orWords: Bool = false
    ) throws(TextProblem) -> Relation {
        scanner.skipSpace()
        let start = scanner.offset
        let usual =
            "write < <= > >= == or !=" + (orWords ? ", or `contains` or `matches`" : "")
        guard let signs = scanner.signs() else {
            let found = scanner.peek()
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    found.isEmpty
                        ? "a comparison is missing here"
                        : "\(Quoting.quoted(found)) is not a comparison", hint: usual))
        }
        guard let comparison = Relation(rawValue: signs) else {
            let meant = ["=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "===": "=="][signs]
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    "\(Quoting.quoted(signs)) is not a comparison",
                    hint: meant.map { "did you mean `\($0)`?" } ?? usual))
        }
        return comparison
    }

    private mutating func percentage() throws(TextProblem) -> Percentage {
        scanner.skipSpace()
        let start = scanner.offset
        let token = scanner.token()
        return try at(start) { () throws(ValueProblem) in try Percentage(parsing: token) }
    }

    private mutating func duration() throws(TextProblem) -> Duration {
        scanner.skipSpace()
        let start = scanner.offset
        let token = scanner.token()
        return try at(start) { () throws(ValueProblem) in
            if token.isEmpty {
                throw ValueProblem("a duration is missing here", hint: "write 250ms, 60s or 5m")
            }
            if token.last == "x", Double(token.dropLast()) != nil {
                throw ValueProblem(
                    "one result is not compared with the baseline",
                    hint: "write a duration, or a figure: p95 < 2x baseline")
            }
            return try Duration(parsing: token)
        }
    }

    private mutating func bound() throws(TextProblem) -> Expectation.Bound {
        scanner.skipSpace()
        let start = scanner.offset
        var ahead = scanner
        let token = ahead.token()
        guard token.last == "x", let times = Double(token.dropLast()) else {
            return .fixed(try duration())
        }
        guard (0.01...1_000).contains(times) else {
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    "\(Quoting.quoted(token)) is no bound",
                    hint: "write 2x baseline, from 0.01x to 1000x"))
        }
        ahead.skipSpace()
        let place = ahead.offset
        guard ahead.word() == "baseline" else {
            throw TextProblem(
                offset: place,
                problem: ValueProblem(
                    "\(Quoting.quoted(token)) of what?", hint: "write \(token) baseline"))
        }
        scanner = ahead
        return .baseline(times: times)
    }

    // MARK: - When

    private mutating func clause(_ expectation: inout Expectation) throws(TextProblem) {
        let start = scanner.offset
        let word = scanner.token()
        let clause: TimeClause
        switch word {
        case "within": clause = .within
        case "after": clause = .after
        case "over": clause = .over
        case "for":
            guard scanner.token() == "at", scanner.token() == "least" else {
                throw TextProblem(
                    offset: start,
                    problem: ValueProblem(
                        "`for` how long?", hint: "write `for at least 10s`, or `over 10s`"))
            }
            clause = .forAtLeast
        default:
            let near = Suggestion.nearest(to: word, among: ["within", "after", "over", "for"])
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    "\(Quoting.quoted(word)) is not expected here",
                    hint: near.map { "did you mean `\($0)`?" }
                        ?? "write within, for at least, after or over with a time; "
                        + "quote a text of several words"))
        }
        guard clauses[clause] == nil else {
            throw TextProblem(
                offset: start,
                problem: ValueProblem(
                    "`\(clause.rawValue)` is written twice", hint: "keep one of them"))
        }
        clauses[clause] = start
        scanner.skipSpace()
        let place = scanner.offset
        let time = try duration()
        guard time > .zero else {
            throw TextProblem(
                offset: place,
                problem: ValueProblem("no time at all", hint: "write 1s or more, or leave it out"))
        }
        switch clause {
        case .within: expectation.within = time
        case .forAtLeast: expectation.forAtLeast = time
        case .after: expectation.after = time
        case .over: expectation.over = time
        }
    }

    private func at<T>(
        _ offset: Int, _ read: () throws(ValueProblem) -> T
    ) throws(TextProblem) -> T {
        do {
            return try read()
        } catch {
            throw TextProblem(offset: offset, problem: error)
        }
    }
}
