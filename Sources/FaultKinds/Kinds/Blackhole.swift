/// Packets vanish.
///
/// Everything that is sent to the hosts is dropped in the kernel, in the way of a route that leads
/// nowhere or of a security group. A client that connects waits for its own timeout; a connection
/// that is open goes silent, and its sender retransmits for minutes.
///
/// Example:
///     brownout net blackhole db.example.com:5432 --for 5m
///     brownout net blackhole 10.1.0.0/16 --connections new
public struct Blackhole: NetEffect {
    public static let name = "blackhole"
    public static let keys: [EffectKey<Self>] = []

    public init() {}

    public var action: NetAction { .drop }
}
