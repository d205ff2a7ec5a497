import Foundation
import ProbeKinds
import Spec
import Testing

extension KernelTests {
    /// What a route swallows: the check ends when its time is up, and says so.
    @Suite("probes of a black hole") struct BlackHoleTests {
        /// Behind it is nobody: what arrives on loopback for it is not ours, and nothing forwards. No
        /// other test has anybody in its network: the route stays.
        private static let hole = "100.64.7.7"

        @Test(
            "a check ends at its timeout",
            arguments: [
                ("tcp", "'\(hole):80'"), ("tcp", "{to: '\(hole):80', expect: hello}"),
                ("http", "'http://\(hole)/'"),
                ("http", "{url: 'http://\(hole)/', connection: kept}"),
                ("http", "'https://\(hole)/'"), ("tls", "'\(hole):443'"),
                ("dns", "{name: a.test, server: \(hole)}"),
            ])
        func swallowed(kind: String, yaml: String) async throws {
            try await Place.prepare()
            try await Program.check("ip", "route", "replace", "\(Self.hole)/32", "dev", "lo")
            let probe = try #require(ProbeCatalogue.kind(named: kind))
                .init(Node.load(yaml: yaml, file: "g.yaml"))
            let timeout = Duration.milliseconds(300)
            let entry = ProbeSchedule<LoopClock>.Entry(
                name: "hole", probe: probe, every: .milliseconds(350), timeout: timeout)
            let (results, tell) = AsyncStream.makeStream(of: (Observation, Duration).self)
            let checks = Task {
                try await ProbeSchedule([entry], clock: LoopClock()).run { _, began, seen in
                    tell.yield((seen, began.duration(to: .now)))
                }
            }
            // The second is checked as the first was: nothing of that is in its way.
            for await (seen, took) in results.prefix(2) {
                #expect(!seen.passed)
                #expect(seen.reason == "timed out")
                #expect(seen.latency == timeout)
                #expect(took >= timeout && took < .seconds(5))
            }
            checks.cancel()
            try await checks.value
        }
    }
}
