import FaultKinds
import Spec

/// What `explain` says of one effect or of one key of a fault.
struct Explanation: Encodable, Equatable {
    enum Topic: String, Encodable { case effect, key }

    var name: String
    var topic: Topic
    var summary: String
    var description: [String] = []
    var keys: [Key] = []
    /// Of which an effect is a subcommand.
    var command: String?
    /// The key that a bare value stands for: `delay: 300ms`.
    var primaryKey: String?
    var example: [String] = []

    struct Key: Encodable, Equatable {
        var name: String
        var type: String
        /// What may be written, where it is one of a few words.
        var words: [String]?
        var doc: String
        var `default`: String?
        var required: Bool

        init(_ schema: KeySchema) {
            name = schema.name
            type = KeyText(schema).placeholder
            words = KeyText(schema).words
            doc = schema.doc
            `default` = schema.default
            required = schema.required
        }

        /// `duration, default 60s`.
        var terms: String {
            type + (required ? ", required" : `default`.map { ", default \($0)" } ?? "")
        }
    }

    init(effect: any FaultEffect.Type) {
        let manual = Manual(effect.text.manual)
        name = effect.name
        topic = .effect
        command = effect is any NetEffect.Type ? "net" : "dns"
        summary = manual.summary
        description = manual.paragraphs
        keys = effect.schema.keys.map(Key.init)
        primaryKey = effect.primaryKey
        example = manual.example
    }

    init(key schema: KeySchema) {
        name = schema.name
        topic = .key
        summary = schema.doc
        if case .group(let group) = schema.kind {
            keys = group.keys.map(Key.init)
        } else {
            keys = [Key(schema)]
        }
    }

    /// Effects, then the keys of a fault that are not effects.
    static var all: [Explanation] {
        EffectCatalogue.all.map { Explanation(effect: $0) }
            + EffectCatalogue.net.map { Explanation(effect: $0) }
            + Fault.schema.keys.filter { $0.name != "dns" && $0.name != "net" }.map {
                Explanation(key: $0)
            }
    }

    static var names: [String] { all.map(\.name) }

    static var list: String {
        var text = "Effects\n"
        let all = all
        let width = all.map(\.name.count).max() ?? 0
        for topic in [Topic.effect, .key] {
            if topic == .key { text += "\nKeys of a fault, for each effect\n" }
            for one in all where one.topic == topic {
                let fill = String(repeating: " ", count: width - one.name.count)
                text += hanging("  \(one.name)\(fill)  ", one.summary)
            }
        }
        return text + "\n`brownout explain NAME` says more.\n"
    }

    /// For people.
    var text: String {
        var text = Self.hanging("\(name): ", summary)
        for paragraph in description { text += "\n" + Wrapping.block(paragraph, indent: 2) }
        if !keys.isEmpty {
            text +=
                topic == .effect
                ? "\nKeys, and flags of `brownout \(command ?? "dns") \(name)`\n" : "\n"
            for key in keys {
                text += "  \(key.name) (\(key.terms))\n"
                if key.doc != summary { text += Wrapping.block(key.doc, indent: 6) }
                if let words = key.words {
                    text += Wrapping.block("One of: \(words.joined(separator: ", ")).", indent: 6)
                }
            }
        }
        if let primaryKey {
            text += "\nIn a file, `\(name): VALUE` is short for `\(primaryKey)`.\n"
        }
        if !example.isEmpty {
            text += "\nExample\n" + example.map { "  \($0)\n" }.joined()
        }
        return text
    }

    /// A head, and prose beside it that keeps its left edge.
    private static func hanging(_ head: String, _ text: String) -> String {
        let lines = Wrapping.lines(text, width: max(30, 78 - head.count))
        let blanks = String(repeating: " ", count: head.count)
        let shown = lines.enumerated().map { ($0.offset == 0 ? head : blanks) + $0.element }
        return (shown.isEmpty ? [head] : shown).joined(separator: "\n") + "\n"
    }
}
