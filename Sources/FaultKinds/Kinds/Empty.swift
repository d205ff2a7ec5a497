public import Wire

/// NOERROR and no addresses: the name exists and leads nowhere.
///
/// The CNAME and DNAME chain of the real answer is kept and everything after it is gone, as in the
/// answer that dynamodb.us-east-1.amazonaws.com gave on 2025-10-19. The authority section holds one
/// SOA, so caches keep the emptiness (RFC 2308 section 2.2, NODATA). Clients take it for "this
/// service has no addresses" and fail at once, mostly without a retry; monitors that count
/// resolution errors see none. A name that does not exist upstream can still be made empty.
///
/// Example:
///     brownout dns empty dynamodb.us-east-1.amazonaws.com --for 60s
///     brownout dns empty '*.us-east-1.amazonaws.com' --ttl 5s --types AAAA
public struct Empty: DNSEffect {
    /// How long caches keep the emptiness: TTL and MINIMUM of the SOA. `0s` leaves no SOA.
    public var ttl: Duration = .seconds(60)
    /// Owner of the SOA. Without it: the parent of the last name in the chain. For the apex of a
    /// zone name the zone itself, as iterating caches take no SOA from above it.
    public var zone: DNS.Name?

    public static let name = "empty"
    public static let keys: [EffectKey<Self>] = [.ttl("ttl", \.ttl), .name("zone", \.zone)]

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.responseCode = .noError
        answer.truncated = false
        answer.keepChainOnly()
        answer.soa = NegativeCaching.soa(ttl: ttl, zone: zone)
        return .changed
    }
}
