/// A JSON Schema (draft 2020-12) written from the keys that the code reads, so that editors complete
/// and check the same files. The same keys give the same bytes.
public enum JSONSchema {
    /// The schema of a file, pretty-printed with sorted keys and a newline at its end.
    ///
    /// - Parameters:
    ///   - root: the mapping that a file holds; its `doc` becomes the schema's description.
    ///   - id: the `$id`, an absolute URI.
    ///   - named: what keys of the kind `definition` stand for.
    ///   - variables: whether `${NAME}` may stand for any value.
    public static func document(
        _ root: KeyGroup, id: String, title: String,
        definitions named: [String: KeySchema.Kind] = [:], variables: Bool = false
    ) -> String {
        var members = object(root)
        var definitions = definitions
        for (name, kind) in named { definitions[name] = .object(schema(kind)) }
        members["$defs"] = .object(definitions)
        if variables { members = SchemaVariables.allow(in: members) }
        members["$schema"] = .string("https://json-schema.org/draft/2020-12/schema")
        members["$id"] = .string(id)
        members["title"] = .string(title)
        return JSON.object(members).pretty() + "\n"
    }

    private static func object(_ group: KeyGroup) -> [String: JSON] {
        var properties: [String: JSON] = [:]
        for key in group.keys { properties[key.name] = property(key) }
        var members: [String: JSON] = [
            "type": .string("object"),
            "description": .string(group.doc),
            "additionalProperties": .bool(false),
            "properties": .object(properties),
        ]
        let required = group.keys.filter(\.required).map(\.name).sorted()
        if !required.isEmpty { members["required"] = .array(required.map(JSON.string)) }
        if !group.oneOf.isEmpty {
            members["oneOf"] = .array(
                group.oneOf.map { .object(["required": .array([.string($0)])]) })
        }
        if !group.anyOf.isEmpty {
            members["anyOf"] = .array(
                group.anyOf.map { .object(["required": .array($0.map(JSON.string))]) })
        }
        return members
    }

    private static func property(_ key: KeySchema) -> JSON {
        var members = schema(key.kind)
        members["description"] = .string(key.doc)
        if let text = key.default { members["default"] = value(text, kind: key.kind) }
        return .object(members)
    }

    /// The default as a value of the key's own type, for editors insert it.
    private static func value(_ text: String, kind: KeySchema.Kind) -> JSON {
        switch (kind, Scalar(plain: text)) {
        case (.bool, .bool(let bool)): return .bool(bool)
        case (.integer, .integer(let digits)): return .digits(digits)
        case (.texts, _), (.choices, _), (.patterns, _), (.addresses, _), (.networks, _),
            (.hosts, _), (.ports, _):
            let words = text.split { "[], ".contains($0) }.map(String.init)
            return .array(words.map(JSON.string))
        default: return .string(text)
        }
    }

    private static func schema(_ kind: KeySchema.Kind) -> [String: JSON] {
        switch kind {
        case .text: return anyText
        case .texts: return oneOrMore(anyText)
        case .textsByName:
            var value = anyText
            value["type"] = .array(["string", "number", "boolean"].map(JSON.string))
            return ["type": .string("object"), "additionalProperties": .object(value)]
        case .shaped(let pattern):
            return oneOrMore([
                "type": .array([.string("string"), .string("integer")]),
                "pattern": .string(pattern),
            ])
        case .bool: return ["type": .string("boolean")]
        case .duration: return reference("duration")
        case .percentage: return reference("percentage")
        case .pattern: return reference("pattern")
        case .address: return reference("address")
        case .patterns: return oneOrMore(reference("pattern"))
        case .addresses: return oneOrMore(reference("address"))
        case .networks: return oneOrMore(reference("network"))
        case .hosts: return oneOrMore(reference("host"))
        case .ports: return oneOrMore(reference("port"))
        case .integer(let range):
            return [
                "type": .string("integer"), "minimum": .digits(String(range.lowerBound)),
                "maximum": .digits(String(range.upperBound)),
            ]
        case .choice(let words): return ["enum": .array(words.map(JSON.string))]
        case .choices(let words, let other):
            let word: [String: JSON] = ["enum": .array(words.map(JSON.string))]
            guard let other else { return oneOrMore(word) }
            let text: [String: JSON] = ["type": .string("string"), "pattern": .string(other)]
            return oneOrMore(["anyOf": .array([.object(word), .object(text)])])
        case .group(let group): return self.group(group)
        case .variants(let groups): return oneOrMore(variant(groups))
        case .oneOrMore(let kind): return oneOrMore(schema(kind))
        case .either(let kinds): return ["anyOf": .array(kinds.map { .object(schema($0)) })]
        case .named(let kind):
            return [
                "type": .string("object"), "additionalProperties": .object(schema(kind)),
                "minProperties": .integer(1),
            ]
        case .definition(let name): return reference(name)
        case .nothing: return ["type": .string("null")]
        }
    }

