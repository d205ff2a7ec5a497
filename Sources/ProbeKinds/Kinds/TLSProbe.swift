import FoundationEssentials
import NIOSSL
import Spec

/// A TLS handshake, and how long its certificate is good for.
///
/// The server is asked for by name (SNI), and its certificate must be trusted and name it. A
/// certificate that ends within `days` fails the check, so that a game day which drags on finds out first.
///
/// Example:
///     certificate:
///       tls: {to: "api.example.com:443", days: 14}
///       every: 60s
public struct TLSProbe: KeyedProbe {
    /// Where to connect: `host:port`.
    public var to = Server()
    /// The name to ask for and to verify, where it is not that of `to`.
    public var servername: String?
    /// A PEM file with the certificates to trust, instead of the system's.
    public var ca: String?
    /// Whether any certificate will do.
    public var insecure = false
    /// How many days the certificate must last at least.
    public var days = 0
    /// Whether it only watches: no fault on connections touches it. It needs CAP_NET_ADMIN.
    public var observer = false

    public static let name = "tls"
    public static let primaryKey: String? = "to"
    public static let keys: [ProbeKey<Self>] = [
        .server("to", \.to), .text("servername", \.servername), .text("ca", \.ca),
        .bool("insecure", \.insecure), .integer("days", \.days, in: 0...3650),
        .bool("observer", \.observer),
    ]
    public static let facts = [
        FactSchema("days", .number, "Days until the certificate expires; may be negative."),
        FactSchema("protocol", .text, "The version of TLS: `TLSv1.3`."),
    ]

    public init() {}

    public var target: String { to.address.description }

    public func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        let dialer = try Dialer(to.address, observing: observer)
        let tls = try TLSClient(
            serverName: servername ?? dialer.serverName, authority: ca, insecure: insecure)
        return TLSSession(
            connection: Connection(dialer: dialer, tls: tls), days: days, wanted: wanted)
    }
}

/// A `tls` probe at work.
struct TLSSession: ProbeSession {
    let connection: Connection
    let days: Int
    var wanted: Set<FactName> = []
    /// Seconds since 1970.
    var now: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

    func check() async -> Observation {
        let begin = ContinuousClock.now
        let outcome = await connection.check()
        let latency = begin.duration(to: .now)
        var facts: [FactName: FactValue] = [:]
        var reason = outcome.reason
        if let certificate = outcome.certificate {
            let left = Double(Int(certificate.notValidAfter) - now()) / 86_400
            facts[FactName("days")] = .number(left)
            if reason == Reason.notTrusted, left < 0 { reason = "the certificate has expired" }
            if reason == nil, left < Double(days) {
                reason =
                    left < 0
                    ? "the certificate has expired" : "the certificate ends within \(days) days"
            }
        }
        if let version = outcome.tlsVersion {
            facts[FactName("protocol")] = .text(Self.name(of: version))
        }
        return Observation(
            passed: reason == nil, reason: reason, latency: latency,
            facts: facts.filter { wanted.contains($0.key) })
    }

    func close() async {}

    private static func name(of version: TLSVersion) -> String {
        switch version {
        case .tlsv1: "TLSv1"
        case .tlsv11: "TLSv1.1"
        case .tlsv12: "TLSv1.2"
        case .tlsv13: "TLSv1.3"
        }
    }
}
