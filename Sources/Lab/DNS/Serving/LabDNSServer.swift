import NIOCore
public import Wire

/// Serves DNS over UDP and TCP: the thin edge around `ZoneSet.answer(to:over:)`.
public struct LabDNSServer: Sendable {
    /// Answers a query; nil for silence.
    public typealias Answering = @Sendable (_ query: [UInt8], ZoneSet.Transport) -> [UInt8]?

    private let answering: Answering
    /// How long a TCP connection may stay silent.
    public var idleTimeout: Duration

    /// Serves zones that stay as they are.
    public init(zones: ZoneSet, idleTimeout: Duration = .seconds(10)) {
        self.init(idleTimeout: idleTimeout) { zones.answer(to: $0.span, over: $1) }
    }

    /// Serves whatever `answering` says.
    public init(idleTimeout: Duration = .seconds(10), answering: @escaping Answering) {
        self.answering = answering
        self.idleTimeout = idleTimeout
    }

    /// Where the lab listens unless told otherwise.
    public static let defaultEndpoint = Endpoint(.v4(0x7F00_0001), port: 53)

    /// Serves until the task is cancelled, then closes everything and returns.
    ///
    /// Once all endpoints are bound, `whenBound` gets them, with the ports that the kernel chose for
    /// those with port 0. Throws if one cannot be bound; then none is left open. An address that stands
    /// for all (0.0.0.0, `::`) answers from the address that the kernel picks, which on a host with
    /// several may not be the one that was asked: name each instead.
    public func run(
        listen endpoints: [Endpoint] = [LabDNSServer.defaultEndpoint],
        whenBound: @Sendable ([Endpoint]) async -> Void = { _ in }
    ) async throws(ListenError) {
        let listeners = try await bind(endpoints)
        await whenBound(listeners.map(\.endpoint))
        await withDiscardingTaskGroup { group in
            for listener in listeners {
                group.addTask { await serve(listener.datagrams) }
                group.addTask { await serve(listener.connections) }
            }
        }
    }

    private func bind(_ endpoints: [Endpoint]) async throws(ListenError) -> [DNSListener] {
        var listeners: [DNSListener] = []
        do {
            for endpoint in endpoints {
                listeners.append(
                    try await DNSListener.bind(endpoint, idleTimeout: TimeAmount(idleTimeout)))
            }
        } catch {
            for listener in listeners { await listener.close() }
            throw error
        }
        return listeners
    }

    // An error below is the end of a channel: the peer's doing, or the cancellation. Nobody is to be told.

    private func serve(_ datagrams: DNSListener.Datagrams) async {
        try? await datagrams.executeThenClose { inbound, outbound in
            for try await query in inbound {
                guard let answer = answer(to: query.data, over: .udp) else { continue }
                // What cannot be sent to one client is no reason to leave the others.
                try? await outbound.write(
                    AddressedEnvelope(remoteAddress: query.remoteAddress, data: answer))
            }
        }
    }

    private func serve(_ connections: NIOAsyncChannel<DNSListener.Connection, Never>) async {
        try? await connections.executeThenClose { inbound in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in inbound {
                    group.addTask { await serve(connection) }
                }
            }
        }
    }

    /// Answers in order, until the client ends or sends what deserves no answer.
    private func serve(_ connection: DNSListener.Connection) async {
        try? await connection.executeThenClose { inbound, outbound in
            for try await query in inbound {
                guard let answer = answer(to: query, over: .tcp) else { return }
                try await outbound.write(answer)
            }
        }
    }

    private func answer(to query: ByteBuffer, over transport: ZoneSet.Transport) -> ByteBuffer? {
        answering(Array(buffer: query), transport).map(ByteBuffer.init(bytes:))
    }
}
