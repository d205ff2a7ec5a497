public import Wire

/// TC set and empty sections, over UDP alone: the client has to come back over TCP.
///
/// It shows who cannot: clients without TCP fallback, firewalls that pass port 53 over UDP only
/// (RFC 7766 section 5 requires TCP). Answers over TCP are left alone.
///
/// Example:
///     brownout dns truncate '*.amazonaws.com' --for 2m
public struct Truncate: DNSEffect {
    public static let name = "truncate"
    public static let keys: [EffectKey<Self>] = []

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        guard firing.transport == .udp else { return .untouched }
        answer.fail(with: answer.responseCode)
        answer.truncated = true
        return .changed
    }
}
