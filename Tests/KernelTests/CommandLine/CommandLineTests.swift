import Control
import Foundation
import Testing

extension KernelTests {
    /// The built `brownout` against the built `brownoutd`.
    @Suite("command line") struct CommandLineTests {
        static let query = Query("plain.example.test")

        @Test("in the foreground: armed until Ctrl-C, then lifted; exit 5")
        func interrupted() async throws {
            try await Self.onStage { agent, before in
                try await Self.foreground(agent) { client in
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    client.send(SIGINT)
                    let ended = try #require(try await client.exit())
                    #expect(ended.status == 5, "\(ended.errors)")
                    #expect(try await RawDNS.ask(Self.query) == before)
                    #expect(try await agent.client.faults() == [])
                }
            }
        }

        @Test("kill -9 of the client: its fault is lifted within 10 s, and renewed until then")
        func killed() async throws {
            try await Self.onStage { agent, before in
                try await Self.foreground(agent) { client in
                    // Renewed at least once: 2 s after arming.
                    try await Task.sleep(for: .milliseconds(2300))
                    let fault = try #require(try await agent.client.faults().first)
                    #expect(fault.remainingSeconds > 9)
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    client.send(SIGKILL)
                    _ = try #require(try await client.exit())
                    let clock = ContinuousClock()
                    let killed = clock.now
                    let isReal = try await eventually(
                        within: .seconds(11), every: .milliseconds(50)
                    ) {
                        try await RawDNS.ask(Self.query) == before
                    }
                    #expect(isReal)
                    #expect(clock.now - killed <= .milliseconds(10_200))
                    #expect(try agent.events().last?.event == .leaseEnd)
                }
            }
        }

        @Test("--for is over: exit 0, and the next answer is real")
        func over() async throws {
            try await Self.onStage { agent, before in
                let ended = try await agent.brownout([
                    "dns", "empty", "plain.example.test", "--for", "1s",
                ])
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(try await RawDNS.ask(Self.query) == before)
            }
        }

        @Test("inject -: the fault comes by standard input; mistakes name it")
        func piped() async throws {
            try await Self.onStage { agent, before in
                func inject(_ text: String) async throws -> Program.Ended {
                    try await Program.run(
                        "sh",
                        [
                            "-c", "printf '%s\\n' \"$1\" | \"$2\" inject - --detach", "sh", text,
                            AgentUnderTest.client,
                        ], environment: ["BROWNOUT_SOCKET": agent.client.socket])
                }
                let armed = try await inject("names: plain.example.test\ndns: empty")
                #expect(armed.status == 0, "\(armed.errors)")
                #expect(try await RawDNS.answer(Self.query)?.answers == [])
                #expect(try await agent.client.faults().map(\.name) == ["stdin"])
                let wrong = try await inject("names: plain.example.test\ndns: {delay: 3 parsecs}")
                #expect(wrong.status == 2)
                #expect(wrong.errors.hasPrefix("brownout: stdin:2:14: "), "\(wrong.errors)")
                _ = try await agent.client.liftAll()
                #expect(try await RawDNS.ask(Self.query) == before)
            }
        }

        @Test("a name that leads nowhere is told when it is armed")
        func misses() async throws {
            try await Self.onStage { agent, _ in
                let arm = ["net", "reset", "nowhere.example.test", "*.example.test", "--for", "1s"]
                let says = "no address seen for nowhere.example.test: nothing of it is affected"
                let detached = try await agent.brownout(arm + ["--detach"])
                #expect(detached.status == 0)
                #expect(detached.errors.contains(says), "\(detached.errors)")
                // Nothing is known of a pattern yet.
                #expect(!detached.errors.contains("*"))
                let watched = try await agent.brownout(arm)
                #expect(watched.output.contains(": \(says)\n"), "\(watched.output)")
            }
        }

