import NIOCore
import NIOPosix
import Synchronization
import Wire

/// Clients that each hold a connection to DynamoDB of us-east-1 and open a new one every few
/// seconds, as pools do: what comes back at once when it can.
final class Herd: Sendable {
    struct Status: Codable, Sendable {
        var wanted: Int
        var connected: Int
        var attempts: Int
        var failures: Int
    }

    private let size: Int
    private let resolver: Resolver
    private let isCareful: Bool
    private let counts: Mutex<Status>
    private let started = ContinuousClock.now

    /// How long a connection is kept, in milliseconds.
    private static let life: ClosedRange<Int> = 6_000...12_000
    /// When all try again that have no jitter.
    static let tick = Duration.seconds(5)

    init(size: Int, resolver: Resolver, habits: Habits) {
        self.size = size
        self.resolver = resolver
        isCareful = habits.keep(.reconnectJitter)
        counts = Mutex(Status(wanted: size, connected: 0, attempts: 0, failures: 0))
    }

    var status: Status { counts.withLock { $0 } }

    func run() async {
        await withDiscardingTaskGroup { group in
            for number in 0..<size {
                group.addTask {
                    // Nobody starts them all at once either.
                    try? await Task.sleep(for: .milliseconds(number * 6_000 / self.size))
                    await self.live()
                }
            }
        }
    }

    private func live() async {
        var backoff = Backoff(base: .milliseconds(250), cap: .seconds(8))
        while !Task.isCancelled {
            counts.withLock { $0.attempts += 1 }
            if let channel = await connect() {
                backoff.succeeded()
                counts.withLock { $0.connected += 1 }
                try? await Task.sleep(for: .milliseconds(Int.random(in: Self.life)))
                try? await channel.close()
                counts.withLock { $0.connected -= 1 }
            } else {
                counts.withLock { $0.failures += 1 }
                let pause = isCareful ? backoff.next(.random(in: 0..<1)) : untilTick
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// A timer that all share.
    private var untilTick: Duration {
        let passed = ContinuousClock.now - started
        let ticks = Int(passed.seconds / Self.tick.seconds) + 1
        return Self.tick * ticks - passed
    }

    private func connect() async -> (any Channel)? {
        let host = "dynamodb.\(OrdersService.home).amazonaws.com"
        guard let address = try? await resolver.addresses(of: host).randomElement(),
            let remote = try? SocketAddress(ipAddress: address.description, port: 80)
        else { return nil }
        return try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(1)).connect(to: remote).get()
    }
}
