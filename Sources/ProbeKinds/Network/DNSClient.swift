import NIOCore
import NIOPosix
import Wire

/// Asks servers directly, as dig does: one packet, no cache, over TCP where the answer is truncated.
struct DNSClient: Sendable {
    /// In the order in which they are asked.
    var servers: [Endpoint]

    /// How long a server is waited for before the next is asked (resolv.conf(5), `timeout`).
    static let patience = TimeAmount.seconds(5)

    /// The answer of the first server that has one; the reason if none has.
    func ask(_ question: DNS.Builder.Query) async -> Result<DNSReply, CheckFailure> {
        var last = Result<DNSReply, CheckFailure>.failure(CheckFailure(Reason.timedOut))
        for (index, server) in servers.enumerated() {
            let isLast = index == servers.count - 1
            last = await ask(question, server, isLast: isLast)
            if Task.isCancelled { return .failure(CheckFailure(Reason.timedOut)) }
            // What the resolver of the system goes on from, too.
            guard let reply = try? last.get(),
                [.servFail, .refused, .notImp].contains(reply.rcode)
            else {
                if case .failure = last { continue }
                return last
            }
        }
        return last
    }

    private func ask(
        _ question: DNS.Builder.Query, _ server: Endpoint, isLast: Bool
    ) async -> Result<DNSReply, CheckFailure> {
        let id = UInt16.random(in: .min ... .max)
        let query = DNS.Builder.query(question.name, question.type, id: id, edns: DNS.EDNS())
        guard let bytes = query.encoded(),
            let address = try? SocketAddress(
                ipAddress: server.address.description, port: Int(server.port))
        else { return .failure(CheckFailure("the question cannot be sent")) }
        let asked = DNSQuestion(question: question, id: id, bytes: bytes, server: address)
        let reply = await send(asked, patience: isLast ? nil : Self.patience, overTCP: false)
        guard (try? reply.get())?.isTruncated == true, !Task.isCancelled else { return reply }
        return await send(asked, patience: nil, overTCP: true)
    }

    private func send(
        _ asked: DNSQuestion, patience: TimeAmount?, overTCP: Bool
    ) async -> Result<DNSReply, CheckFailure> {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let outcome = loop.makePromise(of: DNSReply.self)
        if let patience {
            let alarm = loop.scheduleTask(in: patience) {
                outcome.fail(CheckFailure(Reason.timedOut))
            }
            outcome.futureResult.whenComplete { _ in alarm.cancel() }
        }
        let initialize: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
            outcome.futureResult.whenComplete { _ in channel.close(promise: nil) }
            return channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if overTCP {
                    try pipeline.addHandler(DNSStreamHandler(asked: asked, outcome: outcome))
                } else {
                    try pipeline.addHandler(DNSDatagramHandler(asked: asked, outcome: outcome))
                }
            }
        }
        return await withTaskCancellationHandler {
            let channel =
                overTCP
                ? ClientBootstrap(group: loop).connectTimeout(.hours(1))
                    .channelInitializer(initialize).connect(to: asked.server)
                : DatagramBootstrap(group: loop).channelInitializer(initialize)
                    .connect(to: asked.server)
            channel.cascadeFailure(to: outcome)
            do {
                return .success(try await outcome.futureResult.get())
            } catch {
                return .failure(CheckFailure(error))
            }
        } onCancel: {
            outcome.fail(CheckFailure(Reason.timedOut))
        }
    }
}

/// Why a check failed.
struct CheckFailure: Error, Equatable, Sendable {
    var reason: String

    init(_ reason: String) { self.reason = reason }

    init(_ error: any Error) {
        reason = (error as? CheckFailure)?.reason ?? Reason.of(error)
    }
}

/// A question on its way.
struct DNSQuestion: Sendable {
    var question: DNS.Builder.Query
    var id: UInt16
    var bytes: [UInt8]
    var server: SocketAddress

    func settle(_ outcome: EventLoopPromise<DNSReply>, _ answer: [UInt8]) {
        do throws(WireError) {
            if let reply = try DNSReply(answer, to: question, id: id) { outcome.succeed(reply) }
        } catch {
            outcome.fail(CheckFailure("the answer is malformed"))
        }
    }
}

/// Sends a question in a datagram, and waits for its answer.
final class DNSDatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let asked: DNSQuestion
    private let outcome: EventLoopPromise<DNSReply>

    init(asked: DNSQuestion, outcome: EventLoopPromise<DNSReply>) {
        self.asked = asked
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        let envelope = AddressedEnvelope(
            remoteAddress: asked.server, data: ByteBuffer(bytes: asked.bytes))
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.cascadeFailure(to: outcome)
        context.writeAndFlush(wrapOutboundOut(envelope), promise: sent)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        asked.settle(outcome, Array(unwrapInboundIn(data).data.readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { outcome.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        outcome.fail(CheckFailure(Reason.noAnswer))
    }
}

/// Sends a question over TCP, its length before it (RFC 1035 section 4.2.2).
final class DNSStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let asked: DNSQuestion
    private let outcome: EventLoopPromise<DNSReply>
    private var received = ByteBuffer()

    init(asked: DNSQuestion, outcome: EventLoopPromise<DNSReply>) {
        self.asked = asked
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt16(truncatingIfNeeded: asked.bytes.count))
        buffer.writeBytes(asked.bytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        while let message = received.readLengthPrefixedSlice(as: UInt16.self) {
            asked.settle(outcome, Array(message.readableBytesView))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { outcome.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        outcome.fail(
            CheckFailure(received.writerIndex == 0 ? Reason.noAnswer : Reason.endedEarly))
    }
}
