import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The API on its unix socket.
///
/// `run` returns once a graceful shutdown has answered what was asked; it throws when the socket
/// cannot be bound.
struct APIServer: Service {
    let agent: Agent
    let spec: SpecReader
    let socket: UnixSocket
    let group: any EventLoopGroup
    let logger: Logger
    /// Called once it listens.
    let ready: @Sendable () async -> Void

    /// Connections at a time, event streams included; more wait in the backlog.
    static let maximumConnections = 128
    /// Closes a connection that asks nothing for so long.
    static let idleTimeout = TimeAmount.seconds(60)
    /// The head of a request; the default of 80 KiB a field is more than any client of ours sends.
    static let headLimit = 16 * 1024

    func run() async throws {
        let application = Application(
            router: APIRouter(agent: agent, spec: spec).router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: Self.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.headLimit, maxHeaderListSize: Self.headLimit,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socket.path),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Self.maximumConnections)),
            onServerRunning: { _ in
                do {
                    try socket.restrict()
                } catch {
                    logger.error("\(socket.path): its permissions cannot be set: \(error)")
                }
                await ready()
            },
            eventLoopGroupProvider: .shared(group), logger: logger)
        try await application.run()
    }
}
