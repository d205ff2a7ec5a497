import Control
import Foundation
import Testing

extension KernelTests {
    /// Others use netfilter too, and other agents are about.
    @Suite("coexistence") struct CoexistenceTests {
        static let query = Query("plain.example.test")

        @Test("nft flush ruleset by someone else: the faults go on", arguments: Road.all)
        func flushed(_ road: Road) async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("empty", names: "plain.example.test")
                    try await Program.check("nft", "flush", "ruleset")
                    #expect(try await RawDNS.answer(Self.query, road)?.answers == [])
                    let deletion = try await Program.run(
                        "nft", ["delete", "table", "inet", "brownout"])
                    #expect(!deletion.succeeded)
                    #expect(try await RawDNS.answer(Self.query, road)?.answers == [])
                }
            }
        }

        @Test("another table keeps its rules and its counts, before and after")
        func otherTable() async throws {
            try await NSD.serving {
                try await Program.check(
                    "nft", "-f", "-",
                    input: """
                        table inet other {
                            chain input {
                                type filter hook input priority filter; policy accept;
                                udp sport 53 counter
                            }
                        }
                        """)
                let clean = try await ruleset()
                try await AgentUnderTest.serving { agent in
                    let fault = try await agent.arm("empty", names: "plain.example.test")
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    _ = try await agent.client.lift(fault.id)
                    #expect(try await ruleset().contains("counter packets 1 "))
                    agent.program.send(SIGKILL)
                    _ = try #require(try await agent.program.exit())
                    let left = try await ruleset()
                    #expect(Self.withoutCounts(left) == Self.withoutCounts(clean))
                }
                try await Program.check("nft", "delete", "table", "inet", "other")
            }
        }

        @Test("another program's queue: the agent takes other numbers")
        func otherQueue() async throws {
            try await NSD.serving {
                // Numbers are handed out from 0; so this is the one that the agent would take.
                try await OtherQueue.serving(number: 0) { other in
                    try await AgentUnderTest.serving { agent in
                        let status = try await agent.client.status()
                        #expect(status.queue != 0)
                        _ = try await agent.arm("empty", names: "plain.example.test")
                        #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    }
                    #expect(other.isRunning)
                }
            }
        }

        @Test("--queue with a number that is taken: exit 3, one line")
        func takenQueue() async throws {
            try await OtherQueue.serving(number: 40) { _ in
                let ended = try await Self.agentThatFails(["--queue", "40"])
                #expect(ended.status == 3)
                #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
                #expect(ended.errors.contains("40"), "\(ended.errors)")
                #expect(try await ruleset() == "")
            }
        }

        @Test("a second agent on the same socket is refused, and the first goes on")
        func sameSocket() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("empty", names: "plain.example.test")
                    // In a network namespace of its own, so that the socket alone is in its way.
                    let second = try await Program.run(
                        "unshare",
                        [
                            "--net", "--", AgentUnderTest.path, "--socket",
                            agent.client.socket, "--journal", "\(agent.journal.path()).2",
                        ])
                    #expect(second.status == 3)
                    #expect(second.errors.contains(agent.client.socket))
                    #expect(second.errors.split(separator: "\n").count == 1, "\(second.errors)")
                    #expect(try await agent.client.status().faults.count == 1)
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                }
            }
        }

        @Test("a second agent in the same namespace is refused, and the first goes on")
        func sameNamespace() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("empty", names: "plain.example.test")
                    let second = try await Self.agentThatFails([])
                    #expect(second.status == 3)
                    #expect(second.errors.contains("another brownoutd"), "\(second.errors)")
                    #expect(second.errors.split(separator: "\n").count == 1, "\(second.errors)")
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                }
            }
        }

        @Test("two agents in two namespaces do not meet")
        func twoNamespaces() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { here in
                    try await AgentUnderTest.serving(wrapper: ["unshare", "--net", "--"]) {
                        there in
                        _ = try await there.arm("empty", names: "plain.example.test")
                        #expect(try await RawDNS.ask(Self.query) == before)
                        _ = try await here.arm("servfail", names: "plain.example.test")
                        #expect(
                            try await RawDNS.answer(Self.query)?.code == RCode.servFail)
                        #expect(try await there.counters().received == 0)
                        there.program.send(SIGKILL)
                        _ = try #require(try await there.program.exit())
                        #expect(
                            try await RawDNS.answer(Self.query)?.code == RCode.servFail)
                        #expect(try await here.client.faults().count == 1)
                    }
                }
            }
        }

        @Test("a full disk under the journal: faults are armed and lifted all the same")
        func fullDisk() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                let disk = try await Place.scratch()
                try await Program.check(
                    "mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk.path())
                let journal = disk.appending(path: "journal.jsonl")
                try await AgentUnderTest.serving(journal: journal) { agent in
                    // One page holds a dozen lines.
                    for _ in 0..<30 {
                        let fault = try await agent.arm("empty", names: "plain.example.test")
                        _ = try await agent.client.lift(fault.id)
                    }
                    let status = try await agent.client.status()
                    #expect(status.journal.lost > 0)
                    #expect(status.journal.problem?.isEmpty == false)
                    let fault = try await agent.arm("empty", names: "plain.example.test")
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    _ = try await agent.client.lift(fault.id)
                    #expect(try await RawDNS.ask(Self.query) == before)
                    // All that counts as written is whole; what the disk cut off is no more than
                    // a line of its own.
                    #expect(try agent.events(tornLines: 1).count == status.journal.written)
                }
                try await Program.check("umount", disk.path())
            }
        }

        static func withoutCounts(_ ruleset: String) -> String {
            ruleset.replacing(/counter packets \d+ bytes \d+/, with: "counter")
        }

        /// Starts an agent that is expected to end by itself.
        static func agentThatFails(_ arguments: [String]) async throws -> Program.Ended {
            let folder = try await Place.scratch()
            return try await Program.run(
                AgentUnderTest.path,
                [
                    "--socket", folder.appending(path: "s").path(),
                    "--journal", folder.appending(path: "j").path(),
                ] + arguments)
        }
    }
}
