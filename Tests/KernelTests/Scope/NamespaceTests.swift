import Control
import Foundation
import Testing

extension KernelTests {
    /// `--netns`: faults in another network namespace, by an agent that has its sockets there.
    @Suite("network namespaces") struct NamespaceTests {
        static let real = "192.0.2.1\n"

        @Test(
            "by name and by path: only those there feel it; the agent leaves nothing",
            arguments: ["blue", "/run/netns/blue", "/proc/PID/ns/net"])
        func named(_ typed: String) async throws {
            try await Blue.onStage { blue in
                let netns = typed.replacing("PID", with: "\(blue.neighbour.process)")
                let more = ["--netns", netns, "--for", "60s", "--detach"]
                #expect(try await blue.digThere() == Self.real)
                #expect(try await blue.curlThere() == 0)
                let dns = try await blue.brownout(["dns", "empty", "plain.example.test"] + more)
                #expect(dns.status == 0, "\(dns.errors)")
                let net = try await blue.brownout(["net", "reset", Blue.web] + more)
                #expect(net.status == 0, "\(net.errors)")
                #expect(try await blue.digThere() == "")
                #expect(try await blue.digHere() == Self.real)
                #expect(try await blue.curlThere() == 7)
                #expect(try await blue.curlHere() == 0)
                #expect(try await ruleset() == "")

                let status = try await blue.agent().status()
                #expect(status.netns?.inode == (try Blue.inode(of: blue.neighbour.process)))
                #expect(status.netns?.name == netns)
                #expect(status.onDemand)
                let text = try await blue.brownout(["status", "--netns", netns])
                #expect(text.output.contains("netns \(netns)  "), "\(text.output)")
                // Not the agent of this namespace: there is none.
                #expect(try await blue.brownout(["status"]).status == 3)

                #expect(try await blue.brownout(["lift", "f1", "--netns", netns]).status == 0)
                #expect(try await blue.digThere() == Self.real)
                #expect(try await blue.curlThere() == 7)
                #expect(try await blue.hasCleanEnd())
                #expect(try await blue.curlThere() == 0)
            }
        }

        @Test("in the foreground: Ctrl-C lifts it, and its agent leaves; halt and resume")
        func foreground() async throws {
            try await Blue.onStage { blue in
                let client = try await Program(
                    AgentUnderTest.client,
                    ["dns", "empty", "plain.example.test", "--netns", "blue"],
                    environment: ["BROWNOUT_SOCKET": blue.ordinary])
                #expect(try await eventually { try await blue.digThere() == "" })
                #expect(try await blue.digHere() == Self.real)
                client.send(SIGINT)
                let ended = try #require(try await client.exit())
                #expect(ended.status == 5, "\(ended.errors)")
                #expect(try await blue.digThere() == Self.real)
                #expect(try await blue.isLeft())

                let arm = ["dns", "empty", "plain.example.test", "--netns", "blue", "--detach"]
                #expect(try await blue.brownout(arm).status == 0)
                #expect(try await blue.brownout(["halt", "--netns", "blue"]).status == 0)
                #expect(try await blue.digThere() == Self.real)
                #expect(try await blue.brownout(arm).status == 3)
                #expect(try await blue.brownout(["resume", "--netns", "blue"]).status == 0)
                // With nothing to do it leaves, and another one comes.
                #expect(try await blue.brownout(arm).status == 0)
                #expect(try await blue.digThere() == "")
                #expect(try await blue.hasCleanEnd())
            }
        }

        @Test("kill -9 of its agent: no rule is left there, names and connections are as before")
        func killed() async throws {
            try await Blue.onStage { blue in
                for what in [["dns", "empty", "plain.example.test"], ["net", "reset", Blue.web]] {
                    let armed = try await blue.brownout(what + ["--netns", "blue", "--detach"])
                    #expect(armed.status == 0, "\(armed.errors)")
                }
                #expect(try await blue.ruleset() != "")
                #expect(try await blue.digThere() == "")
                let pid = try await blue.agent().status().pid
                kill(pid, SIGKILL)
                #expect(try await eventually { try await blue.ruleset() == "" })
                #expect(try await blue.digThere() == Self.real)
                #expect(try await blue.curlThere() == 0)
                // The socket of the dead is no obstacle.
                let again = try await blue.brownout([
                    "dns", "empty", "plain.example.test", "--netns", "blue", "--detach",
                ])
                #expect(again.status == 0, "\(again.errors)")
                #expect(try await blue.digThere() == "")
                #expect(try await blue.hasCleanEnd())
            }
        }

