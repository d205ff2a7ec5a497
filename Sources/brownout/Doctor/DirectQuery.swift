import NIOCore
import NIOPosix
import SystemPackage
import Wire

/// One DNS question over UDP, asked without the C library.
struct DirectQuery: Sendable {
    var server: IPAddress
    var name: DNS.Name
    var port = 53
    var patience = Duration.seconds(2)

    enum Outcome: Equatable, Sendable {
        case answer(DNS.ResponseCode)
        case noAnswer
        case failed(String)
    }

    func ask(id: UInt16 = .random(in: 0...UInt16.max)) async -> Outcome {
        guard let query = DNS.Builder.query(name, .a, id: id).encoded() else {
            return .failed("the name does not fit a message")
        }
        do {
            return try await withThrowingTaskGroup(of: Outcome.self) { group in
                group.addTask { try await exchange(query, id: id) }
                group.addTask {
                    try await Task.sleep(for: patience)
                    return .noAnswer
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .noAnswer
            }
        } catch let error as IOError {
            return .failed(Errno(rawValue: error.errnoCode).description)
        } catch {
            return .failed(ErrorText.oneLine("\(error)"))
        }
    }

    private func exchange(_ query: [UInt8], id: UInt16) async throws -> Outcome {
        let remote = try SocketAddress(ipAddress: server.description, port: port)
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: remote) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<
                        AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>
                    >(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: query)))
            for try await packet in inbound {
                let bytes = Array(packet.data.readableBytesView)
                // Others' datagrams, and answers to other questions, are not ours to judge.
                guard let message = try? DNS.Message(parsing: bytes.span), message.header.id == id,
                    message.header.isResponse
                else { continue }
                return .answer(message.responseCode)
            }
            return .noAnswer
        }
    }
}
