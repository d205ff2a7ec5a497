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
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                let end = try decoder.decode(Output.self, from: Data(ended.output.utf8)).end
                let used = end.cpuUtilizationPercent
                rate = end.sumReceived.bitsPerSecond / 8
                each = rate / ((used.hostTotal + used.remoteTotal) / 100)
            }

            /// As iperf3 has it, but for the spelling.
            private struct Output: Decodable {
                struct End: Decodable {
                    struct Sum: Decodable { var bitsPerSecond: Double }
                    struct Use: Decodable { var hostTotal, remoteTotal: Double }
                    var sumReceived: Sum
                    var cpuUtilizationPercent: Use
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
