import Control
import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

@testable import Agent

/// An agent behind its API, on a socket of the test's own, for as long as `body` runs.
func served<Result: Sendable>(
    _ world: World, _ body: @Sendable (AgentClient) async throws -> Result
) async throws -> Result {
    try await withFolder { folder in
        let socket = UnixSocket(path: folder + "/s", shared: true)
        let (ready, isReady) = AsyncStream<Void>.makeStream()
        let server = APIServer(
            agent: world.agent, spec: .plain, socket: socket,
            group: MultiThreadedEventLoopGroup.singleton, logger: .silent,
            ready: { isReady.finish() })
        let group = ServiceGroup(services: [server], logger: .silent)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await _ in ready {}
            let result = try await body(AgentClient(socket: socket.path))
            await world.agent.stop("the test is over")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Sends bytes and reads what comes until the other side closes.
func rawExchange(_ socket: String, _ bytes: [UInt8]) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(unixDomainSocketPath: socket) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        // The server may close while we still write: what it has said is what counts.
        do {
            for start in stride(from: 0, to: bytes.count, by: 65536) {
                let end = min(start + 65536, bytes.count)
                try await outbound.write(ByteBuffer(bytes: bytes[start..<end]))
            }
            outbound.finish()
        } catch {}
        var reply = ""
        do {
            for try await part in inbound { reply += String(buffer: part) }
        } catch {}
        return reply
    }
}
