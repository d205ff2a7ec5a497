import Control
import Foundation
import Testing

extension KernelTests {
    /// Which prefilter the agent chooses, and that both do their work.
    @Suite struct AgentNamesTests {
        @Test func filtersByNamesWhereItMay() async throws {
            try await AgentUnderTest.serving { agent in
                try await agent.armed("empty", names: "[a.example.test, '*.b.example.test']") { _ in
                    let status = try await agent.client.status()
                    #expect(status.prefilter == (Place.isInitialUserNamespace ? .names : .labels))
                }
                #expect(try await agent.client.status().prefilter == .idle)
            }
        }

        /// With what the systemd unit grants it filters by names, without CAP_BPF or CAP_PERFMON by
        /// labels.
        @Test(
            arguments: [
                ("+net_admin,+bpf,+perfmon", .names), ("+net_admin,+bpf", .labels),
                ("+net_admin", .labels),
            ] as [(String, AgentStatus.Prefilter)])
        func filtersAsCapabilitiesAllow(_ row: (String, AgentStatus.Prefilter)) async throws {
            let only = ["--bounding-set=-all,\(row.0)", "--inh-caps=-all", "--"]
            let wanted = Place.isInitialUserNamespace ? row.1 : .labels
            try await AgentUnderTest.serving(wrapper: ["/usr/bin/setpriv"] + only) { agent in
                try await agent.armed("empty", names: "[a.example.test]") { _ in
                    let status = try await agent.client.status()
                    #expect(status.prefilter == wanted)
                }
            }
        }

        /// A pattern that ends in a star has no suffix to look for.
        @Test func patternsOfAnyEnding() async throws {
            try await AgentUnderTest.serving { agent in
                try await agent.armed("empty", names: "['example.te*']") { _ in
                    let status = try await agent.client.status()
                    #expect(status.prefilter == .labels)
                }
            }
        }

        /// CAP_BPF and CAP_PERFMON are gone once it serves.
        @Test func keepsOneCapability() async throws {
            try await AgentUnderTest.serving { agent in
                let pid = try await agent.client.status().pid
                let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
                for set in ["CapPrm", "CapEff"] {
                    #expect(status.contains("\(set):\t0000000000001000"), "\(status)")
                }
            }
        }
    }
}

extension Place {
    /// Whether capabilities are those of the machine, not of a user namespace's own root.
    static var isInitialUserNamespace: Bool {
        let map = (try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8)) ?? ""
        return map.split(whereSeparator: \.isWhitespace) == ["0", "0", "4294967295"]
    }
}
