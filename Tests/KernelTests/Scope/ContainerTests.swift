import Control
import Foundation
import Testing

extension KernelTests {
    /// Containers with a network of their own: processes in a network and mount namespace, in a control
    /// group named as Docker, Podman or containerd name it.
    @Suite(
        "containers",
        .enabled(if: Cgroups.areWritable, "control group: none can be made here"))
    struct ContainerTests {
        static let id = "4f1c0ffee" + String(repeating: "0", count: 55)
        static let short = String(id.prefix(12))
        static let real = "192.0.2.1\n"

        struct Engine: Sendable, CustomTestStringConvertible {
            var group: String
            /// Where it puts processes, below the group.
            var below: String?
            var testDescription: String {
                group.replacing(ContainerTests.id, with: "ID") + (below.map { "/\($0)" } ?? "")
            }
        }

        static let engines = [
            Engine(group: "docker-\(id).scope"), Engine(group: id),
            Engine(group: "libpod-\(id).scope", below: "container"),
            Engine(group: "cri-containerd-\(id).scope"),
        ]

        /// A container that runs, and whoever shares its network without being in its group, as another
        /// container of its pod does.
        struct Container: Sendable {
            var blue: Blue
            var process: Int32
            var folder: String

            private func run(_ words: [String]) async throws -> Program.Ended {
                try await Program.run(
                    "nsenter",
                    ["--target", "\(process)", "--net", "--mount", "--root", "--"] + words)
            }

            func dig() async throws -> String {
                try await run(["sh"] + Cgroups.entering(folder, ContainerTests.dig)).output
            }

            func curl() async throws -> Int32 {
                try await run(["sh"] + Cgroups.entering(folder, Blue.curl)).status
            }

            func digBeside() async throws -> String { try await run(ContainerTests.dig).output }

            func curlBeside() async throws -> Int32 { try await run(Blue.curl).status }
        }

        /// Whom it asks says its resolv.conf alone.
        static let dig = ["dig", "+short", "+tries=1", "+time=1", "-r", "plain.example.test"]

        /// Its own root folder with a resolv.conf that leads elsewhere in it, by a link.
        static let furnish = """
            set -e
            mount --make-rprivate /
            mkdir "$1/root"
            mount --rbind / "$1/root"
            mount -t tmpfs tmpfs "$1/root/run"
            mkdir "$1/root/run/resolver"
            echo "nameserver \(Blue.server)" > "$1/root/run/resolver/real"
            ln -s /run/resolver/real "$1/root/run/resolver/resolv.conf"
            mount --bind "$1/root/run/resolver/real" "$1/root/etc/resolv.conf"
            exec chroot "$1/root" sleep 600
            """

        static func onStage(
            _ engine: Engine, _ body: (Container) async throws -> Void
        ) async throws {
            try await Blue.onStage { blue in
                // This host asks itself, so that `leg: auto` is another one than there.
                try await Place.setResolvers(["127.0.0.1"])
                try await Cgroups.with(engine.group) { folder in
                    guard let below = engine.below else {
                        return try await run(in: folder, blue, body)
                    }
                    try await Cgroups.with("\(engine.group)/\(below)") { folder in
                        try await run(in: folder, blue, body)
                    }
                }
            }
        }

        private static func run(
            in folder: String, _ blue: Blue, _ body: (Container) async throws -> Void
        ) async throws {
            let scratch = try await Place.scratch().path()
            let words = blue.neighbour.command(
                ["unshare", "--mount", "--", "sh"]
                    + Cgroups.entering(folder, ["sh", "-c", furnish, "sh", scratch]))
            try await Program.serving(
                words[0], Array(words.dropFirst()),
                isReady: { program in
                    let file = "/proc/\(program.pid)/cmdline"
                    return try String(contentsOfFile: file, encoding: .utf8).hasPrefix("sleep")
                },
                { program in
                    try await body(Container(blue: blue, process: program.pid, folder: folder))
                })
        }