    /// A mapping of its keys, or what its primary key may be, or nothing.
    private static func group(_ group: KeyGroup) -> [String: JSON] {
        var forms: [JSON] = [.object(object(group))]
        if let primary = group.keys.first(where: { $0.name == group.primary }) {
            forms.append(.object(schema(primary.kind)))
        }
        if group.mayBeEmpty { forms.append(.object(["type": .string("null")])) }
        return forms.count == 1 ? object(group) : ["anyOf": .array(forms)]
    }

    private static func variant(_ groups: [KeyGroup]) -> [String: JSON] {
        var properties: [String: JSON] = [:]
        for group in groups {
            var members = self.group(group)
            members["description"] = .string(group.doc)
            properties[group.name] = .object(members)
        }
        let mapping: [String: JSON] = [
            "type": .string("object"), "additionalProperties": .bool(false),
            "minProperties": .integer(1), "maxProperties": .integer(1),
            "properties": .object(properties),
        ]
        let words = groups.filter(\.mayBeEmpty).map(\.name)
        guard !words.isEmpty else { return mapping }
        return [
            "anyOf": .array([
                .object(mapping), .object(["enum": .array(words.map(JSON.string))]),
            ])
        ]
    }

    private static var anyText: [String: JSON] {
        ["type": .array([.string("string"), .string("number")])]
    }

    private static func oneOrMore(_ schema: [String: JSON]) -> [String: JSON] {
        let list: [String: JSON] = [
            "type": .string("array"), "items": .object(schema), "minItems": .integer(1),
        ]
        return ["anyOf": .array([.object(schema), .object(list)])]
    }

    private static func reference(_ name: String) -> [String: JSON] {
        ["$ref": .string("#/$defs/\(name)")]
    }

    /// The texts that have a grammar of their own: `DurationText`, `Percentage`, `NamePattern`.
    ///
    /// Looser than the code where a regular expression would be unreadable (addresses, lengths).
    private static let definitions: [String: JSON] = [
        "duration": text(
            #"^(?=[0-9])([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?([0-9.]+us)?$"#,
            "A duration: 250ms, 60s, 5m, 2h, 1d, 1h30m, 1.5s", ["60s", "250ms", "5m"]),
        "percentage": text(
            #"^(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)%$"#, "A percentage from 0% to 100%",
            ["30%", "0.5%"]),
        "pattern": text(
            #"^(\*|(\*\.)?([A-Za-z0-9_*-]{1,63}\.)*[A-Za-z0-9_*-]{1,63}\.?)$"#,
            "A name; a leading *. is one or more labels, another * stays within its label",
            ["dynamodb.us-east-1.amazonaws.com", "*.amazonaws.com", "sts.*.amazonaws.com"]),
        "address": text(
            #"^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"#,
            "An IPv4 or IPv6 address", ["192.0.2.1", "2001:db8::1"]),
        "network": text(
            #"^([0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?)$"#,
            "A network or an address", ["10.0.0.0/8", "2001:db8::/32"]),
        "host": text(
            #"^[A-Za-z0-9_*.:/\[\]-]+$"#, "A name, an address or a network, perhaps with a port",
            ["db.example.com:5432", "10.0.0.0/8", "[2001:db8::9]:443"]),
        "port": .object([
            "anyOf": .array([
                .object([
                    "type": .string("integer"), "minimum": .digits("1"),
                    "maximum": .digits("65535"),
                ]),
                .object([
                    "type": .string("string"), "pattern": .string("^[0-9]{1,5}(-[0-9]{1,5})?$"),
                ]),
            ]), "description": .string("A port, or a run of ports: 443, 8000-8100"),
        ]),
    ]

    private static func text(_ pattern: String, _ doc: String, _ examples: [String]) -> JSON {
        .object([
            "type": .string("string"), "pattern": .string(pattern), "description": .string(doc),
            "examples": .array(examples.map(JSON.string)),
        ])
    }
}
