/// The handshake completes, then silence.
///
/// SYN, SYN-ACK and bare acknowledgements of TCP pass, so the client is connected and the server has
/// accepted; what either then sends is dropped, the end of the connection included. Connections that
/// are open go silent as well, and so does UDP. Finds who waits for an answer without a timeout.
///
/// Example:
///     brownout net halfopen api.example.com:443 --for 5m
public struct HalfOpen: NetEffect {
    public static let name = "halfopen"
    public static let keys: [EffectKey<Self>] = []

    public init() {}

    public var action: NetAction { .silence }
}
