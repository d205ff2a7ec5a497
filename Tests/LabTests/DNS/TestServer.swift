import Lab
import NIOCore
import NIOPosix
import Testing
import Wire

/// Runs a lab server on free loopback ports for as long as `body` takes.
func withServer<Result: Sendable>(
    listen: [String] = ["127.0.0.1:0"], idleTimeout: Duration = .seconds(10),
    _ body: @Sendable ([Endpoint]) async throws -> Result
) async throws -> Result {
    try await withServer(
        LabDNSServer(zones: try .lab(), idleTimeout: idleTimeout), listen: listen, body)
}

/// The same with any server.
func withServer<Result: Sendable>(
    _ server: LabDNSServer, listen: [String] = ["127.0.0.1:0"],
    _ body: @Sendable ([Endpoint]) async throws -> Result
) async throws -> Result {
    let endpoints = try listen.map { try #require(Endpoint(listening: $0)) }
    let (bound, continuation) = AsyncStream.makeStream(of: [Endpoint].self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await server.run(listen: endpoints) { continuation.yield($0) }
        }
        guard let endpoints = await bound.first(where: { _ in true }) else {
            // Throws what kept the server from starting.
            try await group.waitForAll()
            throw CancellationError()
        }
        let result = try await body(endpoints)
        group.cancelAll()
        // Ends only if cancellation ends the server.
        try await group.waitForAll()
        return result
    }
}

extension Endpoint {
    var socketAddress: SocketAddress {
        get throws { try SocketAddress(ipAddress: address.description, port: Int(port)) }
    }
}

/// Sends datagrams from one socket and gives the first `count` answers.
func exchangeUDP(
    _ messages: [[UInt8]], with endpoint: Endpoint, answers count: Int
) async throws -> [[UInt8]] {
    let local = endpoint.address.isV4 ? "127.0.0.1" : "::1"
    let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .bind(host: local, port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<
                    AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>
                >(wrappingChannelSynchronously: channel)
            }
        }
    let remote = try endpoint.socketAddress
    return try await channel.executeThenClose { inbound, outbound in
        for message in messages {
            try await outbound.write(
                AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: message)))
        }
        var answers: [[UInt8]] = []
        for try await envelope in inbound {
            answers.append(Array(buffer: envelope.data))
            if answers.count == count { break }
        }
        return answers
    }
}

/// Sends segments over one connection, each by itself, and gives the messages that come back until
/// there are `count`, or until the server closes.
///
/// With `finishing` the client's side is closed after the last segment.
func exchangeTCP(
    _ segments: [[UInt8]], with endpoint: Endpoint, answers count: Int = .max,
    finishing: Bool = false, whenAnswered: @Sendable () -> Void = {}
) async throws -> [[UInt8]] {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(to: endpoint.socketAddress) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        for segment in segments { try await outbound.write(ByteBuffer(bytes: segment)) }
        if finishing { outbound.finish() }
        var received = ByteBuffer()
        var answers: [[UInt8]] = []
        for try await part in inbound {
            received.writeImmutableBuffer(part)
            while let message = received.readLengthPrefixedSlice(as: UInt16.self) {
                answers.append(Array(buffer: message))
                whenAnswered()
            }
            if answers.count >= count { break }
        }
        return answers
    }
}

/// A message with the two octets of length that TCP needs.
func framed(_ message: [UInt8]) -> [UInt8] {
    [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
}
