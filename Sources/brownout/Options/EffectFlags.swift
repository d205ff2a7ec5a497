import ArgumentParser
import FaultKinds
import Spec

/// The keys of one effect as flags: `--by`, `--jitter` …
///
/// ArgumentParser finds out what a type takes by mirroring `init()`, and fills it by decoding. Both
/// are answered here from the effect's list of keys, so a new effect has its flags, their help and
/// their completion without a line in the client.
struct EffectFlags<Effect: FaultEffect>: ParsableArguments, CustomReflectable {
    /// One for each of `Effect.schema.keys`, in their order.
    private var options: [Option<String?>]

    init() {
        options = Effect.schema.keys.map { schema in
            Option(
                name: .customLong(schema.name),
                help: ArgumentHelp(
                    "\(KeyText(schema).help)", valueName: KeyText(schema).placeholder),
                completion: KeyText(schema).completion)
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        options = try Effect.schema.keys.map { schema in
            try values.decode(Option<String?>.self, forKey: Key(stringValue: schema.name))
        }
    }

    var customMirror: Mirror {
        let children = zip(Effect.schema.keys, options).map { schema, option in
            (label: Optional(schema.name), value: option as Any)
        }
        return Mirror(self, children: children, displayStyle: .struct)
    }

    /// Keys and texts as they were typed.
    var given: [CommandLineFault.Setting] {
        zip(Effect.schema.keys, options).compactMap { schema, option in
            option.wrappedValue.map { text in
                CommandLineFault.Setting(
                    key: schema.name, text: text, isList: KeyText(schema).isList)
            }
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension KeyText {
    /// What a shell offers after the flag.
    fileprivate var completion: CompletionKind? {
        switch schema.kind {
        case .choice(let words), .choices(let words, or: _): .list(words)
        case .bool: .list(["true", "false"])
        default: nil
        }
    }
}
