import Control
import FaultKinds
import Foundation
import Testing

extension KernelTests {
    /// Whose traffic a fault is about, for answers and connections alike.
    @Suite("scope") struct ScopeTests {
        static let port = Reach.port

        /// curl's exit code for a server that a `reset` may be for, as some user or in some group.
        static func curl(as user: String? = nil, in group: String? = nil) async throws -> Int32 {
            var words = ["curl", "-s", "-o", "/dev/null", "-m", "2"]
            words.append("http://\(Reach.v4).9:\(port)/3")
            return try await run(words, user, group).status
        }

        static func dig(as user: String? = nil, in group: String? = nil) async throws -> String {
            try await run(ExecTests.ask, user, group).output
        }

        private static func run(
            _ words: [String], _ user: String?, _ group: String?
        ) async throws -> Program.Ended {
            var words = words
            if let user { words = ["setpriv", "--reuid", user, "--clear-groups"] + words }
            if let group { words = ["sh"] + Cgroups.entering(group, words) }
            return try await Program.run(words[0], Array(words.dropFirst()))
        }

        static func onStage(_ body: (AgentUnderTest) async throws -> Void) async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                try await NSD.serving {
                    try await AgentUnderTest.serving { try await body($0) }
                }
            }
        }

        static let redirect = "names: plain.example.test\ndns: {redirect: 10.9.9.9}\n"
        static let reset = "net: reset\nhosts: [\(Reach.v4).9]\n"

        static func armed(
            _ agent: AgentUnderTest, _ scope: String, _ body: () async throws -> Void
        ) async throws {
            for text in [redirect, reset] {
                _ = try await agent.client.arm(
                    ArmRequest(body: text + "scope: {\(scope)}\n", name: "drill", for: .seconds(60))
                )
            }
            try await body()
            _ = try await agent.client.liftAll()
        }

        @Test(
            "control group: uid: what a user's sockets send and ask for, nobody else's",
            .enabled(
                if: Place.hasOtherUsers && Cgroups.areWritable, "there are no other users here"))
        func users() async throws {
            try await Self.onStage { agent in
                for name in ["4242", "nobody"] {
                    let number = name == "nobody" ? "65534" : name
                    try await Self.armed(agent, "uid: \(name)") { () async throws in
                        #expect(try await Self.dig() == "192.0.2.1\n")
                        #expect(try await Self.dig(as: "4243") == "192.0.2.1\n")
                        #expect(try await Self.dig(as: number) == "10.9.9.9\n")
                        #expect(try await Self.curl() == 0)
                        #expect(try await Self.curl(as: "4243") == 0)
                        #expect(try await Self.curl(as: number) == 7)
                    }
                    #expect(try await Self.dig(as: number) == "192.0.2.1\n")
                    #expect(try await Self.curl(as: number) == 0)
                }
            }
        }

        @Test("uid: of whoever runs this, in any namespace")
        func ownUser() async throws {
            try await Self.onStage { agent in
                try await Self.armed(agent, "uid: 0") { () async throws in
                    #expect(try await Self.dig() == "10.9.9.9\n")
                    #expect(try await Self.curl() == 7)
                }
                try await Self.armed(agent, "uid: 4242") { () async throws in
                    #expect(try await Self.dig() == "192.0.2.1\n")
                    #expect(try await Self.curl() == 0)
                }
            }
        }

        @Test(
            "control group: cgroup, unit, container, pid: those in it and below it, nobody else",
            .enabled(if: Cgroups.areWritable, "no control groups can be made here"),
            arguments: [
                "cgroup", "folder", "unit", "docker", "podman", "containerd", "cgroupfs", "pid",
            ])
        func groups(_ kind: String) async throws {
            let id = "4f1c0ffee" + String(repeating: "0", count: 55)
            let name =
                switch kind {
                case "unit": "brownout-test-drill.service"
                case "docker": "docker-\(id).scope"
                case "podman": "libpod-\(id).scope"
                case "containerd": "cri-containerd-\(id).scope"
                case "cgroupfs": id
                default: "brownout-test-drill"
                }
            try await Self.onStage { agent in
                try await Cgroups.with(name) { folder in
                    try await Cgroups.with("\(name)/below") { below in
                        let sleeper = try await Program(
                            "sh", Cgroups.entering(folder, ["sleep", "300"]))
                        let list = "\(folder)/cgroup.procs"
                        #expect(
                            try await eventually {
                                (try? String(contentsOfFile: list, encoding: .utf8)) != ""
                            })
                        let path = String(folder.dropFirst(Cgroups.mount?.folder.count ?? 0))
                        let scope =
                            switch kind {
                            case "cgroup": "cgroup: \(path)"
                            case "folder": "cgroup: \(folder)"
                            case "unit": "unit: \(name)"
                            case "pid": "pid: \(sleeper.pid)"
                            default: "container: \(id.prefix(12))"
                            }
                        try await Self.armed(agent, scope) { () async throws in
                            for group in [folder, below] {
                                #expect(try await Self.dig(in: group) == "10.9.9.9\n")
                                #expect(try await Self.curl(in: group) == 7)
                            }
                            #expect(try await Self.dig() == "192.0.2.1\n")
                            #expect(try await Self.curl() == 0)
                        }
                        #expect(try await Self.dig(in: folder) == "192.0.2.1\n")
                        #expect(try await Self.curl(in: folder) == 0)
                        await sleeper.end()
                    }
                }
            }
        }

        @Test(
            "control group: cgroup and uid together: both must hold; kill closes theirs alone",
            .enabled(
                if: Place.hasOtherUsers && Cgroups.areWritable, "there are no other users here"))
        func both() async throws {
            try await Self.onStage { agent in
                try await Cgroups.with("brownout-test-both") { folder in
                    try await Self.armed(agent, "cgroup: \(folder), uid: 4242") { () async throws in
                        #expect(try await Self.dig(in: folder) == "192.0.2.1\n")
                        #expect(try await Self.dig(as: "4242") == "192.0.2.1\n")
                        #expect(try await Self.dig(as: "4242", in: folder) == "10.9.9.9\n")
                        #expect(try await Self.curl(in: folder) == 0)
                        #expect(try await Self.curl(as: "4242") == 0)
                        #expect(try await Self.curl(as: "4242", in: folder) == 7)
                    }
                }
            }
        }

        struct Refusal: Sendable, CustomTestStringConvertible {
            var scope: String
            var more = "net: reset\nhosts: [192.0.2.1]"
            var says: String
            var testDescription: String { "\(scope) \(more.split(separator: "\n")[0])" }
        }

        static let refusals = [
            Refusal(scope: "cgroup: /no/such", says: "no control group /no/such"),
            Refusal(scope: "cgroup: /", says: "root control group is every process"),
            Refusal(scope: "unit: none.service", says: "no unit none.service"),
            Refusal(scope: "container: 0123456789ab", says: "no container 0123456789ab"),
            Refusal(scope: "container: 0123", says: "12 characters"),
            Refusal(scope: "pid: 2147483647", says: "no process 2147483647"),
            Refusal(scope: "uid: no-such-user", says: "no user no-such-user"),
            Refusal(scope: "netns: none", says: "no network namespace none"),
            Refusal(
                scope: "uid: 4242", more: "net: halfopen\nhosts: [192.0.2.1]",
                says: "what comes back"),
            Refusal(
                scope: "uid: 4242", more: "net: reset\nports: 80\ndirection: inbound",
                says: "outbound"),
            Refusal(
                scope: "uid: 4242", more: "names: a.example.test\ndns: empty\nleg: wire",
                says: "asks for everybody"),
            Refusal(scope: "{}", says: "scope"),
            Refusal(scope: "pid: 1, unit: a.service", says: "already"),
        ]

        @Test("what cannot be found or kept is refused", arguments: refusals)
        func refused(_ row: Refusal) async throws {
            try await Self.onStage { agent in
                let scope = row.scope == "{}" ? "{}" : "{\(row.scope)}"
                let file = try await Place.scratch().appending(path: "f.yaml")
                try Data("\(row.more)\nscope: \(scope)\n".utf8).write(to: file)
                let ended = try await agent.brownout(["inject", file.path(), "--detach"])
                #expect(ended.status == 2)
                #expect(ended.errors.contains(row.says), "\(ended.errors)")
                #expect(try await agent.client.faults() == [])
            }
        }

        @Test("programs that ask a daemon over a socket cannot be told apart: refused")
        func daemons() async throws {
            try await Self.onStage { agent in
                for (path, hosts) in [
                    ("/run/nscd/socket", "dns"),
                    ("/run/systemd/resolve/io.systemd.Resolve", "resolve [!UNAVAIL=return] dns"),
                ] {
                    let file = URL(filePath: path)
                    let folder = file.deletingLastPathComponent()
                    try FileManager.default.createDirectory(
                        at: folder, withIntermediateDirectories: true)
                    try Data().write(to: file)
                    let nsswitch = URL(filePath: "/etc/nsswitch.conf")
                    let before = try Data(contentsOf: nsswitch)
                    let handle = try FileHandle(forWritingTo: nsswitch)
                    try handle.truncate(atOffset: 0)
                    try handle.write(contentsOf: Data("hosts: \(hosts)\n".utf8))
                    let ended = try await agent.brownout([
                        "dns", "empty", "plain.example.test", "--uid", "0", "--detach",
                    ])
                    // A fault on connections does not mind.
                    let net = try await agent.brownout([
                        "net", "reset", "192.0.2.1", "--uid", "0", "--detach",
                    ])
                    try FileManager.default.removeItem(at: file)
                    try handle.truncate(atOffset: 0)
                    try handle.seek(toOffset: 0)
                    try handle.write(contentsOf: before)
                    try handle.close()
                    #expect(ended.status == 2)
                    #expect(ended.errors.contains(path), "\(ended.errors)")
                    #expect(net.status == 0, "\(net.errors)")
                    _ = try await agent.client.liftAll()
                }
            }
        }
    }
}
