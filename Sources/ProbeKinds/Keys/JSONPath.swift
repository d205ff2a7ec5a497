import Spec

/// A place in a JSON document: `$`, `$.a.b`, `$.a[0]`, `$['a key']`; the part of RFC 9535 that leads
/// to one value.
struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
    }

    let steps: [Step]
    let description: String

    init(parsing text: String) throws(ValueProblem) {
        let wrong = ValueProblem(
            "\"\(text.prefix(60))\" is not a JSON path", hint: "write $.a.b or $.list[0].c")
        guard text.hasPrefix("$") else { throw wrong }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let next = rest.first {
            rest = rest.dropFirst()
            if next == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty, !name.contains("*") else { throw wrong }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            } else if next == "[", let quote = rest.first, quote == "'" || quote == "\"" {
                rest = rest.dropFirst()
                let name = rest.prefix { $0 != quote }
                rest = rest.dropFirst(name.count + 1)
                guard rest.first == "]" else { throw wrong }
                rest = rest.dropFirst()
                steps.append(.member(String(name)))
            } else if next == "[" {
                let digits = rest.prefix { $0 != "]" }
                guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                    let index = Int(digits), rest.count > digits.count
                else { throw wrong }
                rest = rest.dropFirst(digits.count + 1)
                steps.append(.element(index))
            } else {
                throw wrong
            }
        }
        self.steps = steps
        description = text
    }
}

/// A JSON document, for looking at one place in it.
indirect enum JSONDocument: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONDocument])
    case object([String: JSONDocument])

    subscript(path: JSONPath) -> JSONDocument? {
        var place = self
        for step in path.steps {
            switch (step, place) {
            case (.member(let name), .object(let members)):
                guard let value = members[name] else { return nil }
                place = value
            case (.element(let index), .list(let elements)):
                guard elements.indices.contains(index) else { return nil }
                place = elements[index]
            default: return nil
            }
        }
        return place
    }

    /// A number or a text as it is; `true`, `false` and `null` as texts; nil for what has parts.
    var fact: FactValue? {
        switch self {
        case .null: .text("null")
        case .bool(let bool): .text(bool ? "true" : "false")
        case .number(let number): .number(number)
        case .text(let text): .text(text)
        case .list, .object: nil
        }
    }
}

extension JSONDocument: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let members = try? value.decode([String: JSONDocument].self) {
            self = .object(members)
        } else {
            self = .list(try value.decode([JSONDocument].self))
        }
    }
}
