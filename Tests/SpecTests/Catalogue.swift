import Foundation
import Spec

/// The files of `Faults/`, as material for this target's readers.
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

    /// Reads a fault file's keys with the readers that the real code uses.
    static func check(_ node: Node) throws(SpecError) {
        var fields = try Fields(node, of: "a fault")
        _ = try fields.requiredString("title")
        _ = try fields.requiredPatterns("names")
        _ = try fields.patterns("except")
        _ = try fields.requiredDuration("for", in: .seconds(1)...(.seconds(14_400)))
        _ = try fields.strings("types")
        _ = try fields.percentage("probability")
        if let flap = try fields.node("flap") {
            var flap = try Fields(flap, of: "flap")
            _ = try (flap.requiredDuration("on"), flap.requiredDuration("off"))
            try flap.finish()
        }
        for effect in try fields.requiredNode("dns").elements ?? [] {
            var fields = try Fields(effect, of: "an effect", primary: "effect")
            _ = try fields.node("empty")
            try fields.finish()
        }
        try fields.finish()
    }
}