        @Test("--detach, status, lift, halt, resume, inject")
        func detached() async throws {
            try await Self.onStage { agent, before in
                let armed = try await agent.brownout([
                    "dns", "redirect", "plain.example.test", "--to", "10.0.0.9", "--ttl", "1s",
                    "--detach",
                ])
                #expect(armed.status == 2, "an effect has no keys of another: \(armed.output)")
                let redirect = try await agent.brownout([
                    "dns", "redirect", "plain.example.test", "--to", "10.0.0.9", "--detach",
                ])
                #expect(redirect.status == 0, "\(redirect.errors)")
                let id = redirect.output.trimmingSuffix(\.isNewline)
                #expect(try await RawDNS.answer(Self.query)?.addresses == ["10.0.0.9"])

                let status = try await agent.brownout(["status", "--json"])
                let decoded = try JSONDecoder().decode(
                    AgentStatus.self, from: Data(status.output.utf8))
                #expect(decoded.faults.map(\.id) == [id])
                let text = try await agent.brownout(["status"])
                #expect(text.output.contains(id))
                #expect(text.output.contains("plain.example.test"))

                #expect(try await agent.brownout(["lift", id]).status == 0)
                #expect(try await RawDNS.ask(Self.query) == before)
                #expect(try await agent.brownout(["lift", id]).status != 0)

                let incident = Query("dynamodb.us-east-1.amazonaws.com")
                let inject = try await agent.brownout(["inject", "dynamodb-empty", "--detach"])
                #expect(inject.status == 0, "\(inject.errors)")
                let empty = try await RawDNS.answer(incident)
                #expect(empty?.addresses == [])
                #expect(empty?.code == RCode.noError)
                #expect(try await agent.brownout(["halt"]).status == 0)
                #expect(try await RawDNS.answer(incident)?.addresses.count == 2)
                let refused = try await agent.brownout(["inject", "dynamodb-empty", "--detach"])
                #expect(refused.status != 0)
                #expect(refused.errors.contains("halted"), "\(refused.errors)")
                #expect(try await agent.brownout(["resume"]).status == 0)
                #expect(try await agent.client.faults() == [])
            }
        }

        struct Refusal: Sendable, CustomTestStringConvertible {
            var arguments: [String]
            var status: Int32 = 2
            var says: [String]
            var testDescription: String { arguments.joined(separator: " ") }
        }

        static let refusals = [
            Refusal(arguments: ["dns", "emtpy", "a.example.test"], says: ["emtpy"]),
            Refusal(
                arguments: ["dns", "empty", "a.example.test", "--probabilty", "3%"],
                says: ["--probabilty"]),
            Refusal(arguments: ["dns", "empty", "a..b"], says: ["a..b"]),
            Refusal(
                arguments: ["dns", "delay", "a.example.test", "--by", "300"],
                says: ["--by", "250ms"]),
            Refusal(arguments: ["dns", "delay", "a.example.test"], says: ["--by"]),
            Refusal(
                arguments: ["dns", "empty", "a.example.test", "--for", "5h"], says: ["4h"]),
            Refusal(arguments: ["dns", "empty", "*"], says: ["*"]),
            Refusal(
                arguments: ["dns", "empty", "vault.example.test"],
                says: ["vault.example.test", "protected"]),
            Refusal(arguments: ["inject", "dynamodb-emtpy"], says: ["dynamodb-empty"]),
            Refusal(arguments: ["inject", "/no/such/file.yaml"], says: ["/no/such/file.yaml"]),
            Refusal(arguments: ["lift"], says: ["--all"]),
            Refusal(arguments: ["lift", "f99"], says: ["f99"]),
        ]

