public import Spec

/// Every effect there is, in the order in which people should meet them.
public enum EffectCatalogue {
    /// What happens to DNS answers.
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

    /// What happens to connections.
    public static let net: [any NetEffect.Type] = [
        Blackhole.self,
        Reset.self,
        Reject.self,
        Loss.self,
        Latency.self,
        Throttle.self,
        HalfOpen.self,
    ]

    /// The effect on answers of that name, or nil.
    public static func effect(named name: String) -> (any DNSEffect.Type)? {
        all.first { $0.name == name }
    }

    /// The effect on connections of that name, or nil.
    public static func netEffect(named name: String) -> (any NetEffect.Type)? {
        net.first { $0.name == name }
    }
}

extension FaultEffect {
    /// The effect's own text, as its source file has it.
    public static var text: KindText {
        EmbeddedTexts.kinds["\(Self.self)"] ?? KindText(manual: name, keys: [:])
    }
}
