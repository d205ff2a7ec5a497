import Foundation
import Spec

/// The files of `Faults/`, and what this target can check of them without the effects' own code.
enum Catalogue {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func all() throws -> [(name: String, text: String)] {
        let folder = root.appending(path: "Faults")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }.sorted().map { file in
                let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                return (String(file.dropLast(5)), text)
            }
    }

    static func load(_ name: String) throws -> Fault {
        let file = root.appending(path: "Faults/\(name).yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try check(Node.load(yaml: text, file: "Faults/\(name).yaml"))
    }

    /// A fault as far as this target knows it: texts, patterns, and the words for the effects.
    struct Fault {
        var title, about, source: String
        var names, except: [NamePattern]
        var effects: [String]
        var lease: Duration

        func hits(_ wire: [UInt8]) -> Bool {
            names.contains { $0.matches(wire: wire.span) }
                && !except.contains { $0.matches(wire: wire.span) }
        }
    }

    /// Reads a fault file's keys with the readers that the real code uses.
    @discardableResult
    static func check(_ node: Node) throws(SpecError) -> Fault {
        var fields = try Fields(node, of: "a fault")
        var fault = Fault(
            title: try fields.requiredString("title"), about: try fields.requiredString("about"),
            source: try fields.requiredString("source"),
            names: try fields.requiredPatterns("names"),
            except: try fields.patterns("except") ?? [], effects: [],
            lease: try fields.requiredDuration("for", in: .seconds(1)...(.seconds(14_400))))
        _ = try fields.strings("types")
        _ = try fields.percentage("probability")
        if let flap = try fields.node("flap") {
            var flap = try Fields(flap, of: "flap")
            _ = try (
                flap.requiredDuration("on"), flap.requiredDuration("off"), flap.duration("jitter")
            )
            try flap.finish()
        }
        for effect in try fields.requiredNode("dns").elements ?? [] {
            fault.effects.append(try self.effect(effect))
        }
        try fields.finish()
        return fault
    }

    private static func effect(_ node: Node) throws(SpecError) -> String {
        var fields = try Fields(node, of: "an effect")
        let keys = [
            "empty": ["ttl"], "servfail": [], "timeout": [], "delay": ["by", "jitter"],
            "partial": ["rotate"], "stale": [], "ttl": ["to"], "truncate": [],
        ]
        for (name, durations) in keys.sorted(by: { $0.key < $1.key }) where fields.contains(name) {
            var inner = try Fields(
                fields.requiredNode(name), of: "the \(name) effect", mayBeEmpty: true)
            for key in durations { _ = try inner.duration(key) }
            if name == "delay" { _ = try inner.string("distribution") }
            if name == "partial" { _ = try inner.requiredInteger("keep", in: 1...255) }
            if name == "stale" { _ = try inner.strings("addresses") }
            try inner.finish()
            try fields.finish()
            return name
        }
        try fields.finish()
        throw SpecError(location: node.location, problem: "no effect")
    }
}
