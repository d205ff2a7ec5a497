import AsyncHTTPClient
import FoundationEssentials
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Wire

/// Calls the cloud's endpoints by name: resolves, takes one of the addresses, and asks it.
struct CloudClient: Sendable {
    struct Failure: Error, Equatable, Sendable {
        enum Kind: String, Sendable {
            case resolution, connection, timeout, refusal, token
        }
        var kind: Kind
        var about: String
    }

    let http: HTTPClient
    let resolver: Resolver
    /// For one attempt, resolution included.
    var patience: Duration
    /// Whether a connection serves more than one request.
    private let pools: Bool
    private let turn = Turn()

    init(http: HTTPClient, resolver: Resolver, patience: Duration, habits: Habits) {
        self.http = http
        self.resolver = resolver
        self.patience = patience
        pools = habits.keep(.connectionPool)
    }

    /// Idle connections live two seconds: what drains is opened anew by name.
    static func connections() -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            timeout: .init(connect: .seconds(1)),
            connectionPool: .init(idleTimeout: .seconds(2)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        return HTTPClient(
            eventLoopGroupProvider: .shared(.singletonMultiThreadedEventLoopGroup),
            configuration: configuration)
    }

    /// One attempt. Returns the body of a reply of 2xx; anything else is a failure.
    func post(
        _ host: String, query: String = "", headers: [(String, String)] = [],
        body: [UInt8] = []
    ) async throws(Failure) -> [UInt8] {
        let started = ContinuousClock.now
        let addresses = try await resolve(host)
        let address = addresses[turn.next() % addresses.count]
        let left = patience - (ContinuousClock.now - started)
        guard left > .zero else { throw Failure(kind: .timeout, about: "\(host): resolution") }
        do {
            let place = address.isV4 ? "\(address)" : "[\(address)]"
            var request = HTTPClientRequest(url: "http://\(place)/\(query)")
            request.method = .POST
            request.headers.replaceOrAdd(name: "Host", value: host)
            if !pools { request.headers.add(name: "Connection", value: "close") }
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(bytes: body))
            let response = try await http.execute(request, timeout: TimeAmount(left))
            let reply = Array(buffer: try await response.body.collect(upTo: 64 * 1024))
            if (200..<300).contains(response.status.code) { return reply }
            let problem = try? JSONDecoder().decode(CloudAPI.Problem.self, from: Data(reply))
            throw Failure(
                kind: problem?.type == "ExpiredTokenException" ? .token : .refusal,
                about: "\(host): \(problem?.type ?? "\(response.status.code)")")
        } catch let failure as Failure {
            throw failure
        } catch {
            await resolver.failed(address, of: host)
            throw Failure(
                kind: Self.isLate(error) ? .timeout : .connection,
                about: "\(host): \(address): \(error)")
        }
    }

    /// Whether it took too long.
    static func isLate(_ error: any Error) -> Bool {
        (error as? HTTPClientError).map { late.contains($0) } ?? false
    }

    private static let late: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .readTimeout, .cancelled,
    ]

    private func resolve(_ host: String) async throws(Failure) -> [IPAddress] {
        do {
            return try await resolver.addresses(of: host)
        } catch {
            throw Failure(kind: .resolution, about: "\(host): \(error)")
        }
    }
}

/// Takes turns among addresses.
private final class Turn: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue & 0xFFFF }
}