        @Test("bad input: one clear line, the right exit code, nothing armed")
        func refused() async throws {
            try await AgentUnderTest.serving(protecting: ["vault.example.test"]) { agent in
                for item in Self.refusals {
                    let ended = try await agent.brownout(item.arguments)
                    #expect(ended.status == item.status, "\(item.arguments): \(ended.errors)")
                    for word in item.says {
                        #expect(ended.errors.contains(word), "\(item.arguments): \(ended.errors)")
                    }
                    let lines = ended.errors.split(separator: "\n").filter {
                        !$0.hasPrefix("Usage:") && !$0.hasPrefix("  See ")
                            && !$0.hasPrefix("Help:")
                    }
                    #expect(lines.count == 1, "\(item.arguments): \(ended.errors)")
                    #expect(ended.output.isEmpty, "\(item.arguments): \(ended.output)")
                }
                #expect(try await agent.client.faults() == [])
            }
        }

        @Test("a fault file that does not load: file, line and column; exit 2")
        func badFile() async throws {
            try await AgentUnderTest.serving { agent in
                let file = try await Place.scratch().appending(path: "bad.yaml")
                try Data("names: a.example.test\ndns:\n  - emtpy: {}\n".utf8).write(to: file)
                let ended = try await agent.brownout(["inject", file.path()])
                #expect(ended.status == 2)
                #expect(ended.errors.contains("bad.yaml:3:5"), "\(ended.errors)")
                #expect(ended.errors.contains("did you mean `empty`?"), "\(ended.errors)")
                #expect(try await agent.client.faults() == [])
            }
        }

        @Test("no agent on the socket: exit 3; the privileged get one on demand")
        func onDemand() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                let socket = try await Place.scratch().appending(path: "s").path()
                let environment = ["BROWNOUT_SOCKET": socket]
                for command in [["status"], ["halt"], ["lift", "--all"]] {
                    let ended = try await Program.run(
                        AgentUnderTest.client, command, environment: environment)
                    #expect(ended.status == 3, "\(command): \(ended.errors)")
                    #expect(ended.errors.split(separator: "\n").count == 1)
                    #expect(ended.errors.contains(socket))
                }
                // The agent is not our child, so it is told to leave by its last fault's end alone.
                let armed = try await Program.run(
                    AgentUnderTest.client,
                    ["dns", "empty", "plain.example.test", "--for", "2s", "--detach"],
                    environment: environment)
                #expect(armed.status == 0, "\(armed.errors)")
                let status = try await AgentClient(socket: socket).status()
                #expect(status.onDemand)
                #expect(try await RawDNS.answer(Self.query)?.answers == [])
                let hasLeft = try await eventually(within: .seconds(6)) {
                    !FileManager.default.fileExists(atPath: "/proc/\(status.pid)/exe")
                }
                #expect(hasLeft)
                if !hasLeft { kill(status.pid, SIGKILL) }
                #expect(try await RawDNS.ask(Self.query) == before)
                #expect(try await ruleset() == "")
                #expect(!FileManager.default.fileExists(atPath: socket))
            }
        }

        @Test("doctor proves the path end to end")
        func doctor() async throws {
            try await Self.onStage { agent, before in
                let ended = try await agent.brownout(["doctor", "--json"])
                #expect(!ended.output.isEmpty, "\(ended.errors)")
                let arming = try #require(try agent.events().first { $0.event == .arm })
                #expect(arming.terms?.dryRun == true)
                let lifting = try agent.events().first { $0.event == .lift }
                #expect(lifting?.counts?.fired ?? 0 >= 1)
                #expect(try await agent.client.faults() == [])
                #expect(try await RawDNS.ask(Self.query) == before)
            }
        }

        private static func onStage(
            _ body: (AgentUnderTest, _ before: [UInt8]) async throws -> Void
        ) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(query))
                try await AgentUnderTest.serving { try await body($0, before) }
            }
        }

        /// Runs `body` beside a client whose fault is in force.
        private static func foreground(
            _ agent: AgentUnderTest, _ body: (Program) async throws -> Void
        ) async throws {
            try await Program.serving(
                AgentUnderTest.client, ["dns", "empty", "plain.example.test", "--for", "60s"],
                environment: ["BROWNOUT_SOCKET": agent.client.socket],
                isReady: { _ in try await !agent.client.faults().isEmpty }, body)
        }
    }
}
