import Foundation
import Testing

extension KernelTests {
    /// What traffic beside a fault pays for it.
    @Suite("connections: throughput") struct ThroughputTests {
        /// One run of iperf3.
        private struct Run {
            /// Octets a second; and for each second of a processor, which other programs on a busy
            /// machine change little.
            var rate, each: Double

            init(_ host: Neighbour) async throws {
                let ended = try await Program.run(
                    "iperf3", ["-c", "\(host.v4).2", "-t", "1", "-J"])
                let end = try JSONDecoder().decode(Output.self, from: Data(ended.output.utf8)).end
                let used = end.cpu_utilization_percent
                rate = end.sum_received.bits_per_second / 8
                each = rate / ((used.host_total + used.remote_total) / 100)
            }

            /// As iperf3 spells it.
            private struct Output: Decodable {
                struct End: Decodable {
                    struct Sum: Decodable { var bits_per_second: Double }
                    struct Use: Decodable { var host_total, remote_total: Double }
                    var sum_received: Sum
                    var cpu_utilization_percent: Use
                }
                var end: End
            }
        }

        private static func median(_ values: [Double]) -> Double {
            values.sorted()[values.count / 2]
        }

        @Test("iperf3 beside a fault: at least 0.90 of what it is without the agent")
        func beside() async throws {
            try await Neighbour.beside("10.4.0", "fd04:") { host in
                try await host.serving(
                    ["iperf3", "-s", "--forceflush"],
                    isReady: { $0.outputText.contains("listening") }
                ) { _ in
                    var ratios: [(rate: Double, each: Double)] = []
                    for _ in 0..<9 {
                        let before = try await Run(host)
                        let beside = try await AgentUnderTest.serving { agent in
                            try await agent.broken("blackhole", ["hosts: \(host.v4).3"]) { _ in
                                try await Run(host)
                            }
                        }
                        let after = try await Run(host)
                        ratios.append(
                            (
                                beside.rate * 2 / (before.rate + after.rate),
                                beside.each * 2 / (before.each + after.each)
                            ))
                    }
                    let each = Self.median(ratios.map(\.each))
                    print("throughput beside a fault:", Self.median(ratios.map(\.rate)))
                    print("for each second of a processor:", each, ratios.map(\.each).sorted())
                    #expect(each >= 0.90)
                }
            }
        }
    }
}
