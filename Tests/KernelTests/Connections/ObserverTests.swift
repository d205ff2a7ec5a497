import Control
import Foundation
import ProbeKinds
import Spec
import Testing

extension KernelTests {
    /// Probes that only watch.
    @Suite("connections: observers") struct ObserverTests {
        private static let host = "\(Reach.v4).7:\(Reach.port)"

        /// One check of each kind that connects; `ok`, or why not, with how long it took.
        private static func check(_ kind: String, _ yaml: String) async throws -> Observation {
            let probe = try #require(ProbeCatalogue.kind(named: kind))
                .init(Node.load(yaml: yaml, file: "g.yaml"))
            let entry = ProbeSchedule<LoopClock>.Entry(
                name: "watch", probe: probe, every: .seconds(2), timeout: .milliseconds(900))
            let (results, tell) = AsyncStream.makeStream(of: Observation.self)
            let checks = Task {
                try await ProbeSchedule([entry], clock: LoopClock()).run { _, _, seen in
                    tell.yield(seen)
                }
            }
            var seen: Observation?
            for await one in results.prefix(1) { seen = one }
            checks.cancel()
            try await checks.value
            return try #require(seen)
        }

        @Test(
            "pass where a plain probe meets the fault, either way and both ways",
            arguments: [
                ("blackhole", []), ("reset", []), ("{reset: data}", []), ("halfopen", []),
                ("{latency: 2s}", []), ("{throttle: 10B/s}", []),
                ("blackhole", ["direction: inbound", "ports: \(Reach.port)"]),
                ("reset", ["direction: inbound", "ports: \(Reach.port)"]),
                ("halfopen", ["direction: inbound", "ports: \(Reach.port)"]),
                ("{latency: 2s}", ["direction: inbound", "ports: \(Reach.port)"]),
                ("{throttle: 10B/s}", ["direction: inbound", "ports: \(Reach.port)"]),
            ] as [(String, [String])])
        func pass(net: String, lines: [String]) async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let keys = lines.isEmpty ? ["hosts: '\(Self.host)'"] : lines
                    try await agent.broken(net, keys) { _ in
                        for isObserver in [true, false] {
                            let url = "{url: 'http://\(Self.host)/3', observer: \(isObserver)}"
                            let http = try await Self.check("http", url)
                            #expect(http.passed == isObserver, "\(net) http: \(http)")
                        }
                        let tcp =
                            "{to: '\(Self.host)', send: \"GET /3 HTTP/1.1\\r\\n\\r\\n\", "
                            + "expect: HTTP, observer: true}"
                        #expect(try await Self.check("tcp", tcp).passed, "\(net) tcp")
                    }
                    #expect(try await agent.counters().errors == 0)
                }
            }
        }
    }
}
