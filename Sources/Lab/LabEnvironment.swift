import AsyncHTTPClient
import NIOCore
import NIOPosix
public import Wire

/// The whole lab: DNS, the cloud of two regions, a load balancer, `orders`, and its customers.
///
/// It listens on the addresses of its own zones, so it runs in a network namespace where
/// 10.0.0.0/8 and 2001:db8::/32 are local.
public struct LabEnvironment: Sendable {
    public var habits: Habits
    /// How long STS lets a token live.
    public var tokenLife: Duration
    /// Connections that the herd holds.
    public var clients: Int
    /// Requests a second of the customers.
    public var shoppers: Int

    public init(
        habits: Habits = Habits(), tokenLife: Duration = .seconds(120), clients: Int = 200,
        shoppers: Int = 20
    ) {
        self.habits = habits
        self.tokenLife = tokenLife
        self.clients = clients
        self.shoppers = shoppers
    }

    /// Where `orders` listens.
    public static let orders = Endpoint(.v4(0x7F00_0001), port: 8080)
    /// Where its load balancer's health checks come to.
    public static let health = Endpoint(.v4(0x7F00_0001), port: 8081)
    /// Where the lab's own pages are.
    public static let pages = Endpoint(.v4(0x7F00_0001), port: 8099)

    /// Runs until the task is cancelled; `ready` is called once everything listens.
    public func run(ready: @escaping @Sendable () -> Void) async throws {
        guard await Self.isAtHome() else { throw LabError.notItsNetwork }
        let zones: LabZones
        do {
            zones = try LabZones(saneTTLs: habits.keep(.ttl))
        } catch {
            throw LabError.zones("\(error)")
        }
        let http = CloudClient.connections()
        do {
            try await run(zones: zones, http: http, ready: ready)
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }
}

extension LabEnvironment {
    /// Whether an address of the cloud is this machine's own. Elsewhere port 80 of every interface is
    /// not for the lab to take.
    private static func isAtHome() async -> Bool {
        let address = CloudRegion.all[0].v4(CloudService.dynamoDB)[0]
        let channel = try? await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: address, port: 0).get()
        try? await channel?.close()
        return channel != nil
    }

    private func run(
        zones: LabZones, http: HTTPClient, ready: @escaping @Sendable () -> Void
    ) async throws {
        let server = NameServer(endpoint: NameServer.configured())
        let client = CloudClient(
            http: http, resolver: Resolver(server: server, habits: habits),
            patience: .seconds(1), habits: habits)
        let credentials = Credentials(client: client, life: tokenLife, habits: habits)
        let service = OrdersService(
            table: Table(client: client, credentials: credentials), habits: habits)
        let fleet = Fleet(client: client, habits: habits)
        let herd = Herd(size: clients, resolver: client.resolver, habits: habits)
        let orders = OrdersHTTP(
            service: service, fleet: fleet, credentials: credentials, resolver: client.resolver,
            herd: herd)
        let balancer = Balancer(orders: orders, fleet: fleet, server: server, habits: habits)
        let customers = Shoppers(rate: shoppers, http: http, server: server)
        let state = CloudState()
        let cloud = CloudEndpoints(
            state: state, desiredTasks: Fleet.Settings().wanted,
            balancer: { request, _, zone in try await balancer.respond(request, zone: zone) })
        let pages = LabPages(
            state: state, zones: zones, balancer: balancer, shoppers: customers, orders: orders)
        let listeners = [
            // Both families: IPv4 comes as ::ffff:10.1.2.3.
            LabHTTPServer(
                name: "the cloud's endpoints", host: "::", port: 80,
                connected: cloud.connected, respond: cloud.respond),
            LabHTTPServer(
                name: "orders", host: "127.0.0.1", port: Int(Self.orders.port),
                respond: { request, _ in try await orders.respond(request) }),
            LabHTTPServer(
                name: "the health checks of orders", host: "127.0.0.1",
                port: Int(Self.health.port),
                respond: { request, _ in orders.respondToCheck(request) }),
            LabHTTPServer(
                name: "the lab's pages", host: "127.0.0.1", port: Int(Self.pages.port),
                respond: { request, _ in try pages.respond(request) }),
        ]
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                defer { begin.finish() }
                try await LabDNSServer(answering: zones.answer).run { _ in begin.yield() }
            }
            for listener in listeners {
                group.addTask {
                    // One that cannot listen ends the wait for the others too.
                    defer { begin.finish() }
                    try await listener.run { _ in begin.yield() }
                }
            }
            var left = listeners.count + 1
            for await _ in begun {
                left -= 1
                if left == 0 { break }
            }
            guard left == 0 else { return }
            group.addTask { await credentials.keep() }
            group.addTask { await fleet.recycle() }
            group.addTask { await fleet.orchestrate() }
            group.addTask {
                do throws(ZoneError) {
                    try await balancer.check(telling: zones)
                } catch {
                    throw LabError.zones("\(error)")
                }
            }
            group.addTask { await herd.run() }
            group.addTask { await customers.run() }
            ready()
        }
    }
}
