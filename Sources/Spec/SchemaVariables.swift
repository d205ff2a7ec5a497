/// Lets `${NAME}` stand for any value in a schema: before it is expanded, a file has it where later a
/// number or a duration is.
enum SchemaVariables {
    static let name = "variable"

    /// The schema, its definitions included, with a variable beside everything that is no free text.
    static func allow(in schema: [String: JSON]) -> [String: JSON] {
        var allowed = inside(schema)
        guard case .object(var definitions) = allowed["$defs"] else { return allowed }
        definitions[name] = .object([
            "type": .string("string"), "pattern": .string(#"\$\{[A-Za-z_][A-Za-z0-9_]*\}"#),
            "description": .string("A variable stands here: ${NAME}"),
        ])
        allowed["$defs"] = .object(definitions)
        return allowed
    }

    private static func at(_ value: JSON) -> JSON {
        guard case .object(let schema) = value else { return value }
        let inner = inside(schema)
        guard isClosed(schema) else { return .object(inner) }
        // What editors show stays outside, where they look for it.
        let shown = ["description", "default", "examples"]
        var outer = inner.filter { shown.contains($0.key) }
        outer["anyOf"] = .array([
            .object(inner.filter { !shown.contains($0.key) }),
            .object(["$ref": .string("#/$defs/\(name)")]),
        ])
        return .object(outer)
    }

    /// The same one level down, wherever a schema may stand.
    private static func inside(_ schema: [String: JSON]) -> [String: JSON] {
        var schema = schema
        for key in ["properties", "$defs"] {
            guard case .object(let members) = schema[key] else { continue }
            schema[key] = .object(members.mapValues(at))
        }
        for key in ["items", "additionalProperties"] {
            if let value = schema[key] { schema[key] = at(value) }
        }
        if case .array(let forms) = schema["anyOf"] { schema["anyOf"] = .array(forms.map(at)) }
        return schema
    }

    /// Whether it refuses some texts, but is for single values.
    private static func isClosed(_ schema: [String: JSON]) -> Bool {
        if schema["pattern"] != nil || schema["enum"] != nil { return true }
        return schema["type"] == .string("integer") || schema["type"] == .string("boolean")
    }
}
