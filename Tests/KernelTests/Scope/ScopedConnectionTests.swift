import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// Scopes of faults on connections: IPv6, `kill`, and game days.
    @Suite("scope: connections") struct ScopedConnectionTests {
        private static let host = "\(Reach.v6):9"
        private static let page = "http://[\(host)]:\(Reach.port)/3"

        /// curl's exit code over IPv6.
        private static func curl(as user: String? = nil, in group: String? = nil) async throws
            -> Int32
        {
            var words = ["curl", "-6", "-s", "-o", "/dev/null", "-m", "2", page]
            if let user { words = ["setpriv", "--reuid", user, "--clear-groups"] + words }
            if let group { words = ["sh"] + Cgroups.entering(group, words) }
            return try await Program.run(words[0], Array(words.dropFirst())).status
        }

        /// What a question over IPv6 is answered.
        private static func dig(as user: String? = nil, in group: String? = nil) async throws
            -> String
        {
            var words = ["dig", "-6", "@::1", "+short", "+tries=1", "plain.example.test"]
            if let user { words = ["setpriv", "--reuid", user, "--clear-groups"] + words }
            if let group { words = ["sh"] + Cgroups.entering(group, words) }
            return try await Program.run(words[0], Array(words.dropFirst())).output
        }

        private static func armed(
            _ agent: AgentUnderTest, _ scope: String, _ body: () async throws -> Void
        ) async throws {
            for text in [ScopeTests.redirect, "net: reset\nhosts: ['\(host)']\n"] {
                _ = try await agent.client.arm(
                    ArmRequest(body: text + "scope: {\(scope)}\n", name: "drill", for: .seconds(60))
                )
            }
            try await body()
            _ = try await agent.client.liftAll()
        }

        @Test(
            "control group: IPv6: a user's and a group's, nobody else's; status says whose",
            .enabled(
                if: Place.hasOtherUsers && Cgroups.areWritable, "there are no other users here"))
        func overIPv6() async throws {
            try await ScopeTests.onStage { agent in
                try await Self.armed(agent, "uid: 4242") { () async throws in
                    #expect(try await Self.curl() == 0)
                    #expect(try await Self.curl(as: "4243") == 0)
                    #expect(try await Self.curl(as: "4242") == 7)
                    #expect(try await Self.dig() == "192.0.2.1\n")
                    #expect(try await Self.dig(as: "4242") == "10.9.9.9\n")
                    let status = try await agent.brownout(["status"]).output
                    #expect(status.contains(/f1-[a-z]{3}: only uid 4242\n/), "\(status)")
                    #expect(status.contains(/f2-[a-z]{3}: only uid 4242\n/), "\(status)")
                }
                try await Cgroups.with("brownout-test-v6") { folder in
                    try await Self.armed(agent, "cgroup: \(folder)") { () async throws in
                        #expect(try await Self.curl() == 0)
                        #expect(try await Self.curl(in: folder) == 7)
                        #expect(try await Self.dig() == "192.0.2.1\n")
                        #expect(try await Self.dig(in: folder) == "10.9.9.9\n")
                    }
                    #expect(try await Self.curl(in: folder) == 0)
                    #expect(try await Self.dig(in: folder) == "192.0.2.1\n")
                }
            }
        }

        @Test(
            "kill closes the connections of the scope, and leaves those of others",
            .enabled(if: Place.hasOtherUsers, "there are no other users here"))
        func kill() async throws {
            try await ScopeTests.onStage { agent in
                for address in ["\(Reach.v4).9", Self.host] {
                    let holder = try await Program(Python.path, ["-I", "-c", Self.holder, address])
                    #expect(try await eventually { holder.outputText.contains("open\n") })
                    let lines = [
                        "hosts: ['\(address)']", "kill: true", "scope: {uid: 4242}",
                    ]
                    try await agent.broken("{latency: 10ms}", lines) { _ in
                        let told = try await eventually {
                            holder.outputText.split(separator: "\n").count == 3
                        }
                        #expect(told, "\(holder.errorText)")
                    }
                    #expect(
                        holder.outputText == "open\n4242: closed\n0: ok\n",
                        "\(address): \(holder.outputText)")
                    await holder.end()
                }
            }
        }

        /// Two connections, one of uid 4242. Tells when that is closed, and then what the other says.
        private static let holder = """
            import os, socket, sys
            host = sys.argv[1]
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            def connect():
                s = socket.socket(family)
                s.settimeout(5)
                s.bind(("2001:db8::53" if ":" in host else "192.0.2.53", 0))
                s.connect((host, 8080))
                return s
            os.seteuid(4242)
            theirs = connect()
            os.seteuid(0)
            ours = connect()
            print("open", flush=True)
            try:
                what = "ok" if theirs.recv(10) else "ended"
            except TimeoutError:
                what = "open"
            except OSError:
                what = "closed"
            print("4242:", what, flush=True)
            try:
                ours.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                what = "ok" if ours.recv(100) else "ended"
            except OSError as e:
                what = str(e)
            print("0:", what, flush=True)
            """

        @Test(
            "a game day narrows a fault of the catalogue with `scope`",
            .enabled(if: Place.hasOtherUsers, "there are no other users here"))
        func gameDay() async throws {
            try await ScopeTests.onStage { agent in
                let page = "http://\(Reach.v4).9:\(Reach.port)/3"
                let fetch = "curl -s -o /dev/null -m 0.8 \(page)"
                let yaml = """
                    title: One user alone
                    probes:
                      theirs: {exec: "setpriv --reuid 4242 --clear-groups \(fetch)", every: 500ms}
                      ours: {exec: "\(fetch)", every: 500ms}
                    baseline: 1s
                    recovery: 10s
                    steadyState: {theirs: success >= 99%, ours: success >= 99%}
                    phases:
                      - name: outage
                        for: 4s
                        arm:
                          - include: no-sts-net
                            with:
                              names: [sts.example.test]
                              hosts: ["\(Reach.v4).9"]
                              ports: [\(Reach.port)]
                              scope: {uid: 4242}
                        expect: {theirs: fail within 2s, ours: always pass}
                    """
                let (run, ended) = try await RunUnderTest.whole(yaml, agent)
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                let journal = try run.journal()
                #expect(journal.results(of: "theirs").contains { !$0.result.passed })
                #expect(!journal.results(of: "ours").contains { !$0.result.passed })
            }
        }
    }
}
