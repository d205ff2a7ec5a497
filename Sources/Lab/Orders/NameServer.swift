import FoundationEssentials
import NIOCore
import NIOPosix
import Wire

/// Asks the host's name server, as a stub resolver does; unlike `getaddrinfo` it tells the TTL.
struct NameServer: Sendable {
    enum Reply: Equatable, Sendable {
        case addresses([IPAddress], ttl: Duration)
        /// NOERROR without addresses, or NXDOMAIN.
        case nothing(DNS.ResponseCode)
        /// Any other code.
        case failure(DNS.ResponseCode)
        case silence
    }

    var endpoint: Endpoint
    /// What each query says besides.
    var options: [DNS.EDNS.Option] = []
    /// How long one attempt waits.
    var patience = Duration.seconds(1)

    /// The first `nameserver` of a resolv.conf, else 127.0.0.1.
    static func configured(_ file: String = "/etc/resolv.conf") -> Endpoint {
        endpoint(of: (try? String(contentsOf: URL(filePath: file), encoding: .utf8)) ?? "")
    }

    static func endpoint(of text: String) -> Endpoint {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, words[0] == "nameserver",
                let address = IPAddress(String(words[1]))
            {
                return Endpoint(address, port: 53)
            }
        }
        return LabDNSServer.defaultEndpoint
    }

    /// The IPv4 addresses of a name: one attempt, over TCP too if the answer is cut off.
    func ask(_ name: String) async -> Reply {
        guard let name = DNS.Name(name) else { return .failure(.formErr) }
        let id = UInt16.random(in: 0...UInt16.max)
        guard
            let query = DNS.Builder.query(name, .a, id: id, edns: DNS.EDNS(options: options))
                .encoded()
        else {
            return .failure(.formErr)
        }
        let reply = await bounded { try await exchange(query, id: id) }
        guard let reply, reply.count > 2 else { return .silence }
        // TC is bit 1 of the third octet.
        guard reply[2] & 0x02 != 0 else { return Self.read(reply) }
        guard let whole = await bounded({ try await exchangeTCP(query) }) else { return .silence }
        return Self.read(whole)
    }

    private func bounded(
        _ body: @escaping @Sendable () async throws -> [UInt8]?
    ) async -> [UInt8]? {
        await withTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { (try? await body()) ?? nil }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    static func read(_ bytes: [UInt8]) -> Reply {
        guard let message = try? DNS.Message(parsing: bytes.span) else { return .failure(.formErr) }
        var addresses: [IPAddress] = []
        var ttl = UInt32.max
        var records = message.records
        while let record = records.next(in: bytes.span) {
            guard record.section == .answer else { continue }
            // An answer is worth what the shortest-lived of its records is.
            ttl = min(ttl, record.ttl)
            if record.type == .a, let address = record.address(in: bytes.span) {
                addresses.append(address)
            }
        }
        switch message.responseCode {
        case .noError where !addresses.isEmpty:
            return .addresses(addresses, ttl: .seconds(Int64(ttl)))
        case .noError, .nxDomain: return .nothing(message.responseCode)
        default: return .failure(message.responseCode)
        }
    }

    private var remote: SocketAddress {
        get throws {
            try SocketAddress(
                ipAddress: endpoint.address.description, port: Int(endpoint.port))
        }
    }

    private func exchange(_ query: [UInt8], id: UInt16) async throws -> [UInt8]? {
        let remote = try remote
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
                let bytes = Array(buffer: packet.data)
                // Others' datagrams are not ours to judge.
                if bytes.count >= 12, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == id {
                    return bytes
                }
            }
            return nil
        }
    }

    private func exchangeTCP(_ query: [UInt8]) async throws -> [UInt8]? {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: remote) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var framed = ByteBuffer()
            framed.writeInteger(UInt16(truncatingIfNeeded: query.count))
            framed.writeBytes(query)
            try await outbound.write(framed)
            var received = ByteBuffer()
            for try await part in inbound {
                received.writeImmutableBuffer(part)
                if let whole = received.readLengthPrefixedSlice(as: UInt16.self) {
                    return Array(buffer: whole)
                }
            }
            return nil
        }
    }
}
