import NIOCore
import NIOHTTP1

/// The lines of `GET /v1/events` as they come: everything that the agent journals from the moment
/// of the call on. It ends when the agent leaves, or when the reader is too far behind.
public struct AgentEvents: AsyncSequence {
    public typealias Element = AgentEvent
    public typealias Failure = any Error

    let iterator: AsyncIterator

    /// One reader only: what one iterator took, another does not see.
    public func makeAsyncIterator() -> AsyncIterator {
        iterator
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        typealias Parts = NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

        private var parts: Parts
        private var buffer = ByteBuffer()

        init(parts: Parts) {
            self.parts = parts
        }

        /// The next event; nil once the agent has ended the stream.
        ///
        /// Throws `AgentError.unexpected` for a line that is no event, and what the connection threw.
        public mutating func next() async throws -> AgentEvent? {
            while true {
                if let line = buffer.readLine() {
                    guard let event = try? ControlJSON.decode(AgentEvent.self, from: line) else {
                        throw AgentError.unexpected("a line that is no event")
                    }
                    return event
                }
                switch try await parts.next() {
                case .body(let bytes): buffer.writeImmutableBuffer(bytes)
                case .head: throw AgentError.unexpected("a second head in one reply")
                case .end, nil: return nil
                }
                guard buffer.readableBytes <= AgentClient.replyLimit else {
                    throw AgentError.unexpected("an endless line")
                }
            }
        }
    }
}

extension AgentClient {
    /// Calls `body` with the agent's events; the connection closes when it returns or throws.
    ///
    /// Throws `AgentError` until the stream has begun, afterwards what `body` throws. Everything
    /// that happens after `body` has been called is in the stream.
    public func events<Result: Sendable>(
        _ body: @Sendable (AgentEvents) async throws -> Result
    ) async throws -> Result {
        let channel: HTTPChannel
        do {
            channel = try await connect()
        } catch {
            throw agentError(error)
        }
        return try await channel.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            do {
                try await outbound.send(
                    Call(.GET, "/v1/events"), allocator: channel.channel.allocator)
                guard case .head(let head)? = try await parts.next() else {
                    throw AgentError.unexpected("it closed the connection without a reply")
                }
                guard head.status == .ok else {
                    let body = try await parts.wholeBody()
                    throw Reply(status: Int(head.status.code), body: body).failure
                }
            } catch {
                throw agentError(error)
            }
            return try await body(AgentEvents(iterator: .init(parts: parts)))
        }
    }
}

extension ByteBuffer {
    /// The bytes up to the next newline, which is taken too; nil where there is none yet.
    fileprivate mutating func readLine() -> ByteBufferView? {
        while let end = readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = readSlice(length: end - readerIndex)
            moveReaderIndex(forwardBy: 1)
            discardReadBytes()
            if let line, line.readableBytes > 0 { return line.readableBytesView }
        }
        return nil
    }
}
