/// Every effect there is, in the order in which people should meet them.
public enum EffectCatalogue {
    public static let all: [any DNSEffect.Type] = [
        Empty.self,
        NXDomain.self,
        ServFail.self,
        Refused.self,
        RCode.self,
        Timeout.self,
        Delay.self,
        Partial.self,
        Stale.self,
        Redirect.self,
        TTL.self,
        Truncate.self,
    ]

    /// The effect of that name, or nil.
    public static func effect(named name: String) -> (any DNSEffect.Type)? {
        all.first { $0.name == name }
    }
}

/// What is said of an effect in its source file.
public struct KindText: Equatable, Sendable {
    /// The doc comment of the effect.
    public var manual: String
    /// The doc comments of its keys.
    public var keys: [String: String]

    /// The first line: what the client sees, in a few words.
    public var summary: String {
        String(manual.prefix { $0 != "\n" })
    }
}

extension DNSEffect {
    /// The effect's own text, as its source file has it.
    public static var text: KindText {
        EmbeddedTexts.kinds["\(Self.self)"] ?? KindText(manual: name, keys: [:])
    }
}
