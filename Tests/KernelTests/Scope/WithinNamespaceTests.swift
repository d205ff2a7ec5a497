import Control
import Foundation
import Testing

extension KernelTests {
    /// Commands that are run within another network namespace, without a word about it.
    @Suite("within a network namespace", .timeLimit(.minutes(3))) struct WithinNamespaceTests {
        static let real = NamespaceTests.real
        static let arm = ["dns", "empty", "plain.example.test", "--detach", "--for", "60s"]

        /// Runs the client with the socket that it takes by itself.
        static func brownout(
            _ arguments: [String], in blue: Blue? = nil
        ) async throws -> Program.Ended {
            let words = (blue?.neighbour.command([]) ?? []) + [AgentUnderTest.client] + arguments
            return try await Program.run(words[0], Array(words.dropFirst()))
        }

        static func agent(of process: Int32) throws -> AgentClient {
            AgentClient(
                socket: AgentClient.socket(
                    AgentClient.defaultSocket, ofNetwork: try Blue.inode(of: process)))
        }

        /// Ends all faults wherever they are, and waits until the agents on demand are gone.
        static func clear(_ agents: [AgentClient]) async throws {
            var pids: [Int32] = []
            for agent in agents {
                guard let pid = try? await agent.status().pid else { continue }
                pids.append(pid)
                _ = try? await agent.liftAll()
            }
            let haveLeft = try await eventually {
                pids.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/\($0)/exe") }
            }
            #expect(haveLeft)
            if !haveLeft { for pid in pids { kill(pid, SIGKILL) } }
        }

        @Test(
            "the agent of where they are run is meant, whichever was there first",
            arguments: [false, true])
        func own(_ isBlueFirst: Bool) async throws {
            try await Blue.onStage { blue in
                let places: [Blue?] = isBlueFirst ? [blue, nil] : [nil, blue]
                let first = AgentClient()
                let second = try Self.agent(
                    of: isBlueFirst
                        ? ProcessInfo.processInfo.processIdentifier : blue.neighbour.process)
                func felt() async throws -> [Bool] {
                    let here = try await blue.digHere() == ""
                    let there = try await blue.digThere() == ""
                    return isBlueFirst ? [there, here] : [here, there]
                }
                let one = try await Self.brownout(Self.arm, in: places[0])
                #expect(one.status == 0, "\(one.errors)")
                #expect(try await felt() == [true, false])
                // Not one that acts elsewhere: there is none here yet, though nobody is overlooked.
                let none = try await Self.brownout(["status"], in: places[1])
                #expect(none.status == 3)
                #expect(none.output.contains("1 fault armed"), "\(none.output)")

                let two = try await Self.brownout(Self.arm, in: places[1])
                #expect(two.status == 0, "\(two.errors)")
                #expect(two.errors == "")
                #expect(try await felt() == [true, true])
                #expect(try await first.faults().count == 1)
                #expect(try await second.faults().count == 1)
                let both = try await Self.brownout(["status"], in: places[1])
                #expect(both.status == 0)
                #expect(both.output.contains("1 fault armed"), "\(both.output)")

                // A whole id says whose fault it is.
                let id = one.output.trimmingCharacters(in: .newlines)
                let lifted = try await Self.brownout(["lift", id], in: places[1])
                #expect(lifted.output.hasPrefix("lifted \(id) "), "\(lifted.errors)")
                #expect(try await felt() == [false, true])
                // A short one is of here.
                #expect(try await Self.brownout(["lift", "f9"], in: places[1]).status != 0)

                #expect(try await Self.brownout(Self.arm, in: places[0]).status == 0)
                #expect(try await felt() == [true, true])
                let all = try await Self.brownout(["lift", "--all"], in: places[0])
                #expect(all.output.split(separator: "\n").count == 2, "\(all.output)")
                #expect(try await felt() == [false, false])
                try await Self.clear([first, second])
                #expect(try await blue.ruleset() == "")
            }
        }

        @Test("exec and a game day too; one that looks from outside is told so")
        func runs() async throws {
            let day = """
                title: blue
                probes: {name: {dns: {name: plain.example.test, server: "\(Blue.server)"}, every: 250ms}}
                baseline: 2s
                recovery: 15s
                steadyState: {name: success >= 90% over 2s}
                phases:
                  - name: empty
                    for: 4s
                    arm: [{as: gone, names: [plain.example.test], dns: empty}]
                    expect: {name: success < 60% over 2s}

                """
            try await Blue.onStage { blue in
                let file = try await Place.scratch().appending(path: "day.yaml")
                try Data(day.utf8).write(to: file)
                for place in [blue, nil] {
                    let report = try await Place.scratch().appending(path: "report").path()
                    let more = place == nil ? ["--netns", "blue"] : []
                    let ended = try await Self.brownout(
                        ["gameday", "run", file.path(), "--no-doctor", "--report", report] + more,
                        in: place)
                    // From outside nothing of it is seen, so what was expected does not come.
                    #expect(
                        ended.status == (place == nil ? 1 : 0), "\(ended.output)\(ended.errors)")
                    #expect(
                        ended.errors.contains("look from this one") == (place == nil),
                        "\(ended.errors)")
                    try await Self.clear([
                        AgentClient(), try Self.agent(of: blue.neighbour.process),
                    ])
                }
            }
        }

        @Test("a socket that is named is meant, wherever its agent acts, and that is said")
        func named() async throws {
            try await Blue.onStage { blue in
                try await AgentUnderTest.serving { here in
                    let socket = ["--socket", here.client.socket]
                    let armed = try await Self.brownout(Self.arm + socket, in: blue)
                    #expect(armed.status == 0)
                    #expect(
                        armed.errors.contains("acts in another network namespace"),
                        "\(armed.errors)")
                    #expect(try await blue.digHere() == "")
                    #expect(try await blue.digThere() == Self.real)
                    let quiet = try await Self.brownout(Self.arm + socket)
                    #expect(quiet.errors == "")
                    _ = try await here.client.liftAll()
                }
            }
        }

        @Test("an agent on demand that is leaving is waited for, and another one comes")
        func leaving() async throws {
            try await Place.prepare()
            let agent = AgentClient()
            #expect(try await Self.brownout(Self.arm).status == 0)
            let begun = ContinuousClock.now
            #expect(try await Self.brownout(Self.arm).status == 0)
            let startUp = ContinuousClock.now - begun
            for round in 0..<24 {
                // Its last fault goes in the later part of the next client's start.
                async let lifted: Void = {
                    try await Task.sleep(for: startUp * (24 + round) / 46)
                    _ = try? await agent.liftAll()
                }()
                let net = ["net", "reset", "192.0.2.77", "--detach", "--for", "60s"]
                let armed = try await Self.brownout(round.isMultiple(of: 2) ? net : Self.arm)
                #expect(armed.status == 0, "round \(round): \(armed.errors)")
                try await lifted
            }
            try await Self.clear([agent])
        }
    }
}
