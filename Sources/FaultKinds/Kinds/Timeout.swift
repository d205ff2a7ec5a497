public import Wire

/// Nothing: the answer is dropped.
///
/// The client waits for its own timeout (5 s in glibc), tries again, and gives up. Over TCP the
/// connection stays open and silent. It also acts on referrals and signed messages.
///
/// Example:
///     brownout dns timeout '*.us-east-1.amazonaws.com' --for 5m
public struct Timeout: DNSEffect {
    public static let name = "timeout"
    public static let keys: [EffectKey<Self>] = []
    public static let rewrites = false

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        .drop
    }
}
