import Control
import Foundation
import Testing

extension KernelTests {
    /// `brownout exec`: the command alone feels the fault, and nothing is left behind it.
    @Suite("exec", .enabled(if: Cgroups.areWritable, "no control groups can be made here"))
    struct ExecTests {
        static let query = Query("plain.example.test")
        static let ask = [
            "dig", "+short", "+tries=1", "+time=1", "-r", "@127.0.0.1", "plain.example.test",
        ]
        static let dns = "names: plain.example.test\ndns: {redirect: 10.9.9.9}\n"

        /// Runs `body` beside servers and an agent; nothing may be left after it.
        static func onStage(
            _ fault: String, _ body: (AgentUnderTest, _ file: String) async throws -> Void
        ) async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let file = try await Place.scratch().appending(path: "fault.yaml")
                    try Data(fault.utf8).write(to: file)
                    try await body(agent, file.path())
                    #expect(try await eventually { Cgroups.left() == [] })
                }
            }
        }

        @Test("control group: an answer is changed for the command and its children, not beside it")
        func answers() async throws {
            try await Self.onStage(Self.dns) { agent, file in
                let before = try #require(try await RawDNS.ask(Self.query))
                for road in ["+notcp", "+tcp"] {
                    // The command waits until it has been seen that nobody else feels it.
                    let folder = try await Place.scratch()
                    let go = folder.appending(path: "go").path()
                    let client = try await Program(
                        AgentUnderTest.client,
                        ["exec", "--fault", file, "--", "sh", "-c"]
                            + [
                                "echo begun; until [ -e \(go) ]; do sleep 0.02; done; (\"$@\")",
                                "sh",
                            ]
                            + Self.ask + [road],
                        environment: ["BROWNOUT_SOCKET": agent.client.socket])
                    #expect(try await eventually { client.outputText.contains("begun") })
                    #expect(try await RawDNS.ask(Self.query) == before)
                    #expect(try await RawDNS.ask(Self.query, Road.all[0]) != nil)
                    let beside = try await Program.run(
                        Self.ask[0], Array(Self.ask.dropFirst()) + [road])
                    #expect(beside.output == "192.0.2.1\n")
                    try Data().write(to: URL(filePath: go))
                    let ended = try #require(try await client.exit(within: .seconds(10)))
                    #expect(ended.output == "begun\n10.9.9.9\n", "\(ended.errors)")
                    #expect(ended.status == 0)
                    #expect(ended.errors == "")
                    #expect(try await agent.client.faults() == [])
                }
            }
        }

        struct Broken: Sendable, CustomTestStringConvertible {
            var effect: String
            /// curl's: 7 no connection, 28 time is over.
            var code: Int32
            var testDescription: String { effect }
        }

        static let broken = [
            Broken(effect: "blackhole", code: 28), Broken(effect: "reset", code: 7),
            Broken(effect: "reject: {with: port}", code: 7), Broken(effect: "halfopen", code: 28),
            // It succeeds, late.
            Broken(effect: "latency: {by: 300ms}", code: 0),
        ]

        @Test(
            "control group: connections of the command are broken, not those beside it",
            arguments: broken)
        func connections(_ row: Broken) async throws {
            try await Reach.serving {
                try await Self.onStage(
                    "net: {\(row.effect.contains(":") ? row.effect : row.effect + ": {}")}\nhosts: [\(Reach.v4).9]\n"
                ) {
                    agent, file in
                    let url = "http://\(Reach.v4).9:\(Reach.port)/3"
                    let curl = [
                        "-s", "-o", "/dev/null", "-m", "1.5", "-w", "%{time_total}", url,
                    ]
                    let inside = try await agent.brownout(
                        [
                            "exec", "--fault", file, "--", "sh", "-c",
                            "echo begun >&2; exec curl \"$@\"", "sh",
                        ] + curl)
                    #expect(inside.status == row.code, "\(inside.errors)")
                    if row.code == 0 { #expect((Double(inside.output) ?? 0) > 0.3) }
                    // The same beside one that feels it.
                    let client = try await Program(
                        AgentUnderTest.client,
                        ["exec", "--fault", file, "--", "sh", "-c", "echo begun; sleep 60"],
                        environment: ["BROWNOUT_SOCKET": agent.client.socket])
                    #expect(try await eventually { client.outputText.contains("begun") })
                    let beside = try await Program.run("curl", curl)
                    #expect(beside.status == 0)
                    #expect((Double(beside.output) ?? 9) < 0.25)
                    client.send(SIGTERM)
                    let ended = try #require(try await client.exit())
                    #expect(ended.status == 128 + SIGTERM)
                }
            }
        }

        struct Ending: Sendable, CustomTestStringConvertible {
            var command: [String]
            var status: Int32
            var testDescription: String { "\(status): \(command.joined(separator: " "))" }
        }

        static let endings = [
            Ending(command: ["true"], status: 0),
            Ending(command: ["sh", "-c", "exit 43"], status: 43),
            Ending(command: ["sh", "-c", "kill -9 $$"], status: 137),
            Ending(command: ["sh", "-c", "kill -TERM $$"], status: 143),
            Ending(command: ["/etc/passwd"], status: 126),
            Ending(command: ["no-such-command"], status: 127),
            // A straggler does not keep it, and does not live on.
            Ending(command: ["sh", "-c", "sleep 300 & exit 5"], status: 5),
        ]

        @Test("control group: the exit code is the command's", arguments: endings)
        func codes(_ row: Ending) async throws {
            try await Self.onStage(Self.dns) { agent, file in
                let ended = try await agent.brownout(["exec", "--fault", file, "--"] + row.command)
                #expect(ended.status == row.status, "\(ended.errors)")
                #expect(try await agent.client.faults() == [])
                #expect(Cgroups.left() == [])
            }
        }

        @Test("control group: a fault that is refused: 2, and nothing is run")
        func refused() async throws {
            try await Self.onStage("names: plain.example.test\ndns: nonsense\n") { agent, file in
                let ended = try await agent.brownout(
                    ["exec", "--fault", file, "--", "echo", "run"])
                #expect(ended.status == 2)
                #expect(ended.output == "")
                let wire = try await Place.scratch().appending(path: "wire.yaml")
                try Data((Self.dns + "leg: wire\n").utf8).write(to: wire)
                let late = try await agent.brownout(
                    ["exec", "--fault", wire.path(), "--", "echo", "run"])
                #expect(late.status == 2)
                #expect(late.errors.contains("leg: wire"), "\(late.errors)")
                #expect(late.output == "")
            }
        }

        @Test("control group: signals reach the command; standard input too")
        func signals() async throws {
            try await Self.onStage(Self.dns) { agent, file in
                for (number, name) in [(SIGUSR1, "USR1"), (SIGINT, "INT"), (SIGHUP, "HUP")] {
                    let script =
                        "trap 'echo got; exit 9' \(name); echo begun; "
                        + "while :; do sleep 0.02; done"
                    let client = try await Program(
                        AgentUnderTest.client, ["exec", "--fault", file, "--", "sh", "-c", script],
                        environment: ["BROWNOUT_SOCKET": agent.client.socket])
                    #expect(try await eventually { client.outputText.contains("begun") })
                    client.send(number)
                    let ended = try #require(try await client.exit())
                    #expect(ended.status == 9, "\(name): \(ended.errors)")
                    #expect(ended.output == "begun\ngot\n")
                }
                let echoed = try await Program.run(
                    AgentUnderTest.client, ["exec", "--fault", file, "--", "cat"],
                    environment: ["BROWNOUT_SOCKET": agent.client.socket], input: "as it was")
                #expect(echoed.output == "as it was")
            }
        }

        @Test(
            "control group: kill -9 of the client: the command ends, its group goes, the fault too")
        func clientKilled() async throws {
            try await Self.onStage(Self.dns) { agent, file in
                let before = try #require(try await RawDNS.ask(Self.query))
                let client = try await Program(
                    AgentUnderTest.client,
                    ["exec", "--fault", file, "--", "sh", "-c", "echo $$; exec sleep 300"],
                    environment: ["BROWNOUT_SOCKET": agent.client.socket])
                #expect(try await eventually { client.outputText.hasSuffix("\n") })
                let command = try #require(
                    pid_t(client.outputText.trimmingSuffix(\.isNewline)))
                client.send(SIGKILL)
                _ = try #require(try await client.exit())
                #expect(try await eventually { kill(command, 0) != 0 })
                #expect(try await eventually { Cgroups.left() == [] })
                #expect(
                    try await eventually(within: .seconds(12)) {
                        try await agent.client.faults() == []
                    })
                #expect(try await RawDNS.ask(Self.query) == before)
            }
        }

        @Test("control group: kill -9 of the agent: no rule is left; the command goes on; exit 3")
        func agentKilled() async throws {
            try await Self.onStage(Self.dns) { agent, file in
                let folder = try await Place.scratch()
                let go = folder.appending(path: "go").path()
                let client = try await Program(
                    AgentUnderTest.client,
                    [
                        "exec", "--fault", file, "--", "sh", "-c",
                        "echo begun; until [ -e \(go) ]; do sleep 0.02; done; echo done",
                    ],
                    environment: ["BROWNOUT_SOCKET": agent.client.socket])
                #expect(try await eventually { client.outputText.contains("begun") })
                agent.program.send(SIGKILL)
                _ = try #require(try await agent.program.exit())
                #expect(try await ruleset() == "")
                try Data().write(to: URL(filePath: go))
                let ended = try #require(try await client.exit())
                #expect(ended.output == "begun\ndone\n")
                #expect(ended.status == 3)
                #expect(ended.errors.contains("the agent is gone"), "\(ended.errors)")
            }
        }
    }
}
