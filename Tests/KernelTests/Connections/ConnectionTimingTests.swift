import Control
import Foundation
import Testing

extension KernelTests {
    /// Latency, loss and throttle are as asked for, and nobody else pays.
    @Suite("connections: measure") struct ConnectionTimingTests {
        private static let host = "\(Reach.v4).7"

        private static func connects(_ count: Int, patience: Double) async throws
            -> [Reach.Outcome]
        {
            try await Reach.attempt(
                Array(
                    repeating: Reach.Attempt(host: host, udp: true, patience: patience),
                    count: count), together: true, within: .seconds(60))
        }

        /// UDP: one packet there is held, the one back is not, and no handshake blurs it.
        @Test("100 ms ± 20 ms, uniform, 1,000 round trips")
        func latency() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken(
                        "{latency: {by: 100ms, jitter: 20ms}}", ["hosts: \(Self.host)", "seed: 7"]
                    ) { fault in
                        var took: [Double] = []
                        // In groups, so that a client on two cores keeps up.
                        for _ in 0..<20 {
                            let seen = try await Self.connects(50, patience: 2)
                            #expect(seen.allSatisfy { $0.what == "ok" })
                            took += seen.map(\.took)
                        }
                        took.sort()
                        // None too early. How late the client looks is its own affair: what the
                        // kernel is asked for is exact, and so a share of late ones is let pass.
                        #expect(took[0] >= 0.0795)
                        let asked = (0..<1_000).map { 0.080 + 0.040 * (Double($0) + 0.5) / 1_000 }
                        let late = zip(took, asked).map { $0 - $1 }.sorted()
                        print("latency: late by", late[10], late[500], late[990])
                        #expect(abs(late[500]) < 0.006)
                        #expect(late[10] > -0.004)
                        let counts = try await agent.counts(fault.id)
                        #expect(counts.fired == 1_000)
                    }
                    try await agent.broken("{latency: 300ms}", ["hosts: \(Self.host)"]) { _ in
                        let seen = try await Reach.attempt(
                            Array(repeating: Reach.Attempt(host: Self.host), count: 5))
                        for one in seen {
                            // Once for the handshake, once for request and answer: not each way.
                            let connected = try #require(one.connected)
                            #expect(connected >= 0.3 && connected < 0.38)
                            #expect(one.took >= 0.6 && one.took < 0.74)
                        }
                    }
                }
            }
        }

        @Test("throttle 1 MB/s: within 5%, there and back; beside it full speed")
        func throttle() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken("{throttle: 1MB/s}", ["hosts: \(Self.host)"]) { _ in
                        let octets = 4_000_000
                        let seen = try await Reach.attempt([
                            Reach.Attempt(host: Self.host, bytes: octets, patience: 8),
                            Reach.Attempt(host: "\(Reach.v4).8", bytes: octets, patience: 8),
                        ])
                        #expect(seen.map(\.what) == ["ok", "ok"])
                        let rate = Double(octets) / seen[0].took
                        print("throttle:", rate)
                        #expect(abs(rate - 1_000_000) < 50_000)
                        #expect(seen[1].took < 0.5)
                    }
                }
            }
        }

        @Test("loss 10%: within its bounds", arguments: [3.0, 10, 50])
        func loss(_ percent: Double) async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let count = 600
                    try await agent.broken(
                        "{loss: \(Int(percent))%}", ["hosts: \(Self.host)"]
                    ) { fault in
                        let seen = try await Self.connects(count, patience: 0.5)
                        let lost = seen.count { $0.what == "silent" }
                        #expect(seen.count { $0.what == "ok" } == count - lost)
                        // Five standard deviations of a binomial distribution.
                        let share = percent / 100
                        let bound = 5 * (Double(count) * share * (1 - share)).squareRoot()
                        #expect(abs(Double(lost) - Double(count) * share) < bound)
                        #expect(try await agent.counts(fault.id).fired == UInt64(lost))
                    }
                }
            }
        }

        @Test("probability is of connections: the same for each packet of one")
        func probability() async throws {
            let count = 300
            func attempts(_ udp: Bool) -> [Reach.Attempt] {
                Array(
                    repeating: Reach.Attempt(host: Self.host, udp: udp, patience: 5), count: count)
            }
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    let lines = ["hosts: \(Self.host)", "probability: 30%"]
                    let bound = 5 * (Double(count) * 0.3 * 0.7).squareRoot()
                    try await agent.broken("{reset: data}", lines) { _ in
                        var seen: [Reach.Outcome] = []
                        // In groups, so that a busy machine keeps up.
                        for _ in 0..<6 {
                            seen += try await Reach.attempt(
                                Array(attempts(false).prefix(count / 6)), together: true)
                        }
                        let reset = seen.count { $0.what == "reset" }
                        #expect(abs(Double(reset) - Double(count) * 0.3) < bound)
                        #expect(seen.count { $0.what == "ok" } == count - reset)
                    }
                    try await agent.broken("{latency: 400ms}", lines) { _ in
                        let seen = try await Reach.attempt(
                            Array(attempts(false).prefix(100)), together: true)
                        #expect(seen.allSatisfy { $0.what == "ok" })
                        // Both round trips wait, or neither.
                        let waits = seen.map { (($0.connected ?? 0) > 0.39, $0.took > 0.79) }
                        #expect(waits.allSatisfy { $0 == $1 })
                        let share = Double(waits.count { $0.0 }) / 100
                        #expect(share > 0.07 && share < 0.53)
                    }
                }
            }
        }
    }
}
