import FaultKinds
import ProbeKinds
import Spec

/// What `explain` says of one effect, of one key of a fault, or of one kind of probe.
struct Explanation: Encodable, Equatable {
    enum Topic: String, Encodable { case effect, key, probe }

    var name: String
    var topic: Topic
    var summary: String
    var description: [String] = []
    var keys: [Key] = []
    /// What expectations may ask of a probe.
    var facts: [Fact] = []
    /// Of which an effect is a subcommand.
    var command: String?
    /// The key that a bare value stands for: `delay: 300ms`.
    var primaryKey: String?
    var example: [String] = []

    struct Fact: Encodable, Equatable {
        /// With its argument: `header NAME`.
        var name: String
        var type: String
        var doc: String

        init(_ schema: FactSchema) {
            name = schema.argument.map { "\(schema.word) \($0)" } ?? schema.word
            type =
                switch schema.kind {
                case .number: "number"
                case .duration: "duration"
                case .text: "text"
                }
            doc = schema.doc
        }
    }

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

    init(probe kind: any Probe.Type) {
        let manual = Manual(kind.text.manual)
        name = kind.name
        topic = .probe
        summary = manual.summary
        description = manual.paragraphs
        // A key with keys of its own is followed by those.
        keys = kind.schema.keys.flatMap { key -> [Key] in
            guard case .group(let group) = key.kind else { return [Key(key)] }
            return [Key(key)]
                + group.keys.map { inner in
                    var inner = inner
                    inner.name = "\(key.name).\(inner.name)"
                    return Key(inner)
                }
        }
        primaryKey = kind.schema.primary
        facts = kind.facts.map(Fact.init)
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

    /// Effects, then the keys of a fault that are not effects, then the kinds of probe.
    static var all: [Explanation] {
        EffectCatalogue.all.map { Explanation(effect: $0) }
            + EffectCatalogue.net.map { Explanation(effect: $0) }
            + Fault.schema.keys.filter { $0.name != "dns" && $0.name != "net" }.map {
                Explanation(key: $0)
            } + ProbeCatalogue.all.map { Explanation(probe: $0) }
    }

    static var names: [String] { all.map(\.name) }

    static var list: String {
        var text = "Effects\n"
        let all = all
        let width = all.map(\.name.count).max() ?? 0
        for topic in [Topic.effect, .key, .probe] {
            if topic == .key { text += "\nKeys of a fault, for each effect\n" }
            if topic == .probe { text += "\nProbes of a game day\n" }
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
                ? "\nKeys, and flags of `brownout \(command ?? "dns") \(name)`\n"
                : topic == .probe ? "\nKeys\n" : "\n"
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
        if topic == .probe {
            let times = "`every` and `timeout` belong beside it, as in the example."
            text += "\n" + Wrapping.block(times, indent: 0)
            text += "\nExpectations may ask for\n"
            text += "  success, latency, ttfb, pass, fail\n"
            for fact in facts {
                text += "  \(fact.name) (\(fact.type))\n" + Wrapping.block(fact.doc, indent: 6)
            }
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
