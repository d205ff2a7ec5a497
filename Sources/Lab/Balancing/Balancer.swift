import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Wire

/// The network load balancer of `orders`: a node in each of three zones, health checks over fresh
/// connections, of the nodes by name and from each node of its targets, and a failover that takes
/// zones out: of service, and of the answers for its name.
final class Balancer: Sendable {
    struct Status: Codable, Sendable {
        var zonesInService: Int
        var zonesHealthy: Int
        var inService: [Bool]
        var removals: Int
        var refusals: Int
        var targets: NewTargets.Status
    }

    private struct State: Sendable {
        var health: [ZoneHealth]
        var failover: ZoneFailover
        var targets: NewTargets
    }

    private let orders: OrdersHTTP
    private let fleet: Fleet
    private let http: HTTPClient
    private let server: NameServer
    private let isCareful: Bool
    private let state: Mutex<State>

    static let name = "orders-nlb-0123456789abcdef.elb.us-east-1.amazonaws.com"
    private static let interval = Duration.seconds(1)
    /// How long a node waits for a target; the client may have gone by then.
    private static let patience = TimeAmount.seconds(2)

    init(
        orders: OrdersHTTP, fleet: Fleet, http: HTTPClient, server: NameServer, habits: Habits
    ) {
        self.orders = orders
        self.fleet = fleet
        self.http = http
        // Its own nodes are all of them, not only those that it tells of.
        self.server = NameServer(endpoint: server.endpoint, options: [LabZones.wholeView])
        isCareful = habits.keep(.zoneFailover)
        let health =
            isCareful
            ? ZoneHealth(unhealthyAfter: 3, healthyAfter: 2)
            : ZoneHealth(unhealthyAfter: 1, healthyAfter: 1)
        state = Mutex(
            State(
                health: Array(repeating: health, count: Fleet.zones),
                failover: ZoneFailover(
                    zones: Fleet.zones, limits: isCareful ? .careful : .careless),
                targets: NewTargets(waitsForHealth: habits.keep(.targetHealth))))
    }

    /// A request at the node of a zone.
    func respond(_ request: Request, zone: Int) async throws -> Response {
        let inService = state.withLock { $0.failover.inService }
        if isCareful {
            // Whoever still comes to a node that was taken out is carried by the other zones.
            guard fleet.admits(zones: inService) else { return OrdersHTTP.overloaded }
        } else {
            guard inService.contains(zone) else { throw Unanswered() }
            guard fleet.admits(zones: [zone]) else { return OrdersHTTP.overloaded }
        }
        var response: Response
        if let target = state.withLock({ $0.targets.next(in: zone) }) {
            response = try await forward(request, to: target)
        } else {
            response = try await orders.carry(request)
        }
        response.headers[.servedBy] = "\(zone)"
        return response
    }

    /// Registers a new instance in each zone; those that are there already stay as they are.
    func register() { state.withLock { $0.targets.register() } }

    private func forward(_ request: Request, to target: Endpoint) async throws -> Response {
        var asked = HTTPClientRequest(url: "http://\(target)\(request.uri)")
        asked.method = .RAW(value: request.method.rawValue)
        if request.method != .get, request.method != .head {
            asked.body = .bytes(try await request.body.collect(upTo: 16 * 1024))
        }
        do {
            let reply = try await http.execute(asked, timeout: Self.patience)
            var headers = HTTPFields()
            for (name, value) in reply.headers {
                guard let name = HTTPField.Name(name), !Self.ownHeaders.contains(name)
                else { continue }
                headers.append(HTTPField(name: name, value: value))
            }
            return Response(
                status: .init(code: Int(reply.status.code)), headers: headers,
                body: .init(byteBuffer: try await reply.body.collect(upTo: 64 * 1024)))
        } catch {
            // Nothing came from the target, so nothing goes to the client.
            throw Unanswered()
        }
    }

    /// Each end of a connection says them for itself.
    private static let ownHeaders: Set<HTTPField.Name> = [
        .connection, .contentLength, .transferEncoding, .date, .server,
    ]

    var status: Status {
        state.withLock { state in
            Status(
                zonesInService: state.failover.inService.count,
                zonesHealthy: state.health.count { $0.isHealthy },
                inService: (0..<Fleet.zones).map { state.failover.inService.contains($0) },
                removals: state.failover.removals, refusals: state.failover.refusals,
                targets: state.targets.status)
        }
    }

    /// Checks all zones and new targets, again and again, and has its name tell the zones in service.
    func check(telling zones: LabZones) async throws(ZoneError) {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            async let passes = passes()
            await checkTargets()
            guard let passes = await passes else { continue }
            let inService = state.withLock { state in
                for zone in passes.indices { state.health[zone].checked(passed: passes[zone]) }
                let healthy = state.health.indices.filter { state.health[$0].isHealthy }
                state.failover.update(
                    healthy: Set(healthy), zones: Fleet.zones, .now)
                return state.failover.inService
            }
            try zones.serve(inService)
        }
    }

    private func checkTargets() async {
        await withTaskGroup(of: (Endpoint, Bool).self) { group in
            for target in state.withLock({ $0.targets.registered }) {
                group.addTask { (target, await Self.connects(target)) }
            }
            for await (target, passed) in group {
                state.withLock { $0.targets.checked(target, passed: passed) }
            }
        }
    }

    /// For each zone whether its address is in the answer for the name and takes a connection, and
    /// whether its targets' health-check port takes one; nil for no verdict, where DNS itself fails.
    private func passes() async -> [Bool]? {
        let addresses: [IPAddress]
        switch await server.ask(Self.name) {
        case .addresses(let list, _): addresses = list
        case .nothing: addresses = []
        case .failure, .silence:
            if isCareful { return nil }
            addresses = []
        }
        return await withTaskGroup(of: Int?.self) { group in
            for address in addresses {
                group.addTask {
                    guard let place = CloudAddress(address),
                        await Self.connects(Endpoint(address, port: 80)),
                        // As an NLB's TCP checks: a handshake is enough.
                        await Self.connects(LabEnvironment.health)
                    else { return nil }
                    return place.zone
                }
            }
            var passed = [Bool](repeating: false, count: Fleet.zones)
            for await zone in group {
                if let zone { passed[zone] = true }
            }
            return passed
        }
    }

    private static func connects(_ endpoint: Endpoint) async -> Bool {
        guard
            let remote = try? SocketAddress(
                ipAddress: endpoint.address.description, port: Int(endpoint.port))
        else { return false }
        let channel = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.milliseconds(500)).connect(to: remote).get()
        try? await channel?.close()
        return channel != nil
    }
}
