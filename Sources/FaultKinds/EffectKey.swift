public import Spec
import Wire

/// One key of an effect: how it is written, and which property it sets.
///
/// Its documentation is that of the property, in the effect's source file.
public struct EffectKey<Effect: FaultEffect>: Sendable {
    public let name: String
    public let kind: KeySchema.Kind
    public let isRequired: Bool
    let read: @Sendable (inout Fields, inout Effect) throws(SpecError) -> Void
    /// The property's value as one would write it, or nil if there is none.
    let written: @Sendable (Effect) -> String?

    /// What files, flags and `explain` say of it.
    public var schema: KeySchema {
        KeySchema(
            name, kind, Effect.text.keys[name] ?? "",
            default: isRequired ? nil : written(Effect()), required: isRequired)
    }
}

extension EffectKey {
    typealias Property<Value> = any WritableKeyPath<Effect, Value> & Sendable

    static func duration(
        _ name: String, _ property: Property<Duration>, required: Bool = false
    ) -> Self {
        Self(name: name, kind: .duration, isRequired: required) {
            (fields, effect) throws(SpecError) in
            if let value = try fields.duration(name) { effect[keyPath: property] = value }
        } written: {
            $0[keyPath: property].spec
        }
    }

    static func optionalDuration(
        _ name: String, _ property: Property<Duration?>, atLeast least: Duration
    ) -> Self {
        Self(name: name, kind: .duration, isRequired: false) {
            (fields, effect) throws(SpecError) in
            let range = least...Duration.seconds(366 * 86_400)
            effect[keyPath: property] = try fields.duration(name, in: range)
        } written: {
            $0[keyPath: property]?.spec
        }
    }

    /// A TTL: whole seconds, of 31 bits (RFC 2181 section 8).
    static func ttl(
        _ name: String, _ property: Property<Duration>, required: Bool = false
    ) -> Self {
        Self(name: name, kind: .duration, isRequired: required) {
            (fields, effect) throws(SpecError) in
            guard let value = try fields.duration(name, in: .zero...NegativeCaching.ttlLimit) else {
                return
            }
            guard value.components.attoseconds == 0 else {
                throw fields.error(
                    name, "a TTL has whole seconds", hint: "write 1s, or 0s for none")
            }
            effect[keyPath: property] = value
        } written: {
            $0[keyPath: property].spec
        }
    }

    static func integer(
        _ name: String, _ property: Property<Int>, in range: ClosedRange<Int>,
        required: Bool = false
    ) -> Self {
        let bounds = UInt64(range.lowerBound)...UInt64(range.upperBound)
        return Self(name: name, kind: .integer(bounds), isRequired: required) {
            (fields, effect) throws(SpecError) in
            if let value = try fields.integer(name, in: range) { effect[keyPath: property] = value }
        } written: {
            String($0[keyPath: property])
        }
    }

    static func choice<Choice>(_ name: String, _ property: Property<Choice>) -> Self
    where Choice: RawRepresentable<String> & CaseIterable & Sendable {
        Self(name: name, kind: .choice(Choice.allCases.map(\.rawValue)), isRequired: false) {
            (fields, effect) throws(SpecError) in
            if let value = try fields.choice(name, of: Choice.self) {
                effect[keyPath: property] = value
            }
        } written: {
            $0[keyPath: property].rawValue
        }
    }

    static func addresses(
        _ name: String, _ property: Property<[IPAddress]>, required: Bool = false
    ) -> Self {
        Self(name: name, kind: .addresses, isRequired: required) {
            (fields, effect) throws(SpecError) in
            let values = try fields.values(
                name, as: IPAddress.self, kind: "an IP address",
                hint: "write 10.0.0.9 or 2001:db8::9")
            if let values { effect[keyPath: property] = values }
        } written: {
            let list = $0[keyPath: property]
            return list.isEmpty ? nil : list.map(\.description).joined(separator: ",")
        }
    }

    static func percentage(
        _ name: String, _ property: Property<Percentage>, required: Bool = false
    ) -> Self {
        Self(name: name, kind: .percentage, isRequired: required) {
            (fields, effect) throws(SpecError) in
            if let value = try fields.percentage(name) { effect[keyPath: property] = value }
        } written: {
            $0[keyPath: property].description
        }
    }

    static func rate(
        _ name: String, _ property: Property<ByteRate>, required: Bool = false
    ) -> Self {
        Self(name: name, kind: .text, isRequired: required) { (fields, effect) throws(SpecError) in
            let value = try fields.value(name, expected: "a rate") { (text) throws(ValueProblem) in
                try ByteRate(parsing: text)
            }
            if let value { effect[keyPath: property] = value }
        } written: {
            $0[keyPath: property].description
        }
    }

    /// The name of a zone.
    static func name(_ name: String, _ property: Property<DNS.Name?>) -> Self {
        Self(name: name, kind: .text, isRequired: false) { (fields, effect) throws(SpecError) in
            effect[keyPath: property] = try fields.value(
                name, as: DNS.Name.self, kind: "a domain name", hint: "write amazonaws.com")
        } written: {
            $0[keyPath: property]?.description
        }
    }

    /// A response code that fits the message header: 0 to 15, or its name.
    static func responseCode(
        _ name: String, _ property: Property<DNS.ResponseCode>, required: Bool = false
    ) -> Self {
        let names = (0...15).map { DNS.ResponseCode(rawValue: $0).description }
        return Self(
            name: name, kind: .choices(names, or: "^([0-9]|1[0-5])$"), isRequired: required
        ) { (fields, effect) throws(SpecError) in
            let value = try fields.value(name, expected: "a response code") {
                (text) throws(ValueProblem) in
                let number = UInt16(text) ?? DNS.ResponseCode(text.uppercased())?.rawValue
                guard let number, number <= 15 else {
                    throw ValueProblem(
                        "\"\(text)\" is not a response code of the message header",
                        hint: "write a number from 0 to 15 or a name such as NOTIMP")
                }
                return DNS.ResponseCode(rawValue: number)
            }
            if let value { effect[keyPath: property] = value }
        } written: {
            $0[keyPath: property].description
        }
    }
}

extension FaultEffect {
    /// The effect's keys as files and flags know them.
    public static var schema: KeyGroup {
        KeyGroup(name, text.summary, keys: keys.map(\.schema), primary: primaryKey)
    }

    /// Reads the effect from what a file or command line says under its name.
    public init(_ node: Node) throws(SpecError) {
        self.init()
        var fields = try Fields(
            node, of: "the \(Self.name) effect", primary: Self.primaryKey,
            mayBeEmpty: Self.schema.mayBeEmpty)
        for key in Self.keys {
            if key.isRequired, !fields.contains(key.name) { throw fields.missing(key.name) }
            try key.read(&fields, &self)
        }
        try fields.finish()
        if let problem = problem() {
            throw SpecError(location: fields.location, problem: "\(Self.name): \(problem)")
        }
    }

    /// The effect with the keys that differ from their defaults, for people: `delay by=300ms`.
    public var summary: String {
        let defaults = Self()
        let parts = Self.keys.compactMap { key -> String? in
            guard let value = key.written(self), key.isRequired || value != key.written(defaults)
            else { return nil }
            return "\(key.name)=\(value)"
        }
        return ([Self.name] + parts).joined(separator: " ")
    }
}
