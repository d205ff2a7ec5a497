import Foundation

/// A game day of the catalogue, how it is run here, and how it fails without a habit.
struct CatalogueDay: Sendable {
    var name: String
    /// Divides its durations, never the lab's own: caches there live 5 s, so phases want 20 s.
    var speed: String
    var more: [String] = []
    /// The habits to turn off, to see it fail.
    var careless: String
    /// What must fail then, for it names the fault: phase, probe and expectation.
    var named: [String]
    /// What may fail with it.
    var follows: [String] = []

    static let all: [CatalogueDay] = [
        CatalogueDay(
            // 14 h 32 min in less than five. The lab reacts within seconds of its own, which are half an hour
            // of that night; and a phase has as few as eleven results.
            name: "incident-2025-10-20", speed: "200",
            more: ["--set", "REACTION=45m", "--set", "SERVED=80%", "--token-life", "60s"],
            careless: "read-failover,read-only,reconnect-jitter,zone-failover",
            named: [
                "23:51 IAM, STS and orchestrators: read: header X-Region == us-west-2 within 45m",
                "23:51 IAM, STS and orchestrators: write: header X-Mode == read-only within 45m",
                "00:38 identified: read: always header X-Region == us-west-2",
                "00:38 identified: write: always header X-Mode == read-only",
                "01:25 tokens are back: read: always header X-Region == us-west-2",
                "01:25 tokens are back: write: always header X-Mode == read-only",
                "02:40 no launches: herd: always json $.recentPeakConnections <= 100",
                "05:30 nervous load balancers: zone-a: success >= 80%",
                "05:30 nervous load balancers: zone-b: success >= 80%",
                "05:30 nervous load balancers: zone-c: success >= 80%",
            ],
            follows: [
                // Writes that are tried for seconds keep the reads behind them waiting.
                "23:51 IAM, STS and orchestrators: read: success >= 80%",
                "00:38 identified: read: success >= 80%",
                "00:38 identified: write: always latency < 800ms",
                "01:25 tokens are back: read: success >= 80%",
                "02:40 no launches: read: success >= 80%",
                "02:40 no launches: write: pass for at least 3m within 45m",
            ]),
        CatalogueDay(
            name: "dynamodb-empty", speed: "1", careless: "read-only",
            named: ["outage: write: header X-Mode == read-only within 15s"],
            follows: ["outage: write: latency < 450ms after 10s"]),
        CatalogueDay(
            name: "us-east-1-out", speed: "2", more: ["--yes"], careless: "read-failover",
            named: [
                "failover: read: until header X-Region == us-west-2 for at least 6s",
                "without the region: read: always header X-Region == us-west-2",
            ]),
        CatalogueDay(
            name: "no-sts", speed: "2", careless: "token-renewal",
            named: ["no new tokens: write: success >= 95%"]),
        CatalogueDay(
            name: "nervous-nlb", speed: "2", careless: "zone-failover",
            named: [
                "nervous: zone-a: success >= 95%", "nervous: zone-b: success >= 95%",
                "nervous: zone-c: success >= 95%",
            ],
            follows: ["nervous: shop: success >= 95%"]),
        CatalogueDay(
            name: "no-new-launches", speed: "2", careless: "headroom",
            named: ["no launches: capacity: always json $.capacity.instances >= 5"],
            follows: ["no launches: read: success >= 95%"]),
        CatalogueDay(
            name: "thundering-herd", speed: "2", careless: "reconnect-jitter",
            named: ["the herd: herd: always json $.recentPeakConnections <= 100"]),
        CatalogueDay(
            name: "resolver-brownout", speed: "2.5", careless: "resolver-cache",
            named: [
                "slow: write: p95 < 200ms", "half the answers: write: success >= 95%",
                "half the answers: queries: always json $.recentPeakQueries <= 40",
                "silence: write: success >= 95%",
            ],
            follows: ["slow: write: success >= 95%"]),
        CatalogueDay(
            name: "orchestrator-down", speed: "2", careless: "orchestrator-static",
            named: ["silence: tasks: always json $.capacity.tasks == 6"],
            follows: ["silence: read: success >= 95%"]),
        CatalogueDay(
            name: "ttl-review", speed: "2", careless: "ttl",
            named: [
                "review: table: ttl >= 5s", "review: sts: ttl >= 5s", "review: own: ttl <= 5m",
                "zero seconds: queries: always json $.recentPeakQueries <= 30 after 10s",
                "moved: write: success >= 90%",
            ],
            follows: [
                // Two days outlive the run.
                "way back: write: until pass for at least 6s",
                "recovery: write: until success >= 99%",
            ]),
        CatalogueDay(
            name: "slow-dependency", speed: "2", careless: "cached-reads",
            named: ["slow: read: success >= 95%"],
            // Few reads are in time, if any; and those that wait for the table take the workers that writes want.
            follows: ["slow: read: p95 < 200ms", "slow: write: success >= 80%"]),
        CatalogueDay(
            name: "new-connections-only", speed: "2", careless: "connection-pool",
            named: ["no new connections: write: success >= 90%"]),
        CatalogueDay(
            name: "nervous-targets", speed: "2", careless: "zone-failover",
            named: ["nervous: shop: success >= 95%", "nervous: name: always addresses >= 2"],
            // All leave at once.
            follows: ["nervous: name: addresses == 2 within 14s"]),
        CatalogueDay(
            name: "network-backlog", speed: "2", careless: "target-health",
            named: [
                "no network yet: shop: success >= 95%",
                "no network yet: targets: always json $.targets.inService == 0",
            ]),
        CatalogueDay(
            name: "imds-out", speed: "2", careless: "instance-credentials",
            named: [
                "no new credentials: status: json $.credentials.renewal == failing within 40s",
                "no new credentials: read: success >= 95%",
            ],
            follows: [
                // Reads that wait for credentials are neither late nor stale, and take the workers of writes.
                "no new credentials: read: p95 < 300ms",
                "no new credentials: read: header X-Cache == stale within 80s",
                "no new credentials: write: success >= 95%",
                // A connection that has been tried for half a minute is tried again a minute later.
                "way back: read: until pass for at least 6s",
                "way back: write: until pass for at least 6s",
            ]),
        CatalogueDay(
            name: "silent-dependency", speed: "2", careless: "read-only",
            named: ["silence: write: header X-Mode == read-only within 30s"],
            // Writes that are tried again and again keep the reads behind them waiting.
            follows: ["silence: read: success >= 90%"]),
    ]
}

/// A run of a game day in a lab of its own.
struct LabRun: Sendable {
    var ended: Program.Ended
    /// Its report.
    var folder: URL

    static func of(_ day: CatalogueDay, careless: Bool) async throws -> LabRun {
        try await run(
            [day.name, "--speed", day.speed] + day.more
                + (careless ? ["--careless", day.careless] : []))
    }

    static func run(_ arguments: [String]) async throws -> LabRun {
        let folder = try await Place.scratch()
        // The lab leaves in sight the folder that it was started in.
        let ended = try await Program.run(
            "sh",
            [
                "-c", #"cd "$0" && exec "$@""#, folder.path(), AgentUnderTest.client, "gameday",
                "run", "--lab", "--report", "report",
            ] + arguments, within: .seconds(420))
        return LabRun(ended: ended, folder: folder.appending(path: "report"))
    }
}
