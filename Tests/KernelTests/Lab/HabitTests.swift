import Foundation
import Testing

extension KernelTests {
    /// Each good habit against the fault that it is for: with it `orders` keeps its promise, without
    /// it the same promise is seen to be broken.
    @Suite("habits of the lab's service") struct HabitTests {
        typealias Sample = Observer.Sample

        /// Something that `orders` promises while a drill runs.
        struct Promise: Sendable {
            var name: String
            var drill: Observer.Drill
            /// What to turn off to see it broken.
            var careless: String
            /// nil: kept; else what was seen instead.
            var broken: @Sendable ([Sample]) -> String?
        }

        static let table = Observer.Drill(fault: ["dynamodb-empty"], during: 24, after: 12)
        static let launches = Observer.Drill(fault: ["no-new-launches"], during: 30)

        static let promises: [Promise] = [
            Promise(
                name: "99 % of reads", drill: table, careless: "cached-reads,read-failover"
            ) { samples in share(samples, of: \.read, least: 0.99) },
            Promise(
                name: "read-only within 15 s, and fast", drill: table, careless: "read-only"
            ) { samples in
                let down = samples.filter { $0.phase == .during && $0.at > 15 }
                let good = down.filter {
                    $0.write.status == 503 && $0.write.headers["x-mode"] == "read-only"
                        && $0.write.seconds < 0.3
                }
                return good.count == down.count
                    ? nil : "\(down.count - good.count) of \(down.count) writes otherwise"
            },
            Promise(
                name: "a dead table is left alone", drill: table, careless: "breaker"
            ) { samples in
                let most =
                    samples.filter { $0.phase == .during && $0.at > 17 }
                    .compactMap { $0.orders?.calls.perSecond }.max() ?? .max
                return most <= 4 ? nil : "\(most) attempts a second"
            },
            Promise(
                name: "reads from the other region within 15 s", drill: table,
                careless: "read-failover"
            ) { samples in
                let late = samples.filter { $0.phase == .during && $0.at > 15 }
                let elsewhere = late.count { $0.read.headers["x-region"] == "us-west-2" }
                return elsewhere == late.count
                    ? nil : "\(late.count - elsewhere) of \(late.count) reads from elsewhere"
            },
            Promise(
                name: "no herd when it is over", drill: table, careless: "reconnect-jitter"
            ) { samples in
                let peak =
                    samples.filter { $0.phase == .after }
                    .compactMap { $0.lab?.peak("dynamodb", "us-east-1") }.max() ?? .max
                return peak <= 100 ? nil : "\(peak) connections in a second"
            },
            Promise(
                name: "writes again within 10 s", drill: table, careless: ""
            ) { samples in
                let late = samples.filter { $0.phase == .after && $0.at > 10 }
                return late.contains { $0.write.status != 201 } || late.isEmpty
                    ? "writes: \(late.map(\.write.status))" : nil
            },
            Promise(
                name: "two zones stay in service",
                drill: .init(fault: ["nervous-nlb", "--flap", "on=6s,off=3s"], during: 20),
                careless: "zone-failover"
            ) { samples in
                let fewest = samples.compactMap { $0.lab?.balancer.zonesInService }.min() ?? 0
                return fewest >= 2 ? nil : "\(fewest) zones"
            },
            Promise(
                name: "capacity without launches", drill: launches, careless: "headroom"
            ) { samples in
                let fewest = samples.compactMap { $0.orders?.capacity.instances }.min() ?? 0
                return fewest >= 5 ? share(samples, of: \.read, least: 0.99) : "\(fewest) instances"
            },
            Promise(
                name: "tasks without an orchestrator", drill: launches,
                careless: "orchestrator-static"
            ) { samples in
                let fewest = samples.compactMap { $0.orders?.capacity.tasks }.min() ?? 0
                return fewest == 6 ? share(samples, of: \.read, least: 0.99) : "\(fewest) tasks"
            },
            Promise(
                name: "writes without STS", drill: .init(fault: ["no-sts"], during: 32),
                careless: "token-renewal"
            ) { samples in share(samples, of: \.write, least: 0.99) },
            Promise(
                name: "writes with half the answers",
                drill: .init(fault: ["half-the-answers"], during: 16), careless: "resolver-cache"
            ) { samples in share(samples, of: \.write, least: 0.99) },
            Promise(
                name: "fast writes with a slow resolver",
                drill: .init(fault: ["resolver-slow"], during: 10), careless: "resolver-cache"
            ) { samples in
                let times = samples.filter { $0.phase == .during }.map(\.write.seconds).sorted()
                let p95 = times.isEmpty ? .infinity : times[times.count * 95 / 100]
                return p95 < 0.15 ? nil : "p95 \(Int(p95 * 1000)) ms"
            },
            Promise(
                name: "reads without the metadata service",
                drill: .init(fault: ["imds-out"], during: 36), careless: "instance-credentials"
            ) { samples in share(samples, of: \.read, least: 0.99) },
            Promise(
                name: "no requests to targets that are not well",
                drill: .init(
                    fault: ["network-backlog", "--ports", "8090"], during: 16,
                    halfway: "/lab/register"), careless: "target-health"
            ) { samples in
                let failed = samples.compactMap { $0.lab?.shoppers.failed }
                let more = (failed.last ?? .max) - (failed.first ?? 0)
                return more <= 5 ? nil : "\(more) shoppers were not served"
            },
            Promise(
                name: "writes without new connections",
                drill: .init(
                    fault: [
                        "new-connections-only", "--hosts", "dynamodb.us-east-1.amazonaws.com:80",
                    ], during: 16), careless: "connection-pool"
            ) { samples in share(samples, of: \.write, least: 0.95) },
            Promise(
                name: "follows an endpoint that moves",
                drill: .init(
                    fault: ["ttl-days"], during: 24, halfway: "/lab/move/dynamodb/us-east-1"),
                careless: "ttl"
            ) { samples in
                let late = samples.filter { $0.phase == .during && $0.at > 19 }
                return late.contains { $0.write.status != 201 } || late.isEmpty
                    ? "writes: \(late.map(\.write.status))" : nil
            },
        ]

