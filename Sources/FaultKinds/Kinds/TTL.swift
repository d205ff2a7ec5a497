public import Wire

/// The real answer with another TTL: 0 s, or days.
///
/// Every record of the answer section gets it, and the SOA of a negative answer too, so that caches
/// ask again each time (`0s`) or keep what they have long after it is wrong (`2d`); a denial is kept
/// no longer than its SOA's MINIMUM (RFC 2308 section 5), which stays. The upper bound is 2^31 - 1
/// seconds (RFC 2181 section 8).
///
/// Example:
///     brownout dns ttl '*.amazonaws.com' --to 0s
public struct TTL: DNSEffect {
    /// The TTL that clients and caches see, in whole seconds.
    public var to: Duration = .zero

    public static let name = "ttl"
    public static let keys: [EffectKey<Self>] = [.ttl("to", \.to, required: true)]
    public static let primaryKey: String? = "to"

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.setTTL(NegativeCaching.seconds(of: to)) ? .changed : .untouched
    }
}
