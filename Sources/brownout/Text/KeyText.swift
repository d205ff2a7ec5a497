import Spec

/// One key of an effect as people read it, in `explain` and in `--help`.
struct KeyText {
    var schema: KeySchema

    init(_ schema: KeySchema) { self.schema = schema }

    /// Several values may be given: on the command line, between commas.
    var isList: Bool {
        switch schema.kind {
        case .texts, .shaped, .choices, .patterns, .addresses, .networks, .hosts, .ports,
            .variants, .oneOrMore:
            true
        default: false
        }
    }

    /// What stands for the value: `duration`, `address,…`.
    var placeholder: String {
        switch schema.kind {
        case .text: "text"
        case .texts: "texts"
        case .textsByName: "mapping"
        case .shaped: "values"
        case .bool: "true|false"
        case .duration: "duration"
        case .percentage: "percent"
        case .integer: "number"
        case .choice(let words): words.count <= 2 ? words.joined(separator: "|") : "word"
        case .choices: "words"
        case .pattern: "pattern"
        case .patterns: "patterns"
        case .address: "address"
        case .addresses: "addresses"
        case .networks: "networks"
        case .hosts: "hosts"
        case .ports: "ports"
        case .group, .variants, .named: "mapping"
        case .oneOrMore, .either, .definition: "value"
        case .nothing: "nothing"
        }
    }

    /// The words that may stand there, where it is one of a few.
    var words: [String]? {
        switch schema.kind {
        case .choice(let words), .choices(let words, or: _): words
        default: nil
        }
    }

    /// What it is where it is not given: `required`, `default 60s`, or nothing.
    var fallback: String? {
        if schema.required { return "required" }
        return schema.default.map { "default: \($0)" }
    }

    /// The doc with what holds when the flag is absent, on one line.
    var help: String {
        schema.doc + (fallback.map { " (\($0))" } ?? "")
    }
}
