/// TCP RST, as from a host where nobody listens, or that has forgotten the connection.
///
/// A client that connects sees "connection refused", at once; one whose connection is open sees
/// "connection reset by peer". With `at: data` the handshake completes, and what the client sends
/// then is answered with the reset. UDP has no reset: its datagrams are answered with ICMP "port
/// unreachable".
///
/// Example:
///     brownout net reset api.example.com:443 --probability 20%
///     brownout net reset api.example.com:443 --at data
public struct Reset: NetEffect {
    public enum Moment: String, CaseIterable, Sendable { case connect, data }

    /// What is reset: the handshake as well (`connect`), or only what follows it (`data`).
    public var at: Moment = .connect

    public static let name = "reset"
    public static let keys: [EffectKey<Self>] = [.choice("at", \.at)]
    public static let primaryKey: String? = "at"

    public init() {}

    public var action: NetAction { .reset(afterHandshake: at == .data) }
}
