import NIOCore
import NIOHTTP1

/// One request, and where its outcome goes. Written to a channel with an `HTTPExchanger` it is sent.
struct HTTPExchange: Sendable {
    var head: HTTPRequestHead
    var body: ByteBuffer?
    var outcome: EventLoopPromise<HTTPOutcome>
}

/// What became of a request. With a reason: why it failed, and what was seen until then.
struct HTTPOutcome: Sendable {
    var reason: String?
    var head: HTTPResponseHead?
    var body: ByteBuffer?
    var firstByte: ContinuousClock.Instant?
    /// Whether the connection may carry another request.
    var isReusable = false

    init(reason: String? = nil) { self.reason = reason }

    /// Whether to look at the body takes so long that other checks should not wait for it.
    var isHeavy: Bool { (body?.readableBytes ?? 0) > 16 * 1024 }
}

/// Sends exchanges, one at a time, and collects their answers.
final class HTTPExchanger: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPExchange
    typealias OutboundOut = HTTPClientRequestPart

    /// A probe looks at answers, it does not download: beyond this a check fails.
    static let largestBody = 1024 * 1024

    /// Of a head, names and values together; as much as nginx and Apache take of a request.
    static let largestHead = 64 * 1024

    private let arrival: FirstByte
    /// Where an error goes that comes before the request: TLS may fail at once.
    private var opening: EventLoopPromise<HTTPOutcome>?
    private var exchange: HTTPExchange?
    private var outcome = HTTPOutcome()

    init(arrival: FirstByte, opening: EventLoopPromise<HTTPOutcome>) {
        self.arrival = arrival
        self.opening = opening
    }

    /// The handlers of HTTP/1.1 above whatever is there already.
    static func add(
        to channel: any Channel, for opening: EventLoopPromise<HTTPOutcome>
    ) throws {
        let arrival = FirstByte()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = largestHead
        limits.maxHeaderListSize = largestHead
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(
            arrival, HTTPRequestEncoder(), ByteToMessageHandler(decoder),
            HTTPExchanger(arrival: arrival, opening: opening))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        self.exchange = exchange
        opening = nil
        outcome = HTTPOutcome()
        arrival.instant = nil
        context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
        if let body = exchange.body {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard exchange != nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): outcome.head = head
        case .body(var part):
            guard (outcome.body?.readableBytes ?? 0) + part.readableBytes <= Self.largestBody else {
                outcome.body = nil
                end("the body is larger than 1 MiB", context)
                return
            }
            if outcome.body?.writeBuffer(&part) == nil { outcome.body = part }
        case .end:
            outcome.isReusable = outcome.head?.isKeepAlive ?? false
            end(nil, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Bytes after a whole answer belong to no check.
        opening?.succeed(HTTPOutcome(reason: Reason.of(error)))
        end(exchange == nil ? nil : reason(of: error), context)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(arrival.instant == nil ? Reason.noAnswer : Reason.endedEarly, context)
        context.fireChannelInactive()
    }

    private func reason(of error: any Error) -> String {
        let reason = Reason.of(error)
        return reason == Reason.endedEarly && arrival.instant == nil ? Reason.noAnswer : reason
    }

    private func end(_ reason: String?, _ context: ChannelHandlerContext) {
        guard let exchange else { return }
        self.exchange = nil
        outcome.reason = reason
        outcome.firstByte = arrival.instant
        exchange.outcome.succeed(outcome)
    }
}

/// When the first byte of an answer came: before it is a whole head, and after TLS.
final class FirstByte: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var instant: ContinuousClock.Instant?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if instant == nil { instant = .now }
        context.fireChannelRead(data)
    }
}
