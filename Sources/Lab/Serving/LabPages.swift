import FoundationEssentials
import HTTPTypes
import Hummingbird

/// The lab's own pages: what its endpoints saw, for probes and for people.
struct LabPages: Sendable {
    let state: CloudState
    let zones: LabZones
    let balancer: Balancer
    let shoppers: Shoppers
    let orders: OrdersHTTP

    struct EndpointPage: Codable, Sendable {
        var service: String
        var region: String
        /// Accepted since the start.
        var connections: Int
        /// In the last second.
        var connectionsPerSecond: Int
        /// The most in any second, since the start or the last reset.
        var peakConnections: Int
        /// The most in any second of the last ten.
        var recentPeakConnections: Int
        var requests: Int
        var refusals: Int
    }

    struct NamesPage: Codable, Sendable {
        var queries: Int
        var queriesPerSecond: Int
        var peakQueries: Int
        var recentPeakQueries: Int
    }

    struct Everything: Codable, Sendable {
        var dns: NamesPage
        var balancer: Balancer.Status
        var shoppers: Shoppers.Status
        var endpoints: [EndpointPage]
    }

    func respond(_ request: Request) throws -> Response {
        let path = request.uri.path.split(separator: "/").map(String.init)
        switch (request.method, path.first, path.dropFirst().first, path.count) {
        case (.get, "metrics", nil, 1):
            return .text(metrics, type: "text/plain; version=0.0.4; charset=utf-8")
        case (.get, "lab", nil, 1):
            return .json(
                Everything(
                    dns: names, balancer: balancer.status, shoppers: shoppers.status,
                    endpoints: endpoints))
        case (.get, "lab", "dns", 2): return .json(names)
        case (.get, "lab", "balancer", 2): return .json(balancer.status)
        case (.get, "lab", "shoppers", 2): return .json(shoppers.status)
        case (.get, "lab", "endpoints", 2): return .json(endpoints)
        case (.get, "lab", "endpoints", 4):
            let endpoint = CloudState.Endpoint(service: path[2], region: path[3])
            return .json(page(endpoint, state.seen[endpoint] ?? CloudState.Seen()))
        case (.post, "lab", "reset", 2):
            state.resetPeaks()
            zones.resetPeaks()
            return .text("peaks are counted from now on\n")
        case (.post, "lab", "register", 2):
            balancer.register()
            return .text("a new instance in each zone is a target now\n")
        case (.post, "lab", "move", 4):
            let endpoint = CloudState.Endpoint(service: path[2], region: path[3])
            try zones.move(endpoint)
            state.move(endpoint)
            return .text("\(path[2]).\(path[3]) has new addresses, and the old ones are dead\n")
        default: return .text("no such page\n", status: .notFound)
        }
    }

    private var endpoints: [EndpointPage] {
        state.seen.map { page($0, $1) }.sorted {
            ($0.region, $0.service) < ($1.region, $1.service)
        }
    }

    private func page(_ endpoint: CloudState.Endpoint, _ seen: CloudState.Seen) -> EndpointPage {
        let now = ContinuousClock.now
        return EndpointPage(
            service: endpoint.service, region: endpoint.region,
            connections: seen.connections.total, connectionsPerSecond: seen.connections.rate(now),
            peakConnections: seen.connections.peak,
            recentPeakConnections: seen.connections.recentPeak(now), requests: seen.requests,
            refusals: seen.refusals)
    }

    private var names: NamesPage {
        let now = ContinuousClock.now
        let queries = zones.queries
        return NamesPage(
            queries: queries.total, queriesPerSecond: queries.rate(now),
            peakQueries: queries.peak, recentPeakQueries: queries.recentPeak(now))
    }

    /// The same in Prometheus's text format.
    private var metrics: String {
        let names = names
        let endpoints = endpoints
        func lines(
            _ name: String, _ type: String, _ value: (EndpointPage) -> Int
        ) -> [String] {
            ["# TYPE \(name) \(type)"]
                + endpoints.map {
                    "\(name){service=\"\($0.service)\",region=\"\($0.region)\"} \(value($0))"
                }
        }
        let text =
            lines("lab_connections_total", "counter", \.connections)
            + lines("lab_connections_peak", "gauge", \.recentPeakConnections)
            + lines("lab_requests_total", "counter", \.requests)
            + lines("lab_refusals_total", "counter", \.refusals)
            + [
                "# TYPE lab_dns_queries_total counter", "lab_dns_queries_total \(names.queries)",
                "# TYPE lab_dns_queries_peak gauge",
                "lab_dns_queries_peak \(names.recentPeakQueries)",
                "# TYPE lab_zones_in_service gauge",
                "lab_zones_in_service \(balancer.status.zonesInService)",
            ]
        return text.joined(separator: "\n") + "\n"
    }
}