        /// A share of good results while the fault is in force. One bad result is none.
        private static func share(
            _ samples: [Sample], of reply: any KeyPath<Sample, Observer.Reply> & Sendable,
            least: Double
        ) -> String? {
            let during = samples.filter { $0.phase == .during }.map { $0[keyPath: reply].status }
            let good = during.count { (200..<300).contains($0) }
            let enough = Double(during.count) * least - 1
            return !during.isEmpty && Double(good) >= enough
                ? nil : "\(good) of \(during.count) were good"
        }

        /// A drill, in a lab with these habits off.
        struct Run: Hashable, Sendable {
            var drill: Observer.Drill
            var careless: String
        }

        /// So many labs at a time, each in a network of its own.
        static let width = 6

        @Test("every promise is kept, and broken without its habit")
        func pairs() async throws {
            try await Place.prepare()
            let runs = Set(
                Self.promises.flatMap {
                    [
                        Run(drill: $0.drill, careless: ""),
                        Run(drill: $0.drill, careless: $0.careless),
                    ]
                })
            let seen = try await Self.watch(runs)
            for promise in Self.promises {
                let careful = seen[Run(drill: promise.drill, careless: ""), default: []]
                let broken = promise.broken(careful)
                #expect(broken == nil, "\(promise.name)")
                #expect(
                    careful.contains { $0.phase == .before && $0.write.status == 201 },
                    "\(promise.name): before")
                guard !promise.careless.isEmpty else { continue }
                let careless = seen[
                    Run(drill: promise.drill, careless: promise.careless), default: []]
                #expect(
                    promise.broken(careless) != nil, "\(promise.name) without \(promise.careless)")
                // What breaks is the promise, not the service from the start.
                #expect(
                    careless.contains { $0.phase == .before && $0.read.status == 200 },
                    "\(promise.careless): before")
            }
        }

        private static func watch(_ runs: Set<Run>) async throws -> [Run: [Sample]] {
            try await withThrowingTaskGroup(of: (Run, [Sample]).self) { group in
                // The longest first, or the last would be alone.
                var left = runs.sorted { $0.drill.during < $1.drill.during }
                var seen: [Run: [Sample]] = [:]
                func start() {
                    guard let run = left.popLast() else { return }
                    group.addTask {
                        (run, try await Observer.watch(run.drill, careless: run.careless))
                    }
                }
                for _ in 0..<width { start() }
                while let (run, samples) = try await group.next() {
                    seen[run] = samples
                    start()
                }
                return seen
            }
        }
    }
}
