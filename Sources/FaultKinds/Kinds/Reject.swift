/// ICMP "destination unreachable", as from a firewall or a router.
///
/// Clients see an error at once: "connection refused" for `port`, "no route to host" for `host`,
/// "network is unreachable" for `route`, and for `prohibited` what a firewall's rule makes of it. A
/// TCP connection that is open takes such a message for a passing trouble and keeps trying. Over IPv6
/// Linux looks at the message when it has sent its second SYN, a second later.
///
/// Example:
///     brownout net reject cache.example.com:6379 --with host
public struct Reject: NetEffect {
    /// Which code: `port`, `host`, `route` or `prohibited`.
    public var with: NetRejection = .port

    public static let name = "reject"
    public static let keys: [EffectKey<Self>] = [.choice("with", \.with)]
    public static let primaryKey: String? = "with"

    public init() {}

    public var action: NetAction { .reject(with) }
}
