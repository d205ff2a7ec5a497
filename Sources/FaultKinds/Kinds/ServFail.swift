public import Wire

/// SERVFAIL: the resolver could not find out.
///
/// All sections are empty. Stub resolvers go on to the next nameserver of resolv.conf, caches may
/// serve stale answers (RFC 8767), and clients see a temporary failure (EAI_AGAIN).
///
/// Example:
///     brownout dns servfail dynamodb.us-east-1.amazonaws.com --probability 50%
public struct ServFail: DNSEffect {
    public static let name = "servfail"
    public static let keys: [EffectKey<Self>] = []

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.fail(with: .servFail)
        return .changed
    }
}
