import NIOCore
import NIOPosix

/// A real server on a free port of 127.0.0.1 that waits for a request's end and then says its lines.
final class ScriptedServer: Sendable {
    enum End: Sendable { case close, stay }

    let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    /// `answer` gets the number of the connection, from 0, and the bytes of the request.
    init(
        greets: Bool = false, end: End = .close,
        answer: @escaping @Sendable (Int, String) -> String
    ) async throws {
        let count = NIOLockedCounter()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let number = count.next()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Script(number: number, greets: greets, end: end, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async { try? await channel.close() }
}

private final class Script: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let number: Int
    let greets: Bool
    let end: ScriptedServer.End
    let answer: @Sendable (Int, String) -> String
    var request = ""

    init(
        number: Int, greets: Bool, end: ScriptedServer.End,
        answer: @escaping @Sendable (Int, String) -> String
    ) {
        self.number = number
        self.greets = greets
        self.end = end
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        if greets { say(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += String(buffer: unwrapInboundIn(data))
        if !greets, request.contains("\r\n\r\n") { say(context) }
    }

    private func say(_ context: ChannelHandlerContext) {
        let text = answer(number, request)
        request = ""
        let written = context.eventLoop.makePromise(of: Void.self)
        if end == .close {
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: written)
    }
}
