import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// However a run's programs die, nothing stays armed, and its journal can be read.
    @Suite("death of a run") struct RunDeathTests {
        private func wasMade(_ file: URL) -> Bool {
            FileManager.default.fileExists(atPath: file.path())
        }

        /// In every phase at once: each run has a name of its own.
        @Test("kill -9 of the runner in each phase: lifted within the lease, the journal valid")
        func runnerKilled() async throws {
            try await Drill.onStage { agent, _ in
                var drills: [Drill] = []
                for phase in 0..<4 {
                    var drill = Drill(name: "n\(phase).example.test")
                    if phase == 0 { drill.baseline = "20s" }
                    drill.recovery = "20s"
                    drill.outage = phase == 1 ? "for: 60s" : "for: 1s"
                    drills.append(drill)
                }
                let runs = try await withThrowingTaskGroup(of: (Int, RunUnderTest).self) { group in
                    for (phase, drill) in drills.enumerated() {
                        group.addTask {
                            let run = try await RunUnderTest.start(drill.yaml, agent)
                            try await run.reaches(phase: phase)
                            if phase == 1 { try await run.arms() }
                            run.program.send(SIGKILL)
                            return (phase, run)
                        }
                    }
                    var runs: [(Int, RunUnderTest)] = []
                    for try await run in group { runs.append(run) }
                    return runs
                }
                let killed = ContinuousClock.now
                let isLifted = try await eventually(within: .seconds(12)) {
                    try await agent.client.faults().isEmpty
                }
                #expect(isLifted)
                #expect(ContinuousClock.now - killed < .milliseconds(10_500))
                #expect(try await agent.client.status().prefilter == .idle)
                for (phase, run) in runs {
                    _ = try #require(try await run.program.exit())
                    let journal = try run.journal()
                    #expect(journal.verdict == nil && journal.hasBegun(phase))
                    #expect(!journal.hasBegun(phase + 1))
                    #expect(journal.armed.isEmpty == (phase == 0))
                    let words = try await agent.brownout([
                        "gameday", "compare", run.folder.path(), run.folder.path(),
                    ])
                    #expect(words.status == 0 && words.output.contains("unfinished"))
                    let name = "n\(phase).example.test"
                    let answer = try #require(try await RawDNS.answer(Query(name)))
                    #expect(answer.answers.count == 3)
                }
                agent.program.send(SIGTERM)
                _ = try #require(try await agent.program.exit())
                #expect(try await ruleset() == "")
            }
        }

        @Test("kill -9 of the agent while a fault is armed: stopped, exit 4, always")
        func agentKilled() async throws {
            try await Drill.onStage { agent, mark in
                try await RunUnderTest.during(Drill(mark: mark).yaml, agent) { run in
                    try await run.arms()
                    agent.program.send(SIGKILL)
                    let killed = ContinuousClock.now
                    let ended = try await run.end()
                    #expect(ContinuousClock.now - killed < .seconds(8))
                    #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
                    let journal = try run.journal()
                    #expect(journal.verdict?.outcome == .stopped)
                    #expect(journal.stop?.cause == .agent)
                    #expect(journal.lifted.count == 1)
                    #expect(!journal.hasBegun(2))
                    // The steady state is required again: the host must be as it was.
                    #expect(journal.hasBegun(3))
                    #expect(wasMade(mark))
                    #expect(try await ruleset() == "")
                    #expect(try run.text(of: "report.md").contains("STOPPED"))
                }
            }
        }

        /// An agent that hangs does not answer, and the kernel stops intercepting after 3 s.
        @Test("kill -STOP of the agent: stopped within the lease and a call's patience")
        func agentHangs() async throws {
            try await Drill.onStage { agent, mark in
                try await RunUnderTest.during(Drill(mark: mark).yaml, agent) { run in
                    try await run.arms()
                    agent.program.send(SIGSTOP)
                    let stopped = ContinuousClock.now
                    let ended = try await run.end(within: .seconds(30))
                    #expect(ContinuousClock.now - stopped < .seconds(20))
                    #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
                    #expect(try run.journal().stop?.cause == .agent)
                    #expect(wasMade(mark))
                    agent.program.send(SIGCONT)
                    let isLifted = try await eventually(within: .seconds(3)) {
                        try await agent.client.faults().isEmpty
                    }
                    #expect(isLifted)
                }
            }
        }

        /// Somebody needs the host: that is no failure of the service.
        @Test("halt during a run: stopped, exit 4")
        func halted() async throws {
            try await Drill.onStage { agent, mark in
                try await RunUnderTest.during(Drill(mark: mark).yaml, agent) { run in
                    try await run.arms()
                    _ = try await agent.client.halt()
                    let ended = try await run.end()
                    #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
                    #expect(try run.journal().stop?.cause == .agent)
                    #expect(wasMade(mark))
                }
            }
        }

        @Test("a phase longer than the lease stays armed; a killed run's file is no hindrance")
        func renewed() async throws {
            try await Drill.onStage { agent, mark in
                let drill = Drill(outage: "for: 13s\nexpect: {table: fail after 500ms}", mark: mark)
                let (run, ended) = try await RunUnderTest.whole(drill.yaml, agent)
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                let journal = try run.journal()
                #expect(journal.verdict?.outcome == .held)
                let leases = try agent.events().filter { $0.event == .leaseEnd }
                #expect(leases.isEmpty)
                // Again into the same folder, where a socket is left that nobody listens on.
                let listener = try await Program(
                    Python.path,
                    [
                        "-Ic",
                        "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
                        run.folder.appending(path: "run.sock").path(),
                    ])
                _ = try await listener.exit()
                let again = try await RunUnderTest.whole(
                    Drill(outage: "for: 1s").yaml, agent, report: run.folder)
                #expect(again.ended.status == 0, "\(again.ended.output)\(again.ended.errors)")
            }
        }
    }
}