        @Test("an agent here and one there, each with faults of its own")
        func besideEachOther() async throws {
            try await Blue.onStage { blue in
                try await AgentUnderTest.serving { here in
                    let there = try await AgentClient.of(here, blue)
                    let redirect = ["dns", "redirect", "plain.example.test", "--detach", "--to"]
                    #expect(try await here.brownout(redirect + ["10.1.1.1"]).status == 0)
                    let armed = try await here.brownout(redirect + ["10.2.2.2", "--netns", "blue"])
                    #expect(armed.status == 0, "\(armed.errors)")
                    #expect(try await blue.digHere() == "10.1.1.1\n")
                    #expect(try await blue.digThere() == "10.2.2.2\n")
                    #expect(try await here.client.faults().count == 1)
                    #expect(try await there.faults().count == 1)
                    // Named from here, this namespace is no other one.
                    let own = try await here.brownout([
                        "status", "--json", "--netns", "/proc/self/ns/net",
                    ])
                    let status = try JSONDecoder().decode(
                        AgentStatus.self, from: Data(own.output.utf8))
                    #expect(status.pid == here.program.pid)
                    #expect(status.netns?.name == nil)

                    // None is overlooked, and the red button is for all of them.
                    let text = try await here.brownout(["status"]).output
                    #expect(text.contains("netns blue: 1 fault armed: `brownout"), "\(text)")
                    let halted = try await here.brownout(["halt"])
                    #expect(halted.output.hasPrefix("halted here, in blue: "), "\(halted.output)")
                    #expect(try await blue.digHere() == Self.real)
                    #expect(try await blue.digThere() == Self.real)
                    #expect(try await here.brownout(["resume"]).status == 0)
                    #expect(try await here.brownout(redirect + ["10.1.1.1"]).status == 0)
                    let again = redirect + ["10.2.2.2", "--netns", "blue"]
                    // With nothing to do it left, and another one comes.
                    #expect(try await here.brownout(again).status == 0)
                    #expect(try await blue.digThere() == "10.2.2.2\n")

                    kill(try await there.status().pid, SIGKILL)
                    #expect(try await eventually { try await blue.ruleset() == "" })
                    #expect(try await blue.digThere() == Self.real)
                    #expect(try await blue.digHere() == "10.1.1.1\n")
                }
            }
        }

        @Test("an agent that does not answer keeps no other one from being halted, and is told")
        func haltBesideAStoppedOne() async throws {
            try await Blue.onStage { blue in
                try await AgentUnderTest.serving { here in
                    let there = try await AgentClient.of(here, blue)
                    let arm = ["dns", "empty", "plain.example.test", "--detach"]
                    #expect(try await here.brownout(arm).status == 0)
                    #expect(try await here.brownout(arm + ["--netns", "blue"]).status == 0)
                    let pid = try await there.status().pid
                    kill(pid, SIGSTOP)
                    let halted = try await here.brownout(["halt"])
                    #expect(halted.status == 3)
                    #expect(halted.output.hasPrefix("halted: "), "\(halted.output)")
                    #expect(halted.errors.contains("does not answer"), "\(halted.errors)")
                    #expect(try await blue.digHere() == Self.real)
                    kill(pid, SIGCONT)
                    #expect(try await here.brownout(["halt"]).status == 0)
                    #expect(try await blue.digThere() == Self.real)
                    kill(pid, SIGKILL)
                }
            }
        }

        @Test("a permanent agent there is found by name and path; whoever is started there too")
        func permanent() async throws {
            try await Blue.onStage { blue in
                // As a unit with NetworkNamespacePath= does: in it from the start, by its name.
                for enter in [[], blue.neighbour.command([])] {
                    let journal = try await Place.scratch().appending(path: "j").path()
                    let words =
                        enter + [
                            AgentUnderTest.path, "--netns", "blue", "--journal", journal,
                        ]
                    let agent = AgentClient(
                        socket: AgentClient.socket(
                            AgentClient.defaultSocket,
                            ofNetwork: try Blue.inode(of: blue.neighbour.process)))
                    try await Program.serving(
                        words[0], Array(words.dropFirst()),
                        isReady: { _ in (try? await agent.health().healthy) ?? false },
                        { _ in
                            let armed = try await Program.run(
                                AgentUnderTest.client,
                                [
                                    "dns", "empty", "plain.example.test", "--netns", "blue",
                                    "--detach",
                                ])
                            #expect(armed.status == 0, "\(armed.errors)")
                            #expect(try await agent.faults().count == 1)
                            #expect(try await blue.digThere() == "")
                            _ = try await agent.liftAll()
                            #expect(try await blue.digThere() == Self.real)
                            let lines = try String(contentsOfFile: journal, encoding: .utf8)
                                .split(separator: "\n")
                            #expect(lines.allSatisfy { $0.contains(#""netns":"blue""#) })
                        })
                }
            }
        }

