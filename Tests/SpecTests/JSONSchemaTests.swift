import Foundation
import Spec
import Testing

@Suite struct JSONSchemaTests {
    static let root = KeyGroup(
        "fault", "A fault",
        keys: [
            KeySchema("title", .text, "One line"),
            KeySchema("names", .patterns, "Names that are hit", required: true),
            KeySchema("port", .integer(1...65535), "Port of the resolver", default: "53"),
            KeySchema("mark", .bool, "Mark answers", default: "true"),
            KeySchema("for", .duration, "Lease", default: "60s"),
            KeySchema("probability", .percentage, "Share of answers"),
            KeySchema(
                "types", .choices(["A", "AAAA"], or: "^TYPE[0-9]+$"), "Types", default: "[A, AAAA]"),
            KeySchema("leg", .choice(["auto", "wire"]), "Leg", default: "auto"),
            KeySchema("resolvers", .networks, "Resolvers"),
            KeySchema(
                "flap",
                .group(
                    KeyGroup(
                        "flap", "On and off",
                        keys: [
                            KeySchema("on", .duration, "Time on", required: true)
                        ])), "On and off"),
            KeySchema(
                "dns",
                .variants([
                    KeyGroup("servfail", "SERVFAIL", keys: []),
                    KeyGroup(
                        "delay", "Later",
                        keys: [
                            KeySchema("by", .duration, "How much", required: true)
                        ], primary: "by"),
                    KeyGroup(
                        "redirect", "Elsewhere",
                        keys: [
                            KeySchema("to", .addresses, "Where", required: true)
                        ], primary: "to"),
                ]), "Effects", required: true),
        ])

    @Test func isDeterministicJSON() throws {
        let text = JSONSchema.document(
            Self.root, id: "https://example.test/fault.json", title: "Fault")
        #expect(
            text
                == JSONSchema.document(
                    Self.root, id: "https://example.test/fault.json", title: "Fault"))
        #expect(text.hasSuffix("}\n"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        #expect(object["required"] as? [String] == ["dns", "names"])
        #expect(object["additionalProperties"] as? Bool == false)
        let properties = try #require(object["properties"] as? [String: [String: Any]])
        #expect(Set(properties.keys) == Set(Self.root.keys.map(\.name)))
        #expect(properties["port"]?["maximum"] as? Int == 65535)
        #expect(properties["port"]?["default"] as? Int == 53)
        #expect(properties["mark"]?["default"] as? Bool == true)
        #expect(properties["types"]?["default"] as? [String] == ["A", "AAAA"])
        #expect(properties["for"]?["$ref"] as? String == "#/$defs/duration")
        // Every reference leads somewhere, and what leads somewhere is sorted.
        let definitions = try #require(object["$defs"] as? [String: Any])
        for match in text.matches(of: /"#\/\$defs\/([a-z]+)"/) {
            #expect(definitions[String(match.1)] != nil)
        }
        #expect(
            text.range(of: "\"$defs\"")!.lowerBound < text.range(of: "\"properties\"")!.lowerBound)
    }

    /// The grammar of the schema's texts and the code's agree on these.
    @Test func patternsAgreeWithTheCode() throws {
        let text = JSONSchema.document(
            Self.root, id: "https://example.test/fault.json", title: "Fault")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(object["$defs"] as? [String: [String: Any]])
        func accepts(_ name: String, _ value: String) throws -> Bool {
            let pattern = try #require(definitions[name]?["pattern"] as? String)
            return value.range(of: pattern, options: .regularExpression) != nil
        }
        for value in [
            "250ms", "60s", "1h30m", "1.5s", "0s", "1d", "20us", "60", "s", "", "5 min", "5S",
            "1s1s", "30m1h",
        ] {
            #expect(
                try accepts("duration", value) == ((try? Duration(parsing: value)) != nil),
                "\(value)")
        }
        for value in ["30%", "0.5%", "100%", "100.0%", "0%", "130%", "30", "%", "-5%", "100.1%"] {
            #expect(
                try accepts("percentage", value) == ((try? Percentage(parsing: value)) != nil),
                "\(value)")
        }
        for value in [
            "*", "*.a.test", "a.test", "a.test.", "sts.*.a", "a..b", "", ".", "a b", "a/b",
            "é.test", "_x.test",
        ] {
            #expect(try accepts("pattern", value) == (NamePattern(value) != nil), "\(value)")
        }
    }

    /// Free names, definitions, either of several, exactly one of several, and variables anywhere.
    @Test func describesWhatGameDaysNeed() throws {
        let step = KeyGroup(
            "step", "A step",
            keys: [KeySchema("run", .text, "Run"), KeySchema("wait", .duration, "Wait")],
            oneOf: ["run", "wait"])
        let root = KeyGroup(
            "day", "A day",
            keys: [
                KeySchema("steps", .oneOrMore(.definition("step")), "Steps"),
                KeySchema("names", .named(.either([.nothing, .integer(1...9)])), "Names"),
                KeySchema("for", .duration, "Time", default: "1s"),
            ])
        func schema(variables: Bool) throws -> [String: Any] {
            let text = JSONSchema.document(
                root, id: "https://example.test/day.json", title: "Day",
                definitions: ["step": .group(step)], variables: variables)
            return try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }
        func at(_ path: String, in object: [String: Any]) -> Any? {
            path.split(separator: "/").reduce(object as Any?) { value, key in
                Int(key).map { index in (value as? [Any])?[index] }
                    ?? (value as? [String: Any])?[String(key)]
            }
        }
        let plain = try schema(variables: false)
        #expect(at("properties/steps/anyOf/0/$ref", in: plain) as? String == "#/$defs/step")
        #expect(at("$defs/step/oneOf/1/required/0", in: plain) as? String == "wait")
        #expect(
            at("properties/names/additionalProperties/anyOf/0/type", in: plain) as? String == "null"
        )
        #expect(at("$defs/variable", in: plain) == nil)
        let open = try schema(variables: true)
        #expect(
            at("properties/names/additionalProperties/anyOf/1/anyOf/1/$ref", in: open) as? String
                == "#/$defs/variable")
        #expect(at("$defs/duration/anyOf/1/$ref", in: open) as? String == "#/$defs/variable")
        #expect(at("properties/for/default", in: open) as? String == "1s")
    }
}
