import NIOCore
import Spec

/// Whether something listens: a TCP connection, and if need be the first bytes of an answer.
///
/// It passes once it is connected, or once the answer begins with `expect`. TTFB is there with
/// `expect`. The connection is closed at once.
///
/// Example:
///     database:
///       tcp: 10.0.0.5:5432
///     mail:
///       tcp: {to: "mail.example.com:25", expect: "220 "}
public struct TCPProbe: KeyedProbe {
    /// Where to connect: `host:port`.
    public var to = Server()
    /// Bytes to send once connected, as text.
    public var send: String?
    /// What the answer must begin with.
    public var expect: String?
    /// Whether it only watches: no fault on connections touches it. It needs CAP_NET_ADMIN.
    public var observer = false

    public static let name = "tcp"
    public static let primaryKey: String? = "to"
    public static let keys: [ProbeKey<Self>] = [
        .server("to", \.to), .text("send", \.send), .text("expect", \.expect),
        .bool("observer", \.observer),
    ]
    public static let facts: [FactSchema] = []

    public init() {}

    public var target: String { to.address.description }

    public func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        TCPSession(
            connection: Connection(
                dialer: try Dialer(to.address, observing: observer),
                greeting: send.map { ByteBuffer(string: $0) },
                expected: expect.map { ByteBuffer(string: $0) }))
    }
}

/// A `tcp` probe at work.
struct TCPSession: ProbeSession {
    let connection: Connection

    func check() async -> Observation {
        let begin = ContinuousClock.now
        let outcome = await connection.check()
        return Observation(
            passed: outcome.reason == nil, reason: outcome.reason,
            latency: begin.duration(to: .now),
            ttfb: outcome.firstByte.map { begin.duration(to: $0) })
    }

    func close() async {}
}
