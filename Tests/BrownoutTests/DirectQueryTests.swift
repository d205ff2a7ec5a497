import NIOCore
import NIOPosix
import Testing
import Wire

@testable import brownout

/// Answers every question with one code, over UDP on loopback.
private final class OneCodeServer: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>
    let code: DNS.ResponseCode

    init(_ code: DNS.ResponseCode) { self.code = code }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let bytes = Array(envelope.data.readableBytesView)
        guard let query = try? DNS.Message(parsing: bytes.span) else { return }
        // A stranger's answer first: it must not be taken.
        var stranger = DNS.Builder.response(to: query, in: bytes.span)
        stranger.header.id = query.header.id &+ 1
        var answer = DNS.Builder.response(to: query, in: bytes.span)
        answer.responseCode = code
        for builder in [stranger, answer] {
            guard let reply = builder.encoded() else { continue }
            let data = ByteBuffer(bytes: reply)
            context.writeAndFlush(
                wrapOutboundOut(
                    AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: data)),
                promise: nil)
        }
    }
}

@Suite struct DirectQueryTests {
    @Test func takesTheAnswerToItsQuestion() async throws {
        let server = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OneCodeServer(.nxDomain))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let name = try #require(DNS.Name("a.test"))
        let query = DirectQuery(
            server: .v4(0x7F00_0001), name: name, port: port, patience: .seconds(10))
        #expect(await query.ask() == .answer(.nxDomain))
        try await server.close()
    }

    @Test func doesNotWaitForever() async throws {
        // Bound and silent.
        let server = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let name = try #require(DNS.Name("a.test"))
        let query = DirectQuery(
            server: .v4(0x7F00_0001), name: name, port: port, patience: .milliseconds(50))
        #expect(await query.ask() == .noAnswer)
        try await server.close()
    }

    @Test func aClosedPortIsTold() async throws {
        let server = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await server.close()
        let name = try #require(DNS.Name("a.test"))
        let query = DirectQuery(
            server: .v4(0x7F00_0001), name: name, port: port, patience: .seconds(10))
        #expect(await query.ask() == .failed("Connection refused"))
    }
}
