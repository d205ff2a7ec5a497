import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

typealias HTTPChannel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

extension AgentClient {
    /// The most that a reply may hold; the agent's own are far below it.
    static let replyLimit = 16 * 1024 * 1024

    /// Sends a request and reads the whole reply.
    func reply(to call: Call) async throws(AgentError) -> Reply {
        do {
            return try await withThrowingTaskGroup(of: Reply?.self) { group in
                group.addTask { try await exchange(call) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                guard let reply = try await group.next() ?? nil else {
                    throw AgentError.timeout(socket: socket)
                }
                return reply
            }
        } catch {
            throw agentError(error)
        }
    }

    private func exchange(_ call: Call) async throws -> Reply {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            do {
                try await outbound.send(call, allocator: channel.channel.allocator)
            } catch {
                // Refused before it was read to its end: the reply says why, if it is there.
                guard let reply = try? await parts.wholeReply() else { throw error }
                return reply
            }
            return try await parts.wholeReply()
        }
    }

    func connect() async throws -> HTTPChannel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try HTTPChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Words whatever came out of NIO as ours.
    func agentError(_ error: any Error) -> AgentError {
        switch error {
        case let error as AgentError:
            return error
        case is CancellationError:
            return .connection(socket: socket, problem: "the call was cancelled")
        case let error as IOError where [ENOENT, ECONNREFUSED].contains(error.errnoCode):
            return .noAgent(socket: socket, errno: error.errnoCode)
        case let error as IOError where [EACCES, EPERM].contains(error.errnoCode):
            return .permission(socket: socket)
        case let error as IOError:
            return .connection(socket: socket, problem: error.description)
        case is SocketAddressError:
            return .connection(socket: socket, problem: "the path is too long for a unix socket")
        case let error as HTTPParserError:
            return .unexpected("it does not speak HTTP (\(error))")
        default:
            return .connection(socket: socket, problem: "\(error)")
        }
    }
}

extension NIOAsyncChannelOutboundWriter<HTTPClientRequestPart> {
    func send(_ call: Call, allocator: ByteBufferAllocator) async throws {
        try await write(.head(call.head))
        if !call.body.isEmpty {
            try await write(.body(.byteBuffer(allocator.buffer(string: call.body))))
        }
        try await write(.end(nil))
    }
}

extension NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator {
    /// Reads from the head on to the end.
    mutating func wholeReply() async throws -> Reply {
        guard case .head(let head)? = try await next() else {
            throw AgentError.unexpected("it closed the connection without a reply")
        }
        return Reply(status: Int(head.status.code), body: try await wholeBody())
    }

    mutating func wholeBody() async throws -> Data {
        var body = Data()
        while let part = try await next() {
            switch part {
            case .head: throw AgentError.unexpected("a second head in one reply")
            case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
            case .end: return body
            }
            guard body.count <= AgentClient.replyLimit else {
                throw AgentError.unexpected("a reply of more than \(AgentClient.replyLimit) bytes")
            }
        }
        throw AgentError.unexpected("the reply was cut")
    }
}
