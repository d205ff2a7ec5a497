public import Spec

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

extension DNSEffect {
    /// The effect's own text, as its source file has it.
    public static var text: KindText {
        EmbeddedTexts.kinds["\(Self.self)"] ?? KindText(manual: name, keys: [:])
    }
}
