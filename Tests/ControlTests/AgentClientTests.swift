import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import Control

/// The client against sockets that are no agent. Against one: `APITests` of Agent.
@Suite struct AgentClientTests {
    @Test func noSocket() async {
        await #expect(throws: AgentError.noAgent(socket: "/nonexistent/s", errno: ENOENT)) {
            try await AgentClient(socket: "/nonexistent/s").status()
        }
    }

    @Test func theSocketOfADeadAgent() async throws {
        try await withSocket { path in
            // Renamed, the file outlives the close, as a killed agent's does.
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: path + "0").get()
            try FileManager.default.moveItem(atPath: path + "0", toPath: path)
            try await server.close()
            await #expect(throws: AgentError.noAgent(socket: path, errno: ECONNREFUSED)) {
                try await AgentClient(socket: path).status()
            }
        }
    }

    @Test func errnosHaveTheirMeaning() {
        let client = AgentClient(socket: "s")
        #expect(
            client.agentError(IOError(errnoCode: EACCES, reason: "connect"))
                == .permission(socket: "s"))
        #expect(
            client.agentError(IOError(errnoCode: EPERM, reason: "connect"))
                == .permission(socket: "s"))
        guard case .connection = client.agentError(IOError(errnoCode: EPIPE, reason: "write"))
        else {
            Issue.record("EPIPE is a connection's end")
            return
        }
    }

    @Test func aPathThatIsTooLong() async {
        let path = "/" + String(repeating: "a", count: 200)
        await #expect(
            throws: AgentError.connection(
                socket: path, problem: "the path is too long for a unix socket")
        ) { try await AgentClient(socket: path).status() }
    }

    @Test(arguments: [
        "", "garbage\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{",
        "HTTP/1.1 500 No\r\ncontent-length: 3\r\n\r\nnot",
    ])
    func somethingElseListens(reply: String) async throws {
        try await withSocket { path in
            try await answering(path, with: reply) {
                await #expect {
                    try await AgentClient(socket: path).status()
                } throws: { error in
                    switch error as? AgentError {
                    case .unexpected, .connection: true
                    default: false
                    }
                }
            }
        }
    }

    @Test func anErrorReplyIsTyped() async throws {
        let body = #"{"code":"halted","error":"halted"}"#
        let reply = "HTTP/1.1 403 F\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        try await withSocket { path in
            try await answering(path, with: reply) {
                await #expect(
                    throws: AgentError.refused(APIError(.halted, "halted"), status: 403)
                ) { try await AgentClient(socket: path).liftAll() }
            }
        }
    }

    @Test func silenceEnds() async throws {
        try await withSocket { path in
            try await answering(path, with: nil) {
                await #expect(throws: AgentError.timeout(socket: path)) {
                    try await AgentClient(socket: path, timeout: .milliseconds(50)).status()
                }
            }
        }
    }

    @Test func aRequestIsEncoded() {
        let request = ArmRequest(
            body: "x", name: "my fault & ü", for: .seconds(90), lease: .milliseconds(2500),
            dryRun: true)
        let call = Call(.POST, "/v1/faults", query: request.query)
        #expect(
            call.path
                == "/v1/faults?name=my%20fault%20%26%20%C3%BC&for=90000ms&lease=2500ms&dry-run=true"
        )
        #expect(Call(.GET, "/v1/faults", "a/../b").path == "/v1/faults/a%2F..%2Fb")
    }

    private func withSocket(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "brownout-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "s").path)
    }

    /// Listens, and answers whatever comes with `reply` (nil: nothing), then closes.
    private func answering(
        _ path: String, with reply: String?, _ body: () async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(reply: reply))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        try await body()
        try await server.close()
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    let reply: String?

    init(reply: String?) {
        self.reply = reply
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let reply else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
        context.close(promise: nil)
    }
}
