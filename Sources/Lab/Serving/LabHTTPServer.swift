import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Wire

/// One HTTP listener of the lab.
struct LabHTTPServer: Sendable {
    var name: String
    var host: String
    var port: Int
    /// Called for each new connection, with the address that it came to.
    var connected: @Sendable (IPAddress) -> Void = { _ in }
    var respond: @Sendable (Request, LabContext) async throws -> Response

    /// A client that asks nothing for so long is gone.
    private static let idleTimeout = TimeAmount.seconds(60)

    /// Serves until the task is cancelled. `ready` gets the port once it listens.
    func run(ready: @escaping @Sendable (Int) -> Void) async throws {
        var logger = Logger(label: "lab") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let connected = connected
        let respond = respond
        let application = Application(
            responder: CallbackResponder { (request: Request, context: LabContext) in
                do {
                    return try await respond(request, context)
                } catch is Unanswered {
                    try? await context.channel.close()
                    throw Unanswered()
                }
            },
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionNotice(connected)],
                    idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil, backlog: 4096),
            onServerRunning: { ready($0.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(.singletonMultiThreadedEventLoopGroup),
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw LabError.cannotListen(name, "\(host):\(port)", errno: error.errnoCode)
        }
    }
}

/// Tells of a connection once, when it is there.
private final class ConnectionNotice: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    private let connected: @Sendable (IPAddress) -> Void
    private var told = false

    init(_ connected: @escaping @Sendable (IPAddress) -> Void) { self.connected = connected }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { tell(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        tell(context)
        context.fireChannelActive()
    }

    private func tell(_ context: ChannelHandlerContext) {
        guard !told, let address = context.channel.labAddress else { return }
        told = true
        connected(address)
    }
}
