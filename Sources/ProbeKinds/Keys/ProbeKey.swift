public import Spec

/// One key of a kind of probe: how it is written, and which property it sets.
///
/// Its documentation is that of the property, in the kind's source file.
public struct ProbeKey<Kind: KeyedProbe>: Sendable {
    public let name: String
    public let kind: KeySchema.Kind
    public let isRequired: Bool
    let read: @Sendable (inout Fields, inout Kind) throws(SpecError) -> Void
    /// The property's default as one would write it, or nil if there is none.
    let written: @Sendable (Kind) -> String?

    /// What the JSON Schema and `explain` say of it.
    public var schema: KeySchema {
        KeySchema(
            name, kind, Kind.text.keys[name] ?? "",
            default: isRequired ? nil : written(Kind()), required: isRequired)
    }
}

extension ProbeKey {
    typealias Property<Value> = any WritableKeyPath<Kind, Value> & Sendable

    /// A value with a reader of its own, which has no default that could be written.
    static func value<Value>(
        _ name: String, _ property: Property<Value>, _ kind: KeySchema.Kind, expected: String,
        required: Bool = false, default text: String? = nil,
        _ parse: @escaping @Sendable (String) throws(ValueProblem) -> Value
    ) -> Self {
        Self(name: name, kind: kind, isRequired: required) { (fields, probe) throws(SpecError) in
            if let value = try fields.value(name, expected: expected, parse) {
                probe[keyPath: property] = value
            }
        } written: { _ in
            text
        }
    }

    /// One value or a list of them, with a reader of its own.
    static func values<Value>(
        _ name: String, _ property: Property<[Value]>, _ kind: KeySchema.Kind, expected: String,
        required: Bool = false, default text: String? = nil,
        _ parse: @escaping @Sendable (String) throws(ValueProblem) -> Value
    ) -> Self {
        Self(name: name, kind: kind, isRequired: required) { (fields, probe) throws(SpecError) in
            if let values = try fields.list(name, expected: expected, parse) {
                probe[keyPath: property] = values
            }
        } written: { _ in
            text
        }
    }

    static func text(_ name: String, _ property: Property<String?>) -> Self {
        value(name, property, .text, expected: "a text") { (text) throws(ValueProblem) in text }
    }

    static func bool(_ name: String, _ property: Property<Bool>) -> Self {
        Self(name: name, kind: .bool, isRequired: false) { (fields, probe) throws(SpecError) in
            if let value = try fields.bool(name) { probe[keyPath: property] = value }
        } written: {
            String($0[keyPath: property])
        }
    }

    static func integer(
        _ name: String, _ property: Property<Int>, in range: ClosedRange<Int>
    ) -> Self {
        let bounds = UInt64(range.lowerBound)...UInt64(range.upperBound)
        return Self(name: name, kind: .integer(bounds), isRequired: false) {
            (fields, probe) throws(SpecError) in
            if let value = try fields.integer(name, in: range) { probe[keyPath: property] = value }
        } written: {
            String($0[keyPath: property])
        }
    }

    static func optionalInteger(
        _ name: String, _ property: Property<Int?>, in range: ClosedRange<Int>,
        default text: String? = nil
    ) -> Self {
        let bounds = UInt64(range.lowerBound)...UInt64(range.upperBound)
        return Self(name: name, kind: .integer(bounds), isRequired: false) {
            (fields, probe) throws(SpecError) in
            if let value = try fields.integer(name, in: range) { probe[keyPath: property] = value }
        } written: { _ in
            text
        }
    }

    static func choice<Choice>(_ name: String, _ property: Property<Choice>) -> Self
    where Choice: RawRepresentable<String> & CaseIterable & Sendable {
        Self(name: name, kind: .choice(Choice.allCases.map(\.rawValue)), isRequired: false) {
            (fields, probe) throws(SpecError) in
            if let value = try fields.choice(name, of: Choice.self) {
                probe[keyPath: property] = value
            }
        } written: {
            $0[keyPath: property].rawValue
        }
    }

    /// A mapping of names that the file chooses, each with a text; `parse` makes an entry of both.
    static func texts<Entry>(
        _ name: String, _ property: Property<[Entry]>, of what: String,
        _ parse: @escaping @Sendable (_ key: String, _ value: String) throws(ValueProblem) -> Entry
    ) -> Self {
        Self(name: name, kind: .textsByName, isRequired: false) {
            (fields, probe) throws(SpecError) in
            guard let node = try fields.node(name) else { return }
            var inner = try Fields(node, of: what)
            for entry in node.entries ?? [] {
                let value = try inner.requiredString(entry.key)
                do throws(ValueProblem) {
                    probe[keyPath: property].append(try parse(entry.key, value))
                } catch {
                    throw SpecError(location: entry.keyLocation, key: entry.key, error)
                }
            }
        } written: { _ in
            nil
        }
    }

    /// A mapping with keys of its own.
    static func group<Value>(
        _ name: String, _ property: Property<Value>, _ group: KeyGroup,
        _ parse: @escaping @Sendable (inout Fields) throws(SpecError) -> Value
    ) -> Self {
        Self(name: name, kind: .group(group), isRequired: false) {
            (fields, probe) throws(SpecError) in
            guard let node = try fields.node(name) else { return }
            var inner = try Fields(node, of: "`\(name)`")
            probe[keyPath: property] = try parse(&inner)
            try inner.finish()
        } written: { _ in
            nil
        }
    }
}
