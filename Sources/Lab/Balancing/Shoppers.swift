import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// The customers of `orders`, who come through its load balancer at a steady rate.
final class Shoppers: Sendable {
    struct Status: Codable, Sendable {
        var sent = 0
        var served = 0
        var refused = 0
        var failed = 0
    }

    /// Requests a second; every tenth is an order, the others look one up.
    private let rate: Int
    private let http: HTTPClient
    /// Theirs, not that of `orders`.
    private let resolver: Resolver
    private let counts = Mutex(Status())

    /// More than that at a time are not sent: they would be people who wait no longer.
    private static let patience = TimeAmount.seconds(2)

    init(rate: Int, http: HTTPClient, server: NameServer) {
        self.rate = rate
        self.http = http
        resolver = Resolver(server: server, habits: Habits())
    }

    var status: Status { counts.withLock { $0 } }

    func run() async {
        guard rate > 0 else { return }
        let clock = ContinuousClock()
        var next = clock.now
        var number = 0
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                number += 1
                let turn = number
                group.addTask { await self.ask(turn) }
                next += .seconds(1) / rate
                try? await clock.sleep(until: next)
            }
        }
    }

    private func ask(_ turn: Int) async {
        counts.withLock { $0.sent += 1 }
        let isOrder = turn.isMultiple(of: 10)
        // Each takes one of the addresses, as it comes.
        guard let address = try? await resolver.addresses(of: Balancer.name).randomElement()
        else {
            counts.withLock { $0.failed += 1 }
            return
        }
        var request = HTTPClientRequest(
            url: "http://\(address)/orders" + (isOrder ? "" : "/\(turn % 20 + 1)"))
        request.headers.add(name: "Host", value: Balancer.name)
        request.method = isOrder ? .POST : .GET
        if isOrder { request.body = .bytes(ByteBuffer(string: "order of shopper \(turn)")) }
        do {
            let response = try await http.execute(request, timeout: Self.patience)
            _ = try await response.body.collect(upTo: 64 * 1024)
            counts.withLock { counts in
                if response.status.code < 500 { counts.served += 1 } else { counts.refused += 1 }
            }
        } catch {
            counts.withLock { $0.failed += 1 }
        }
    }
}
