public import Wire

/// REFUSED: the resolver will not answer this client.
///
/// All sections are empty. It is what a wrong access list, a stopped zone or a rate limit looks
/// like; stub resolvers go on to the next nameserver at once.
///
/// Example:
///     brownout dns refused api.example.com --for 2m
public struct Refused: DNSEffect {
    public static let name = "refused"
    public static let keys: [EffectKey<Self>] = []

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.fail(with: .refused)
        return .changed
    }
}
