public import Wire

/// NXDOMAIN: the name does not exist.
///
/// The answer section is empty and the authority section holds one SOA, so caches keep the denial
/// (RFC 2308 section 2.1). Unlike `empty` it denies every type of the name at once, sends resolvers
/// down their search list, and is what most monitors do watch for.
///
/// Example:
///     brownout dns nxdomain sts.amazonaws.com --for 60s
public struct NXDomain: DNSEffect {
    /// How long caches keep the denial: TTL and MINIMUM of the SOA. `0s` leaves no SOA.
    public var ttl: Duration = .seconds(60)
    /// Owner of the SOA. Without it: the parent of the question's name.
    public var zone: DNS.Name?

    public static let name = "nxdomain"
    public static let keys: [EffectKey<Self>] = [.ttl("ttl", \.ttl), .name("zone", \.zone)]

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.fail(with: .nxDomain)
        answer.soa = NegativeCaching.soa(ttl: ttl, zone: zone)
        return .changed
    }
}
