import Control
import Foundation
import Testing

extension KernelTests {
    /// Names whose addresses no answer from elsewhere tells: those of /etc/hosts, and this host's own.
    @Suite("connections: names of this host", .timeLimit(.minutes(2))) struct KnownAddressTests {
        /// Runs `body` beside an agent for which a file is /etc/hosts.
        private static func serving(
            hosts: String, protecting: [String] = [],
            _ body: (AgentUnderTest, URL) async throws -> Void
        ) async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                let file = try await Place.scratch().appending(path: "hosts")
                try Data(hosts.utf8).write(to: file)
                let lay = "mount --bind \(file.path()) /etc/hosts; exec \"$@\""
                try await AgentUnderTest.serving(
                    wrapper: ["unshare", "--mount", "--", "sh", "-c", lay, "sh"],
                    protecting: protecting
                ) { agent in
                    try await body(agent, file)
                }
            }
        }

        @Test("/etc/hosts: its addresses are followed, by pattern too; what is protected is not")
        func hosts() async throws {
            let hosts = """
                \(Reach.v4).21 db.example.test db # the first
                \(Reach.v6):21 DB.example.test
                \(Reach.v4).22 safe.example.test other.example.test
                \(Reach.v4).23 elsewhere.test
                127.0.0.1 localhost local.example.test
                0.0.0.0 blocked.example.test
                """
            try await Self.serving(hosts: hosts, protecting: ["safe.example.test"]) { agent, _ in
                try await agent.broken(
                    "reset", ["hosts: ['*.example.test']", "except: safe.example.test"]
                ) { fault in
                    let seen = try await Reach.attempt(
                        ["\(Reach.v4).21", "\(Reach.v6):21", "\(Reach.v4).22", "\(Reach.v4).23"]
                            .map { Reach.Attempt(host: $0) }
                            + [Reach.Attempt(host: "127.0.0.1")])
                    #expect(seen.map(\.what) == ["refused", "refused", "ok", "ok", "ok"])
                    let report = try #require(
                        try await agent.client.fault(fault.id).connections)
                    #expect(report.addresses == 2)
                    #expect(
                        report.unfollowed == [
                            UnfollowedAddress(
                                address: "0.0.0.0", name: "blocked.example.test", reason: .noHost),
                            UnfollowedAddress(
                                address: "127.0.0.1", name: "local.example.test",
                                reason: .thisHost),
                        ])
                    let status = try await agent.brownout(["status"]).output
                    #expect(
                        status.contains(
                            "local.example.test leads to 127.0.0.1, which is this host: name its port"
                        ), "\(status)")
                }
            }
        }

        @Test("/etc/hosts: more than fits into one message to the kernel; nothing of it is lost")
        func many() async throws {
            let lines = (0..<3_000).map { "10.55.\($0 / 250).\($0 % 250 + 1) n\($0).example.test" }
            let last = "\(Reach.v4).77 last.example.test"
            let hosts = (lines + [last]).joined(separator: "\n") + "\n"
            try await Self.serving(hosts: hosts) { agent, _ in
                try await agent.broken("reset", ["hosts: ['*.example.test']"]) { fault in
                    let seen = try await Reach.attempt(Reach.Attempt(host: "\(Reach.v4).77"))
                    #expect(seen.what == "refused")
                    let report = try #require(
                        try await agent.client.fault(fault.id).connections)
                    #expect(report.addresses == 3_001)
                    let rules = try await ruleset()
                    #expect(rules.components(separatedBy: "10.55.").count - 1 == 3_000)
                    #expect(try await agent.counters().errors == 0)
                }
            }
        }

        @Test(
            "/etc/hosts: an address is spared for another line of it, shared with a third; mapped ones"
        )
        func lines() async throws {
            let hosts = """
                \(Reach.v4).41 db.example.test
                \(Reach.v4).41 safe.example.test
                \(Reach.v4).42 db.example.test
                \(Reach.v4).42 other.example.test
                ::ffff:\(Reach.v4).43 db.example.test
                \(Reach.v4).44 db.example.test
                \(Reach.v4).44 not.example.test
                127.0.0.1 db.example.test
                """
            try await Self.serving(hosts: hosts, protecting: ["safe.example.test"]) { agent, _ in
                let fault = [
                    "hosts: [db.example.test]", "except: not.example.test", "ports: 1-65535",
                ]
                try await agent.broken("reset", fault) { fault in
                    let seen = try await Reach.attempt(
                        (41...44).map { Reach.Attempt(host: "\(Reach.v4).\($0)") }
                            + [Reach.Attempt(host: "127.0.0.1")])
                    #expect(seen.map(\.what) == ["ok", "refused", "refused", "ok", "ok"])
                    let report = try await agent.client.fault(fault.id).connections
                    #expect(
                        report?.shared == [
                            SharedAddress(address: "\(Reach.v4).42", name: "other.example.test")
                        ])
                    // Every port of it is no port of it.
                    #expect(report?.unfollowed?.map(\.reason) == [.thisHost])
                }
            }
        }

        @Test("/etc/hosts: a line that is changed is followed too")
        func changed() async throws {
            try await Self.serving(hosts: "\(Reach.v4).31 db.example.test\n") { agent, file in
                try await agent.broken("reset", ["hosts: 'db.example.test:\(Reach.port)'"]) { _ in
                    let (first, second) = (
                        Reach.Attempt(host: "\(Reach.v4).31"), Reach.Attempt(host: "\(Reach.v4).32")
                    )
                    let seen = try await Reach.attempt([first, second])
                    #expect(seen.map(\.what) == ["refused", "ok"])
                    // In place: a bind mount shows the file that was there when it was made.
                    let handle = try FileHandle(forWritingTo: file)
                    try handle.write(contentsOf: Data("\(Reach.v4).32 db.example.test\n".utf8))
                    try handle.close()
                    let isFollowed = try await eventually(within: .seconds(15)) {
                        try await Reach.attempt(second).what == "refused"
                    }
                    #expect(isFollowed)
                }
            }
        }

        @Test("a name of this host, with a port: that port of 127.0.0.1 and ::1 alone")
        func ownPort() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                try await ScriptedUpstream.serving { asked in
                    switch asked.type {
                    case RType.a: [.message(asked.answer([Records.a(127, 0, 0, 1)]))]
                    default: [.message(asked.answer())]
                    }
                } _: {
                    try await AgentUnderTest.serving { agent in
                        let attempts = [
                            Reach.Attempt(host: "127.0.0.1"),
                            Reach.Attempt(host: "127.0.0.1", port: Reach.otherPort),
                            Reach.Attempt(host: "127.0.0.2"),
                        ]
                        let ported = ["hosts: 'sidecar.example.test:\(Reach.port)'"]
                        try await agent.broken("reset", ported) { _ in
                            let seen = try await Reach.attempt(attempts)
                            #expect(seen.map(\.what) == ["refused", "ok", "ok"])
                        }
                        // Every port of this host is more than anybody can mean by a name.
                        try await agent.broken("reset", ["hosts: sidecar.example.test"]) { fault in
                            let seen = try await Reach.attempt(attempts)
                            #expect(seen.map(\.what) == ["ok", "ok", "ok"])
                            let report = try #require(
                                try await agent.client.fault(fault.id).connections)
                            #expect(report.unresolved == ["sidecar.example.test"])
                            #expect(report.unfollowed?.map(\.address) == ["127.0.0.1"])
                        }
                    }
                }
            }
        }
    }
}
