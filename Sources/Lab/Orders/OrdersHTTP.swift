import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The HTTP face of `orders`.
struct OrdersHTTP: Sendable {
    let service: OrdersService
    let fleet: Fleet
    /// Of the role that writes.
    let session: Credentials
    /// Of the instance's role, which reads.
    let instance: Credentials
    let resolver: Resolver
    let herd: Herd
    let workers = Workers(8)

    struct Order: Codable, Sendable {
        var id: String
        var text: String?
        var error: String?
        var region: String?
        var ageSeconds: Double?
    }

    /// A request that came to the host itself: any zone may carry it.
    func respond(_ request: Request) async throws -> Response {
        switch (request.method, request.uri.path) {
        case (.get, "/healthz"): return .text("ok\n")
        case (.get, "/status"): return .json(await status())
        default:
            guard fleet.admits(zones: 0..<Fleet.zones) else { return Self.overloaded }
            return try await carry(request)
        }
    }

    /// A health check, on a port of its own: whether the process answers, and nothing that it depends on.
    func respondToCheck(_ request: Request) -> Response {
        request.uri.path == "/healthz"
            ? .text("ok\n") : .text("no such thing\n", status: .notFound)
    }

    static var overloaded: Response {
        .json(
            Order(id: "", error: "over capacity"), status: .serviceUnavailable,
            headers: [.retryAfter: "1"])
    }

    /// A request that has been admitted.
    func carry(_ request: Request) async throws -> Response {
        let path = request.uri.path.split(separator: "/")
        switch (request.method, path.first, path.count) {
        case (.get, "orders", 2):
            let id = String(path[1])
            let outcome = await workers.run { await service.read(id) }
            return respond(to: outcome, id)
        case (.post, "orders", 1):
            let body = try await request.body.collect(upTo: 16 * 1024)
            let outcome = await workers.run { await service.write(String(buffer: body)) }
            return respond(to: outcome)
        default: return .text("no such thing\n", status: .notFound)
        }
    }

    private var mode: String { service.isReadOnly ? "read-only" : "normal" }

    private func respond(to outcome: OrdersService.ReadOutcome, _ id: String) -> Response {
        switch outcome {
        case .found(let entry, let freshness):
            let age = (ContinuousClock.now - entry.fetched).roundedSeconds
            return .json(
                Order(id: id, text: entry.text, region: entry.region, ageSeconds: age),
                headers: [
                    .mode: mode, .cache: freshness.rawValue, .region: entry.region,
                    .age: "\(Int(age))",
                ])
        case .unknown:
            return .json(
                Order(id: id, error: "no such order"), status: .notFound, headers: [.mode: mode])
        case .failed(let problem):
            return .json(
                Order(id: id, error: problem), status: .internalServerError,
                headers: [.mode: mode])
        }
    }

    private func respond(to outcome: OrdersService.WriteOutcome) -> Response {
        switch outcome {
        case .written(let id):
            return .json(Order(id: id), status: .created, headers: [.mode: mode])
        case .readOnly:
            return .json(
                Order(id: "", error: "read-only for the moment"), status: .serviceUnavailable,
                headers: [.mode: mode == "normal" ? "degraded" : mode, .retryAfter: "2"])
        case .failed(let problem):
            return .json(
                Order(id: "", error: problem), status: .internalServerError,
                headers: [.mode: mode])
        }
    }
}

// MARK: - Status

extension OrdersHTTP {
    struct Status: Codable, Sendable {
        struct Circuit: Codable, Sendable {
            var writes: Breaker.State
            var readsHome: Breaker.State
            var readsElsewhere: Breaker.State
            var opened: Int
        }

        struct Calls: Codable, Sendable {
            /// Attempts at DynamoDB of us-east-1 in the last second.
            var perSecond: Int
            /// The most in a second of the last ten.
            var recentPeak: Int
        }

        struct Names: Codable, Sendable {
            var asked: Int
            var failed: Int
        }

        var mode: String
        var careless: [String]
        var readRegion: String
        var breaker: Circuit
        var calls: Calls
        var counts: OrdersService.Counts
        /// Of STS: what it writes with.
        var token: Credentials.Status
        /// Of the instance metadata service: what it reads with.
        var credentials: Credentials.Status
        var capacity: Fleet.Status
        var clients: Herd.Status
        var resolver: Names
    }

    func status() async -> Status {
        let now = ContinuousClock.now
        let state = service.state.withLock { $0 }
        let elsewhere = CloudRegion.all[1].name
        return Status(
            mode: mode, careless: service.habits.careless.map(\.rawValue).sorted(),
            readRegion: state.readRegion,
            breaker: .init(
                writes: state.writes.state,
                readsHome: state.reads[OrdersService.home]?.state ?? .closed,
                readsElsewhere: state.reads[elsewhere]?.state ?? .closed,
                opened: state.writes.opened),
            calls: .init(
                perSecond: state.calls.rate(now), recentPeak: state.calls.recentPeak(now)),
            counts: state.counts, token: await session.status,
            credentials: await instance.status, capacity: fleet.status, clients: herd.status,
            resolver: .init(asked: await resolver.asked, failed: await resolver.failed))
    }
}
