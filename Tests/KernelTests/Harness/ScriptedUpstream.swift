import NIOCore
import NIOPosix

/// A DNS server that answers as a test says: what no real server would send.
enum ScriptedUpstream {
    /// A question as it came.
    struct Asked: Sendable {
        var bytes: [UInt8]
        var isTCP: Bool

        /// Question section, as it came.
        var question: [UInt8] {
            var at = 12
            while at < bytes.count, bytes[at] != 0 { at += Int(bytes[at]) + 1 }
            return Array(bytes[12..<min(at + 5, bytes.count)])
        }

        var type: UInt16 { question.suffix(4).prefix(2).reduce(0) { $0 << 8 | UInt16($1) } }

        /// An answer's first part: ID, flags, counts, and the question.
        func header(
            flags: UInt16 = 0x8580, answers: UInt16 = 0, authority: UInt16 = 0,
            additional: UInt16 = 0
        ) -> [UInt8] {
            Array(bytes.prefix(2)) + flags.octets + [0, 1] + answers.octets + authority.octets
                + additional.octets + question
        }
    }

    /// What is sent back.
    enum Reply: Sendable {
        /// A DNS message; over TCP behind its length.
        case message([UInt8])
        /// Bytes as they are, in writes of at most so many.
        case raw([UInt8], pieces: Int = .max)
        /// Over TCP: the end of the connection.
        case close
    }

    typealias Script = @Sendable (Asked) -> [Reply]

    /// Serves UDP and TCP on these addresses while `body` runs.
    static func serving<Value>(
        on addresses: [String] = ["127.0.0.1"], port: Int = 53, _ script: @escaping Script,
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        let group = MultiThreadedEventLoopGroup.singleton
        var channels: [any Channel] = []
        func close() async {
            for channel in channels { try? await channel.close() }
        }
        do {
            for address in addresses {
                channels.append(
                    try await DatagramBootstrap(group: group)
                        .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
                        .channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(
                                    Datagrams(script: script))
                            }
                        }.bind(host: address, port: port).get())
                channels.append(
                    try await ServerBootstrap(group: group)
                        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                        .childChannelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(
                                    Connection(script: script))
                            }
                        }.bind(host: address, port: port).get())
            }
            let value = try await body()
            await close()
            return value
        } catch {
            await close()
            throw error
        }
    }

    private final class Datagrams: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        let script: Script

        init(script: @escaping Script) { self.script = script }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            let asked = Asked(bytes: Array(envelope.data.readableBytesView), isTCP: false)
            for reply in script(asked) {
                switch reply {
                case .message(let bytes), .raw(let bytes, _):
                    let answer = AddressedEnvelope(
                        remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: bytes))
                    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
                case .close: break
                }
            }
        }
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let script: Script
        private var pending: [UInt8] = []

        init(script: @escaping Script) { self.script = script }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            pending += Array(unwrapInboundIn(data).readableBytesView)
            while pending.count >= 2 {
                let length = Int(pending[0]) << 8 | Int(pending[1])
                guard pending.count >= 2 + length else { return }
                let asked = Asked(bytes: Array(pending[2..<2 + length]), isTCP: true)
                pending.removeFirst(2 + length)
                for reply in script(asked) { send(reply, context) }
            }
        }

        private func send(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .message(let bytes):
                write(RawDNS.framed(bytes), context)
            case .raw(let bytes, let pieces):
                var rest = bytes[...]
                while !rest.isEmpty {
                    write(Array(rest.prefix(pieces)), context)
                    rest = rest.dropFirst(pieces)
                }
            case .close:
                context.close(promise: nil)
            }
        }

        private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        }
    }
}
