import NIOCore
import NIOPosix
import Wire

/// The two sockets of one endpoint, UDP and TCP on the same port.
struct DNSListener: Sendable {
    typealias Datagrams = NIOAsyncChannel<
        AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>
    >
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// With the port that the kernel chose, if it was asked to.
    let endpoint: Endpoint
    let datagrams: Datagrams
    let connections: NIOAsyncChannel<Connection, Never>

    /// Binds both; on an error neither is left open.
    ///
    /// A port that is free for UDP may be taken for TCP: if the port is the kernel's choice, a few are tried.
    static func bind(
        _ endpoint: Endpoint, idleTimeout: TimeAmount
    ) async throws(ListenError) -> DNSListener {
        var attempts = endpoint.port == 0 ? 8 : 1
        while true {
            attempts -= 1
            let datagrams = try await bindDatagrams(endpoint)
            let bound = Endpoint(
                endpoint.address,
                port: UInt16(truncatingIfNeeded: datagrams.channel.localAddress?.port ?? 0))
            do {
                let connections = try await bindConnections(bound, idleTimeout: idleTimeout)
                return DNSListener(
                    endpoint: bound, datagrams: datagrams, connections: connections)
            } catch {
                try? await datagrams.channel.close()
                if attempts == 0 { throw error }
            }
        }
    }

    /// Closes both, for a listener that is not served.
    func close() async {
        try? await datagrams.channel.close()
        try? await connections.channel.close()
    }

    private static func bindDatagrams(_ endpoint: Endpoint) async throws(ListenError) -> Datagrams {
        do {
            var bootstrap = DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            if !endpoint.address.isV4 {
                bootstrap = bootstrap.channelOption(onlyIPv6, value: 1)
            }
            return try await bootstrap.bind(to: endpoint.socketAddress()) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReadErrorIgnoring())
                    return try Datagrams(wrappingChannelSynchronously: channel)
                }
            }
        } catch {
            throw ListenError(endpoint, .udp, error)
        }
    }

    private static func bindConnections(
        _ endpoint: Endpoint, idleTimeout: TimeAmount
    ) async throws(ListenError) -> NIOAsyncChannel<Connection, Never> {
        do {
            var bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ReadErrorIgnoring())
                    }
                }
                // A client may send its last query and its end at once.
                .childChannelOption(.allowRemoteHalfClosure, value: true)
            if !endpoint.address.isV4 {
                bootstrap = bootstrap.serverChannelOption(onlyIPv6, value: 1)
            }
            return try await bootstrap.bind(to: endpoint.socketAddress()) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let framing = MessageFraming()
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: idleTimeout))
                    try pipeline.addHandler(IdleClosing())
                    try pipeline.addHandler(ByteToMessageHandler(framing))
                    try pipeline.addHandler(MessageToByteHandler(framing))
                    return try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        } catch {
            throw ListenError(endpoint, .tcp, error)
        }
    }

    /// So that `::` leaves room for 0.0.0.0 beside it.
    private static let onlyIPv6 = ChannelOptions.Types.SocketOption(
        level: .ipv6, name: .ipv6_v6only)
}

extension Endpoint {
    func socketAddress() throws -> SocketAddress {
        try SocketAddress(ipAddress: address.description, port: Int(port))
    }
}

extension ListenError {
    fileprivate init(
        _ endpoint: Endpoint, _ transport: ZoneSet.Transport, _ error: any Error
    ) {
        self.init(
            endpoint: endpoint, transport: transport, errno: (error as? IOError)?.errnoCode ?? 0)
    }
}