        @Test(
            "control group: found by id; it alone feels it, not who shares its network",
            arguments: engines)
        func byID(_ engine: Engine) async throws {
            try await Self.onStage(engine) { container in
                let blue = container.blue
                let more = ["--container", Self.short, "--detach"]
                #expect(try await container.dig() == Self.real)
                let dns = try await blue.brownout(["dns", "empty", "plain.example.test"] + more)
                #expect(dns.status == 0, "\(dns.errors)")
                let net = try await blue.brownout(["net", "reset", Blue.web] + more)
                #expect(net.status == 0, "\(net.errors)")
                #expect(try await container.dig() == "")
                #expect(try await container.curl() == 7)
                #expect(try await container.digBeside() == Self.real)
                #expect(try await container.curlBeside() == 0)
                #expect(try await blue.digHere() == Self.real)
                #expect(try await blue.curlHere() == 0)
                // On the way back all is as before.
                #expect(try await blue.hasCleanEnd())
                #expect(try await container.dig() == Self.real)
                #expect(try await container.curl() == 0)
            }
        }

        @Test(
            "control group: by a process of it, or its path; kill -9 of the agent leaves nothing",
            arguments: ["--pid", "--cgroup"])
        func byProcess(_ flag: String) async throws {
            try await Self.onStage(Self.engines[0]) { container in
                let blue = container.blue
                let value = flag == "--pid" ? "\(container.process)" : container.folder
                let armed = try await blue.brownout([
                    "dns", "empty", "plain.example.test", flag, value, "--detach",
                ])
                #expect(armed.status == 0, "\(armed.errors)")
                #expect(try await container.dig() == "")
                #expect(try await container.digBeside() == Self.real)
                let pid = try await blue.agent().status().pid
                // What it may do there is what it may do here.
                let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
                #expect(status.contains("CapPrm:\t0000000000001000\n"), "\(status)")
                kill(pid, SIGKILL)
                #expect(try await eventually { try await blue.ruleset() == "" })
                #expect(try await container.dig() == Self.real)
            }
        }

        @Test(
            "control group: an agent of another namespace refuses it, also where /proc is hidden",
            arguments: [false, true])
        func elsewhere(_ isHidden: Bool) async throws {
            // As ProtectProc=invisible and Group= do it: group 0 would see all.
            let hide = """
                mount -t proc -o hidepid=invisible proc /proc
                exec setpriv --regid 4242 --clear-groups "$@"
                """
            let wrapper =
                isHidden ? ["unshare", "--mount", "--", "sh", "-c", hide, "sh"] : []
            try await Self.onStage(Self.engines[2]) { container in
                try await AgentUnderTest.serving(wrapper: wrapper) { agent in
                    // Where nothing is to be seen, a control group is taken at its word.
                    let group = isHidden ? [] : ["cgroup: \(container.folder)"]
                    for scope in group
                        + ["container: \(Self.short)", "pid: \(container.process)"]
                    {
                        for fault in ["names: a.example.test\ndns: empty", "net: reset\nports: 9"] {
                            let error = await #expect(throws: AgentError.self) {
                                _ = try await agent.client.arm(
                                    ArmRequest(
                                        body: "\(fault)\nscope: {\(scope)}\n", for: .seconds(9)))
                            }
                            guard case .refused(let reply, status: 400) = error else {
                                Issue.record("\(scope): \(String(describing: error))")
                                continue
                            }
                            let words = isHidden ? "cannot be seen" : "of its own"
                            #expect(reply.error.contains(words), "\(reply.error)")
                        }
                    }
                    #expect(try await agent.client.faults() == [])
                    // Whoever may look finds the right one beside it.
                    let armed = try await agent.brownout([
                        "dns", "empty", "plain.example.test", "--container", Self.short, "--detach",
                    ])
                    #expect(armed.status == 0, "\(armed.errors)")
                    #expect(try await container.dig() == "")
                    let there = try await AgentClient.of(agent, container.blue)
                    kill(try await there.status().pid, SIGKILL)
                    #expect(try await agent.client.faults() == [])
                }
            }
        }

        @Test(
            "control group: who may not look at it is told so",
            .enabled(if: Place.hasOtherUsers, "there are no other users here"))
        func otherUser() async throws {
            try await Self.onStage(Self.engines[0]) { container in
                let ended = try await Program.run(
                    "setpriv",
                    ["--reuid", "4242", "--clear-groups", AgentUnderTest.client, "dns", "empty"]
                        + ["a.example.test", "--container", Self.short],
                    environment: ["BROWNOUT_SOCKET": container.blue.ordinary])
                #expect(ended.status == 3)
                #expect(ended.errors.contains("use sudo"), "\(ended.errors)")
            }
        }
    }
}
