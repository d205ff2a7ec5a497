import Glibc
import Netfilter

/// A TCP connection between two sockets of this program: `server` has the port named, `client` is
/// far from it.
final class Connection: Sendable {
    let server: TestSocket
    let client: TestSocket

    /// `serverNamespace`, `clientNamespace`: paths of network namespaces other than this one.
    init(
        _ address: Endpoint, serverNamespace: String? = nil, clientNamespace: String? = nil
    ) throws {
        try Sandbox.enter()
        let listener = try Self.make(in: serverNamespace) {
            let listener = try TestSocket(SOCK_STREAM, bound: address)
            guard listen(listener.number, 1) == 0 else { throw Failure.last("listen") }
            return listener
        }
        client = try Self.make(in: clientNamespace) {
            let any = Endpoint(address: address.isIPv6 ? "::" : "0.0.0.0", port: 0)
            let client = try TestSocket(SOCK_STREAM, bound: any)
            // Seconds: a test that hangs fails.
            client.set(levelTCP, TCP_USER_TIMEOUT, 10_000)
            try client.connect(to: address)
            return client
        }
        let accepted = accept(listener.number, nil, nil)
        guard accepted >= 0 else { throw Failure.last("accept") }
        server = TestSocket(adopting: accepted)
        server.set(levelTCP, TCP_NODELAY, 1)
    }

    private static func make(
        in namespace: String?, _ body: @escaping @Sendable () throws -> TestSocket
    ) throws -> TestSocket {
        guard let namespace else { return try body() }
        return try NetworkNamespace.run(inside: namespace) { Result { try body() } }.get()
    }

    func sendAll(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    server.number, $0.baseAddress! + offset, $0.count - offset, 0x4000)
            }
            guard sent > 0 else { throw Failure.last("send") }
            offset += sent
        }
    }

    /// Exactly `count` bytes, or what came before 5 s without any.
    func receiveAll(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = client.receive(within: 5_000), !more.isEmpty {
            bytes += more
        }
        return bytes
    }
}

/// IPPROTO_TCP, which is an enumeration to Swift.
private let levelTCP = Int32(6)
