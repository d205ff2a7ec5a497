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
    /// How long STS lets a token live; the credentials of the instance live an eighth of it.
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
    /// The port of its new instances, which have addresses of their own.
    public static let newInstances: UInt16 = 8090
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
        let metadata = MetadataClient.connections(careful: habits.keep(.instanceCredentials))
        // Not waited for: carelessly it takes minutes to give a connection up.
        defer { Task { try? await metadata.shutdown() } }
        do {
            try await run(zones: zones, http: http, metadata: metadata, ready: ready)
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }
}

extension LabEnvironment {
    /// Whether addresses of the cloud are this machine's own. Elsewhere port 80 of every interface is
    /// not for the lab to take, and the instance metadata service is a real one.
    private static func isAtHome() async -> Bool {
        let table = CloudRegion.all[0].v4(CloudService.dynamoDB)[0]
        for address in [table, "\(InstanceMetadata.addresses[0])"] {
            let channel = try? await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: address, port: 0).get()
            guard let channel else { return false }
            try? await channel.close()
        }
        return true
    }

    /// The role that writes.
    private func session(_ client: CloudClient) -> Credentials {
        let isCareful = habits.keep(.tokenRenewal)
        let schedule: TokenSchedule = isCareful ? .careful(tokenLife) : .careless(tokenLife)
        let service = TokenService(client: client, life: schedule.life, habits: habits)
        return Credentials(schedule, isCareful: isCareful) { () throws(CloudClient.Failure) in
            try await service.issue()
        }
    }

    /// The instance's role, which reads.
    private func instance(_ http: HTTPClient) -> Credentials {
        let isCareful = habits.keep(.instanceCredentials)
        let life = TokenSchedule.instanceLife(tokens: tokenLife)
        let service = MetadataClient(http: http, patience: isCareful ? .seconds(1) : nil)
        return Credentials(isCareful ? .careful(life) : .atTheEnd(life), isCareful: isCareful) {
            () throws(CloudClient.Failure) in try await service.issue()
        }
    }

    private func run(
        zones: LabZones, http: HTTPClient, metadata: HTTPClient,
        ready: @escaping @Sendable () -> Void
    ) async throws {
        let server = NameServer(endpoint: NameServer.configured())
        let client = CloudClient(
            http: http, resolver: Resolver(server: server, habits: habits),
            patience: .seconds(1), habits: habits)
        let session = session(client)
        let instance = instance(metadata)
        let service = OrdersService(
            table: Table(client: client, reading: instance, writing: session), habits: habits)
        let fleet = Fleet(client: client, habits: habits)
        let herd = Herd(size: clients, resolver: client.resolver, habits: habits)
        let orders = OrdersHTTP(
            service: service, fleet: fleet, session: session, instance: instance,
            resolver: client.resolver, herd: herd)
        let balancer = Balancer(
            orders: orders, fleet: fleet, http: http, server: server, habits: habits)
        let customers = Shoppers(rate: shoppers, http: http, server: server)
        let state = CloudState()
        let cloud = CloudEndpoints(
            state: state,
            metadata: InstanceMetadata(
                state: state, life: TokenSchedule.instanceLife(tokens: tokenLife)),
            desiredTasks: Fleet.Settings().wanted,
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
                name: "new instances of orders", host: "::", port: Int(Self.newInstances),
                respond: { request, _ in try await orders.carry(request) }),
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
            group.addTask { await session.keep() }
            group.addTask { await instance.keep() }
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