        @Test("a file that names it is honoured, by an agent of another one refused")
        func files() async throws {
            try await Blue.onStage { blue in
                try await AgentUnderTest.serving { here in
                    let there = try await AgentClient.of(here, blue)
                    let text = "names: plain.example.test\ndns: empty\nscope: {netns: blue}\n"
                    let file = try await Place.scratch().appending(path: "f.yaml")
                    try Data(text.utf8).write(to: file)
                    let armed = try await here.brownout(["inject", file.path(), "--detach"])
                    #expect(armed.status == 0, "\(armed.errors)")
                    #expect(try await blue.digThere() == "")
                    #expect(try await blue.digHere() == Self.real)
                    // Whoever sends it to this one is told so.
                    let refused = await #expect(throws: AgentError.self) {
                        _ = try await here.client.arm(ArmRequest(body: text, for: .seconds(9)))
                    }
                    guard case .refused(let reply, status: 400) = refused else {
                        Issue.record("\(String(describing: refused))")
                        return
                    }
                    #expect(reply.error.contains("not in blue"), "\(reply.error)")
                    #expect(try await here.client.faults() == [])
                    let wrong = try await Place.scratch().appending(path: "w.yaml")
                    try Data(text.replacing("blue", with: "bleu").utf8).write(to: wrong)
                    let nowhere = try await here.brownout(["inject", wrong.path(), "--detach"])
                    #expect(nowhere.status == 2)
                    #expect(
                        nowhere.errors.contains("w.yaml:3:16: key `netns`: there is no network"),
                        "\(nowhere.errors)")
                    // Two namespaces at once: either all are armed or none.
                    let other = try await Place.scratch().appending(path: "g.yaml")
                    try Data("names: a.example.test\ndns: empty\n".utf8).write(to: other)
                    let both = try await here.brownout([
                        "inject", file.path(), other.path(), "--detach",
                    ])
                    #expect(both.status == 2)
                    #expect(both.errors.contains("several network namespaces"), "\(both.errors)")
                    #expect(try await there.faults().count == 1)
                    // A flag does not take a file's other limits away.
                    let limited = try await Place.scratch().appending(path: "h.yaml")
                    try Data(text.replacing("netns: blue", with: "uid: 4242").utf8).write(
                        to: limited)
                    let narrow = try await here.brownout([
                        "inject", limited.path(), "--netns", "blue", "--detach",
                    ])
                    #expect(narrow.status == 0, "\(narrow.errors)")
                    _ = try await there.lift("f1")
                    #expect(try await blue.digThere() == Self.real)
                    kill(try await there.status().pid, SIGKILL)
                }
            }
        }

        struct Mistake: Sendable, CustomTestStringConvertible {
            var netns: String
            var says: String
            var testDescription: String { netns }
        }

        static let mistakes = [
            Mistake(netns: "none", says: "there is no network namespace none: no /run/netns/none"),
            Mistake(netns: "/no/such", says: "no /no/such"),
            Mistake(netns: "/etc/passwd", says: "/etc/passwd is no network namespace"),
            Mistake(netns: "/proc/self/ns/uts", says: "is no network namespace"),
            Mistake(netns: "/proc/2147483647/ns/net", says: "no network namespace"),
            Mistake(netns: "..", says: "names nothing"),
            Mistake(netns: "", says: "the value is empty"),
        ]

        @Test("what is no namespace: one line, exit 2, by client and agent", arguments: mistakes)
        func refused(_ row: Mistake) async throws {
            try await Place.prepare()
            let socket = try await Place.scratch().appending(path: "s").path()
            let client = try await Program.run(
                AgentUnderTest.client,
                ["dns", "empty", "a.example.test", "--detach", "--netns", row.netns],
                environment: ["BROWNOUT_SOCKET": socket])
            #expect(client.status == 2)
            #expect(client.errors.contains(row.says), "\(client.errors)")
            #expect(client.errors.split(separator: "\n").count == 1, "\(client.errors)")
            let agent = try await Program.run(
                AgentUnderTest.path, ["--socket", socket, "--netns", row.netns])
            #expect(agent.status == 2)
            #expect(agent.errors.split(separator: "\n").count == 1, "\(agent.errors)")
        }

        @Test("without CAP_SYS_ADMIN: one line, exit 3")
        func forbidden() async throws {
            try await Blue.onStage { blue in
                let bounded = ["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]
                for program in [
                    [AgentUnderTest.path],
                    [AgentUnderTest.client, "dns", "empty", "a.example.test"],
                ] {
                    let ended = try await Program.run(
                        "setpriv", bounded + program + ["--netns", "blue"],
                        environment: ["BROWNOUT_SOCKET": blue.ordinary])
                    #expect(ended.status == 3, "\(ended.errors)")
                    #expect(ended.errors.contains("CAP_SYS_ADMIN"), "\(ended.errors)")
                    #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
                }
            }
        }

        @Test("a game day's faults are armed there, those for another one are refused")
        func gameDay() async throws {
            func day(_ scope: String) -> String {
                """
                title: blue
                probes: {fine: {exec: "true", every: 250ms}}
                baseline: 3s
                recovery: 10s
                steadyState: {fine: success > 1% over 3s}
                phases:
                  - name: elsewhere
                    for: 4s
                    arm: [{as: moved, names: [plain.example.test], dns: {redirect: 10.9.9.9}\(scope)}]

                """
            }
            try await Blue.onStage { blue in
                for (scope, more) in [
                    ("", ["--netns", "blue"]), (", scope: {netns: blue}", ["--netns", "blue"]),
                    (", scope: {netns: blue}", []),
                ] {
                    let folder = try await Place.scratch()
                    let file = folder.appending(path: "day.yaml")
                    try Data(day(scope).utf8).write(to: file)
                    let run = try await Program(
                        AgentUnderTest.client,
                        ["gameday", "run", file.path(), "--yes", "--no-doctor", "--report"]
                            + [folder.appending(path: "report").path()] + more,
                        environment: ["BROWNOUT_SOCKET": blue.ordinary])
                    if !more.isEmpty {
                        let isFelt = try await eventually(within: .seconds(10)) {
                            try await blue.digThere() == "10.9.9.9\n"
                        }
                        #expect(isFelt, "\(run.outputText)\(run.errorText)")
                        #expect(try await blue.digHere() == Self.real)
                    }
                    let ended = try #require(try await run.exit(within: .seconds(30)))
                    let said = ended.output + ended.errors
                    #expect(ended.status == (more.isEmpty ? 2 : 0), "\(said)")
                    #expect(said.contains("not in blue") == more.isEmpty, "\(said)")
                    #expect(try await blue.isLeft())
                    #expect(try await blue.digThere() == Self.real)
                    // The one here, which had nothing to do, would wait for that a while.
                    if let here = try? await AgentClient(socket: blue.ordinary).status().pid {
                        kill(here, SIGTERM)
                    }
                    #expect(try await eventually { try await ruleset() == "" })
                }
            }
        }

        @Test("doctor proves the path from within")
        func doctor() async throws {
            try await Blue.onStage { blue in
                let ended = try await blue.brownout(
                    ["doctor", "--netns", "blue", "--name", "plain.example.test"])
                #expect(ended.output.contains("pass  proof "), "\(ended.output)\(ended.errors)")
                #expect(try await blue.isLeft())
            }
        }

        @Test(
            "control group: exec runs its command there, which alone feels it",
            .enabled(if: Cgroups.areWritable, "no control groups can be made here"))
        func exec() async throws {
            try await Blue.onStage { blue in
                let file = try await Place.scratch().appending(path: "fault.yaml")
                try Data("names: plain.example.test\ndns: {redirect: 10.9.9.9}\n".utf8).write(
                    to: file)
                let go = try await Place.scratch().appending(path: "go").path()
                let client = try await Program(
                    AgentUnderTest.client,
                    ["exec", "--netns", "blue", "--fault", file.path(), "--", "sh", "-c"]
                        + ["echo begun; until [ -e \(go) ]; do sleep 0.02; done; \"$@\"", "sh"]
                        + Blue.dig,
                    environment: ["BROWNOUT_SOCKET": blue.ordinary])
                #expect(try await eventually { client.outputText.contains("begun") })
                #expect(try await blue.digHere() == Self.real)
                #expect(try await blue.digThere() == Self.real)
                try Data().write(to: URL(filePath: go))
                let ended = try #require(try await client.exit(within: .seconds(10)))
                #expect(ended.output == "begun\n10.9.9.9\n", "\(ended.errors)")
                #expect(ended.status == 0)
                #expect(try await blue.isLeft())
                #expect(Cgroups.left() == [])
                // A file's own namespace does not get lost.
                try Data(
                    "names: plain.example.test\ndns: empty\nscope: {netns: blue}\n".utf8
                ).write(to: file)
                let lost = try await blue.brownout(["exec", "--fault", file.path(), "--", "true"])
                #expect(lost.status == 2)
                #expect(lost.errors.contains("--netns blue"), "\(lost.errors)")
            }
        }
    }
}

extension AgentClient {
    /// The agent of blue for those who know an agent here.
    static func of(_ here: AgentUnderTest, _ blue: Blue) async throws -> AgentClient {
        AgentClient(
            socket: socket(
                here.client.socket, ofNetwork: try Blue.inode(of: blue.neighbour.process)))
    }
}
