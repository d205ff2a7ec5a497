public import Wire

/// Other addresses than the real ones.
///
/// A questions get the IPv4 addresses of `to`, AAAA questions the IPv6 ones; where `to` has none of
/// a family, that family is answered with NOERROR and nothing, so that clients use the other.
/// HTTPS and SVCB records lose their address hints, which would lead past the redirection.
///
/// Example:
///     brownout dns redirect api.example.com --to 10.0.0.9
public struct Redirect: DNSEffect {
    /// Where the name leads: one or more addresses of either family.
    public var to: [IPAddress] = []

    public static let name = "redirect"
    public static let keys: [EffectKey<Self>] = [.addresses("to", \.to, required: true)]
    public static let primaryKey: String? = "to"

    public init() {}

    public func problem() -> String? {
        AddressLimit.problem(with: to)
    }

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.pretend(addresses: to) ? .changed : .untouched
    }
}
