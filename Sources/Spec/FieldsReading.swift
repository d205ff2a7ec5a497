extension Fields {
    /// A text; a number or a word as it was written.
    public mutating func string(_ key: String) throws(SpecError) -> String? {
        guard let node = try node(key) else { return nil }
        return try Self.text(node, key, expected: "a text")
    }

    /// One text or a list of texts, at least one.
    public mutating func strings(_ key: String) throws(SpecError) -> [String]? {
        try list(key, expected: "a text") { (text) throws(ValueProblem) in text }
    }

    public mutating func bool(_ key: String) throws(SpecError) -> Bool? {
        guard let node = try node(key) else { return nil }
        if case .scalar(let text, quoted: false) = node.value,
            case .bool(let bool) = Scalar(plain: text)
        {
            return bool
        }
        throw SpecError(
            location: node.location, key: key, problem: "\(node.found) is neither true nor false",
            hint: "write true or false")
    }

    /// A whole number within `range`; hexadecimal (0x1F) and octal (0o17) are allowed.
    public mutating func integer<T: FixedWidthInteger & Sendable>(
        _ key: String, in range: ClosedRange<T>
    ) throws(SpecError) -> T? {
        guard let node = try node(key) else { return nil }
        let hint = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, let quoted) = node.value,
            case .integer(let digits) = Scalar(plain: text)
        else {
            throw SpecError(
                location: node.location, key: key, problem: "\(node.found) is not a whole number",
                hint: hint)
        }
        guard !quoted else {
            throw SpecError(
                location: node.location, key: key,
                problem: "\(node.found) is a text, for it is quoted",
                hint: "write \(Quoting.shortened(text)) without quotes")
        }
        guard let value = T(digits), range.contains(value) else {
            throw SpecError(
                location: node.location, key: key,
                problem: "\(Quoting.shortened(text)) is out of range", hint: hint)
        }
        return value
    }

    /// A duration such as `250ms`, within `range` where there is one.
    public mutating func duration(
        _ key: String, in range: ClosedRange<Duration>? = nil
    ) throws(SpecError) -> Duration? {
        try value(key, expected: "a duration") { (text) throws(ValueProblem) in
            let duration = try Duration(parsing: text)
            if let range, !range.contains(duration) {
                throw ValueProblem(
                    "\(Quoting.quoted(text)) is out of range",
                    hint: "write \(range.lowerBound.spec) to \(range.upperBound.spec)")
            }
            return duration
        }
    }

    /// A percentage such as `30%`.
    public mutating func percentage(_ key: String) throws(SpecError) -> Percentage? {
        try value(key, expected: "a percentage") { (text) throws(ValueProblem) in
            try Percentage(parsing: text)
        }
    }

    public mutating func pattern(_ key: String) throws(SpecError) -> NamePattern? {
        try value(key, expected: "a name pattern") { (text) throws(ValueProblem) in
            try NamePattern(parsing: text)
        }
    }

    /// One name pattern or a list of them, at least one.
    public mutating func patterns(_ key: String) throws(SpecError) -> [NamePattern]? {
        try list(key, expected: "a name pattern") { (text) throws(ValueProblem) in
            try NamePattern(parsing: text)
        }
    }

    /// One of the raw values of an enum, in its case.
    public mutating func choice<T: RawRepresentable & CaseIterable>(
        _ key: String, of type: T.Type
    ) throws(SpecError) -> T? where T.RawValue == String {
        let words = T.allCases.map(\.rawValue)
        return try value(key, expected: "one of \(words.joined(separator: ", "))") {
            (text) throws(ValueProblem) in
            if let choice = T(rawValue: text) { return choice }
            let near = Suggestion.nearest(to: text, among: words)
            throw ValueProblem(
                "\(Quoting.quoted(text)) is not one of them",
                hint: near.map { "did you mean `\($0)`?" }
                    ?? "write \(words.joined(separator: ", "))")
        }
    }

    /// A value that another target reads: `kind` is "an IP address", `hint` "write 10.0.0.9".
    public mutating func value<T: LosslessStringConvertible>(
        _ key: String, as type: T.Type, kind: String, hint: String
    ) throws(SpecError) -> T? {
        try value(key, expected: kind) { (text) throws(ValueProblem) in
            try Self.lossless(text, kind: kind, hint: hint)
        }
    }

    /// One such value or a list of them, at least one.
    public mutating func values<T: LosslessStringConvertible>(
        _ key: String, as type: T.Type, kind: String, hint: String
    ) throws(SpecError) -> [T]? {
        try list(key, expected: kind) { (text) throws(ValueProblem) in
            try Self.lossless(text, kind: kind, hint: hint)
        }
    }

    /// A value with a reader of its own; the reader's problem is placed at the value.
    public mutating func value<T>(
        _ key: String, expected: String, _ read: (String) throws(ValueProblem) -> T
    ) throws(SpecError) -> T? {
        guard let node = try node(key) else { return nil }
        return try Self.read(node, key, expected: expected, read)
    }

    /// One value or a list of them, at least one, with a reader of its own.
    public mutating func list<T>(
        _ key: String, expected: String, _ read: (String) throws(ValueProblem) -> T
    ) throws(SpecError) -> [T]? {
        guard let node = try node(key) else { return nil }
        guard let elements = node.elements else {
            return [try Self.read(node, key, expected: expected, read)]
        }
        guard !elements.isEmpty else {
            throw SpecError(
                location: node.location, key: key, problem: "the list is empty",
                hint: "write \(expected), or leave the key out")
        }
        var values: [T] = []
        for element in elements {
            values.append(try Self.read(element, key, expected: expected, read))
        }
        return values
    }

    private static func lossless<T: LosslessStringConvertible>(
        _ text: String, kind: String, hint: String
    ) throws(ValueProblem) -> T {
        guard let value = T(text) else {
            throw ValueProblem("\(Quoting.quoted(text)) is not \(kind)", hint: hint)
        }
        return value
    }

    private static func read<T>(
        _ node: Node, _ key: String, expected: String, _ read: (String) throws(ValueProblem) -> T
    ) throws(SpecError) -> T {
        let text = try text(node, key, expected: expected)
        do {
            return try read(text)
        } catch {
            throw SpecError(location: node.location, key: key, error)
        }
    }

    private static func text(
        _ node: Node, _ key: String, expected: String
    ) throws(SpecError) -> String {
        guard let text = node.text else {
            throw SpecError(
                location: node.location, key: key, problem: "\(node.kindName) is not \(expected)",
                hint: "write \(expected)")
        }
        guard !text.isEmpty, !node.isNull else {
            throw SpecError(
                location: node.location, key: key, problem: "the value is empty",
                hint: "write \(expected)")
        }
        return text
    }
}

extension Node {
    /// What stands here, for an error: a text in quotes, or what kind of value it is.
    var found: String {
        if let text { Quoting.quoted(text) } else { kindName }
    }
}
