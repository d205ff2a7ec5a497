import NIOCore
import NIOPosix
import Synchronization
import Testing

/// The way a question takes.
struct Road: Sendable, CustomTestStringConvertible {
    var address: String
    var isTCP: Bool
    var port = 53

    static let all = [
        Road(address: "127.0.0.1", isTCP: false), Road(address: "::1", isTCP: false),
        Road(address: "127.0.0.1", isTCP: true), Road(address: "::1", isTCP: true),
    ]
    static let udp = all[0]
    static let tcp = all[2]

    var testDescription: String { "\(isTCP ? "tcp" : "udp") \(address)" }
    var isV6: Bool { address.contains(":") }
}

/// Sends bytes to a DNS server and hands back the bytes that came, untouched.
enum RawDNS {
    /// Something that came back, and how long after the question of the same ID was sent.
    struct Reply: Sendable {
        var bytes: [UInt8]
        var after: Duration
    }

    /// The answer's bytes, or nil if none came in time.
    static func ask(
        _ query: Query, _ road: Road = .udp, within limit: Duration = .seconds(3)
    ) async throws -> [UInt8]? {
        try await ask(query.bytes, road, within: limit)
    }

    static func ask(
        _ query: [UInt8], _ road: Road = .udp, within limit: Duration = .seconds(3)
    ) async throws -> [UInt8]? {
        if road.isTCP {
            return try await stream([framed(query)], to: road, messages: 1, within: limit)
                .messages.first
        }
        return try await datagrams([query], to: road, within: limit).first?.bytes
    }

    /// The answer, read; nil if none came in time.
    static func answer(
        _ query: Query, _ road: Road = .udp, within limit: Duration = .seconds(3)
    ) async throws -> Message? {
        try await ask(query, road, within: limit).map { try Message($0) }
    }

    /// Asks many questions from one socket; each needs an ID of its own.
    ///
    /// - Parameters:
    ///   - window: So many questions may be open at once.
    ///   - from: A local address; the kernel's choice if nil.
    /// - Returns: What came from the server, in the order of arrival.
    static func datagrams(
        _ queries: [[UInt8]], to road: Road, from: String? = nil, window: Int = 32,
        expecting: Int? = nil, within limit: Duration = .seconds(3)
    ) async throws -> [Reply] {
        let server = try SocketAddress(ipAddress: road.address, port: road.port)
        let expecting = expecting ?? queries.count
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_535)
            )
            .bind(host: from ?? (road.isV6 ? "::" : "0.0.0.0"), port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<
                        AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>
                    >(wrappingChannelSynchronously: channel)
                }
            }
        let replies = Held<[Reply]>([])
        let clock = ContinuousClock()
        try await channel.executeThenClose { inbound, outbound in
            _ = try await within(limit) {
                var sent: [UInt16: ContinuousClock.Instant] = [:]
                var next = 0
                func sendNext() async throws {
                    guard next < queries.count else { return }
                    let query = queries[next]
                    next += 1
                    if query.count >= 2 {
                        sent[UInt16(query[0]) << 8 | UInt16(query[1])] = clock.now
                    }
                    try await outbound.write(
                        AddressedEnvelope(
                            remoteAddress: server, data: ByteBuffer(bytes: query)))
                }
                for _ in 0..<window { try await sendNext() }
                if expecting == 0 { return }
                for try await envelope in inbound where envelope.remoteAddress == server {
                    let bytes = Array(envelope.data.readableBytesView)
                    let id = bytes.count >= 2 ? UInt16(bytes[0]) << 8 | UInt16(bytes[1]) : 0
                    let after = sent[id].map { clock.now - $0 } ?? .zero
                    let reply = Reply(bytes: bytes, after: after)
                    let count = replies.change {
                        $0.append(reply)
                        return $0.count
                    }
                    if count == expecting { return }
                    try await sendNext()
                }
            }
        }
        return replies.change { $0 }
    }

    /// What came over a connection.
    struct Stream: Sendable {
        var bytes: [UInt8] = []
        /// The server closed it.
        var closed = false

        /// The whole messages, without their lengths.
        var messages: [[UInt8]] {
            var rest = bytes[...]
            var messages: [[UInt8]] = []
            while rest.count >= 2 {
                let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
                guard rest.count >= 2 + length else { break }
                messages.append(Array(rest.dropFirst(2).prefix(length)))
                rest = rest.dropFirst(2 + length)
            }
            return messages
        }
    }

    /// Sends pieces over one TCP connection, each with a write of its own.
    ///
    /// - Parameters:
    ///   - messages: Reads until so many are whole; nil: until the server closes.
    ///   - apart: The pause between two pieces.
    static func stream(
        _ pieces: [[UInt8]], to road: Road, messages: Int?, apart: Duration = .zero,
        within limit: Duration = .seconds(3)
    ) async throws -> Stream {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(3))
        let channel = try await bootstrap.connect(host: road.address, port: road.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let state = Held(Stream())
        try await channel.executeThenClose { inbound, outbound in
            _ = try await within(limit) {
                for (index, piece) in pieces.enumerated() {
                    if index > 0, apart > .zero { try await Task.sleep(for: apart) }
                    try await outbound.write(ByteBuffer(bytes: piece))
                }
                for try await buffer in inbound {
                    let count = state.change {
                        $0.bytes += Array(buffer.readableBytesView)
                        return $0.messages.count
                    }
                    if let messages, count >= messages { return }
                }
                state.change { $0.closed = true }
            }
        }
        return state.change { $0 }
    }

    /// A message behind its length (RFC 1035 section 4.2.2).
    static func framed(_ message: [UInt8]) -> [UInt8] {
        UInt16(message.count).octets + message
    }
}

/// Something that several tasks change; what one did stays when it is cut short.
final class Held<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func change<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result {
        value.withLock { body(&$0) }
    }
}
