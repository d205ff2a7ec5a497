import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Sends requests to one server, each on a connection of its own or all on one that is kept.
///
/// The handlers of NIO directly, for a check must know what came when and end when it is told to.
final class HTTPClient: Sendable {
    private let dialer: Dialer
    private let tls: TLSClient?
    private let keeps: Bool
    private let kept = Mutex<(any Channel)?>(nil)

    init(_ dialer: Dialer, tls: TLSClient?, keeps: Bool) {
        self.dialer = dialer
        self.tls = tls
        self.keeps = keeps
    }

    /// The outcome of a request; promptly `timed out` where the task is cancelled.
    func send(_ head: HTTPRequestHead, body: ByteBuffer?) async -> HTTPOutcome {
        if let channel = kept.withLock({ $0.take() }), channel.isActive {
            let outcome = await wait(on: channel.eventLoop) { promise in
                let exchange = HTTPExchange(head: head, body: body, outcome: promise)
                Self.write(exchange, to: channel)
            }
            finish(outcome, channel)
            // The server may have closed it as the request was on its way (RFC 9112 section 9.3.1).
            let stale = outcome.reason != nil && outcome.firstByte == nil && !channel.isActive
            guard stale, !Task.isCancelled, head.method.isSafe else { return outcome }
        }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let opened = Mutex<(any Channel)?>(nil)
        let outcome = await wait(on: loop) { promise in
            self.open(on: loop, for: promise).whenComplete { result in
                switch result {
                case .success(let channel):
                    if self.keeps { opened.withLock { $0 = channel } }
                    Self.write(HTTPExchange(head: head, body: body, outcome: promise), to: channel)
                case .failure(let error):
                    promise.succeed(HTTPOutcome(reason: Reason.of(error)))
                }
            }
        }
        if let channel = opened.withLock({ $0 }) { finish(outcome, channel) }
        return outcome
    }

    func close() {
        kept.withLock { $0.take() }?.close(promise: nil)
    }

    private func finish(_ outcome: HTTPOutcome, _ channel: any Channel) {
        guard outcome.reason == nil, outcome.isReusable, !Task.isCancelled else {
            channel.close(promise: nil)
            return
        }
        kept.withLock { $0 = channel }
    }

    private func open(
        on loop: any EventLoop, for promise: EventLoopPromise<HTTPOutcome>
    ) -> EventLoopFuture<any Channel> {
        let tls = tls
        let keeps = keeps
        return dialer.connect(on: loop) { channel in
            promise.futureResult.whenSuccess { outcome in
                if !keeps || outcome.reason != nil { channel.close(promise: nil) }
            }
            return channel.eventLoop.makeCompletedFuture {
                if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
                try HTTPExchanger.add(to: channel, for: promise)
            }
        }
    }

    private static func write(_ exchange: HTTPExchange, to channel: any Channel) {
        channel.writeAndFlush(exchange).whenFailure { error in
            exchange.outcome.succeed(HTTPOutcome(reason: Reason.of(error)))
        }
    }

    private func wait(
        on loop: any EventLoop, _ begin: (EventLoopPromise<HTTPOutcome>) -> Void
    ) async -> HTTPOutcome {
        let promise = loop.makePromise(of: HTTPOutcome.self)
        return await withTaskCancellationHandler {
            begin(promise)
            return (try? await promise.futureResult.get()) ?? HTTPOutcome(reason: Reason.timedOut)
        } onCancel: {
            promise.succeed(HTTPOutcome(reason: Reason.timedOut))
        }
    }
}

extension HTTPMethod {
    /// Whether sending it twice does no more than sending it once (RFC 9110 section 9.2.2).
    fileprivate var isSafe: Bool { [.GET, .HEAD, .OPTIONS, .TRACE].contains(self) }
}
