import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// What became of a connection that was made for one check.
struct ConnectionOutcome: Sendable {
    var reason: String?
    var firstByte: ContinuousClock.Instant?
    var certificate: NIOSSLCertificate?
    var tlsVersion: TLSVersion?

    init(reason: String? = nil) { self.reason = reason }
}

/// Connects once, does a little, and closes.
struct Connection: Sendable {
    var dialer: Dialer
    var tls: TLSClient?
    /// Sent once connected.
    var greeting: ByteBuffer?
    /// What the answer must begin with; nil: being connected is all.
    var expected: ByteBuffer?

    func check() async -> ConnectionOutcome {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let outcome = loop.makePromise(of: ConnectionOutcome.self)
        return await withTaskCancellationHandler {
            dialer.connect(on: loop) { channel in
                outcome.futureResult.whenComplete { _ in channel.close(promise: nil) }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let secure = try tls?.handler()
                    if let secure { try pipeline.addHandler(secure) }
                    try pipeline.addHandler(
                        ConnectionHandler(
                            secure: secure, greeting: greeting, expected: expected,
                            outcome: outcome))
                }
            }.whenFailure { outcome.succeed(ConnectionOutcome(reason: Reason.of($0))) }
            let timedOut = ConnectionOutcome(reason: Reason.timedOut)
            return (try? await outcome.futureResult.get()) ?? timedOut
        } onCancel: {
            outcome.succeed(ConnectionOutcome(reason: Reason.timedOut))
        }
    }
}

/// Waits for the connection, or its TLS, and for the beginning of an answer where one is expected.
private final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let secure: NIOSSLHandler?
    private let greeting: ByteBuffer?
    private let expected: ByteBuffer?
    private let outcome: EventLoopPromise<ConnectionOutcome>
    private var received = ByteBuffer()
    private var seen = ConnectionOutcome()

    init(
        secure: NIOSSLHandler?, greeting: ByteBuffer?, expected: ByteBuffer?,
        outcome: EventLoopPromise<ConnectionOutcome>
    ) {
        self.secure = secure
        self.greeting = greeting
        self.expected = expected
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        if secure == nil { ready(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let secure, case .handshakeCompleted? = event as? TLSUserEvent else { return }
        seen.certificate = secure.peerCertificate
        seen.tlsVersion = secure.tlsVersion
        ready(context)
    }

    private func ready(_ context: ChannelHandlerContext) {
        if let greeting { context.writeAndFlush(wrapOutboundOut(greeting), promise: nil) }
        if expected == nil { end(nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let expected else { return }
        if seen.firstByte == nil { seen.firstByte = .now }
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        let common = min(received.readableBytes, expected.readableBytes)
        guard
            received.readableBytesView.prefix(common).elementsEqual(
                expected.readableBytesView.prefix(common))
        else {
            end("another answer than expected")
            return
        }
        if common == expected.readableBytes { end(nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        seen.certificate = seen.certificate ?? secure?.peerCertificate
        end(Reason.of(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(seen.firstByte == nil ? Reason.noAnswer : Reason.endedEarly)
    }

    private func end(_ reason: String?) {
        seen.reason = reason
        outcome.succeed(seen)
    }
}
