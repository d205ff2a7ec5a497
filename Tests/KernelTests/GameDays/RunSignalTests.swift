import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// A run that is told to leave.
    @Suite("signals to a run") struct RunSignalTests {
        private func wasMade(_ file: URL) -> Bool {
            FileManager.default.fileExists(atPath: file.path())
        }

        @Test(
            "one signal: lifted at once, always, reports, exit 5",
            arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")])
        func once(_ signal: Int32, _ name: String) async throws {
            try await Drill.onStage { agent, mark in
                try await RunUnderTest.during(Drill(mark: mark).yaml, agent) { run in
                    try await run.arms()
                    run.program.send(signal)
                    let sent = ContinuousClock.now
                    let ended = try await run.end()
                    #expect(ContinuousClock.now - sent < .seconds(3))
                    #expect(ended.status == 5, "\(ended.output)\(ended.errors)")
                    #expect(try await agent.client.faults().isEmpty)
                    let journal = try run.journal()
                    #expect(journal.verdict?.outcome == .interrupted)
                    #expect(journal.stop?.cause == .interrupted)
                    #expect(journal.stop?.why.uppercased() == name)
                    #expect(journal.stepsEnded.map(\.passed) == [true])
                    #expect(wasMade(mark))
                    let answer = try #require(
                        try await RawDNS.answer(Query("plain.example.test")))
                    #expect(answer.answers.count == 1)
                    for file in ["report.html", "report.md", "junit.xml"] {
                        #expect(try run.text(of: file).contains("interrupted"))
                    }
                }
            }
        }

        @Test("during the baseline: exit 5, nothing was ever armed")
        func beforeTheFirstFault() async throws {
            try await Drill.onStage { agent, mark in
                let drill = Drill(baseline: "30s", recovery: "60s", mark: mark)
                try await RunUnderTest.during(drill.yaml, agent) { run in
                    try await run.reaches(phase: 0)
                    run.program.send(SIGINT)
                    let ended = try await run.end()
                    #expect(ended.status == 5, "\(ended.output)\(ended.errors)")
                    #expect(try run.journal().armed.isEmpty)
                    #expect(try !agent.events().contains { $0.event == .arm })
                }
            }
        }

        /// The first lifts; what hangs in `always` and whoever is waited for is left by the second.
        @Test("twice: leaves at once, whatever hangs")
        func twice() async throws {
            try await Drill.onStage { agent, _ in
                let long = "300.\(getpid())\(Int.random(in: 1000...9999))"
                let more = """
                    always:
                      - run: {command: "trap '' TERM; echo hangs; sleep \(long)", timeout: 10m}
                      - note: never done
                    """
                try await RunUnderTest.during(Drill(more: more).yaml, agent) { run in
                    try await run.arms()
                    run.program.send(SIGINT)
                    try await run.tells("the step of always") { journal in
                        journal.events.contains {
                            if case .stepBegan = $0.kind { true } else { false }
                        }
                    }
                    // The faults were lifted before.
                    #expect(try await agent.client.faults().isEmpty)
                    run.program.send(SIGINT)
                    let sent = ContinuousClock.now
                    let ended = try await run.end()
                    // Two seconds of grace for the command.
                    #expect(ContinuousClock.now - sent < .seconds(4))
                    #expect(ended.status == 5, "\(ended.output)\(ended.errors)")
                    let journal = try run.journal()
                    #expect(journal.verdict?.outcome == .interrupted)
                    #expect(journal.notes.contains { $0.contains("never done") })
                    let left = try await Program.run("pgrep", ["-f", "^sleep \(long)$"])
                    #expect(left.output == "", "a command outlived the run")
                }
            }
        }

        @Test("after a stop condition one signal is enough to leave the recovery out")
        func duringRecovery() async throws {
            try await Drill.onStage { agent, mark in
                var drill = Drill(baseline: "9s", recovery: "60s", mark: mark)
                drill.more = "stop:\n  table: fail"
                try await RunUnderTest.during(drill.yaml, agent) { run in
                    try await run.reaches(phase: 3)
                    run.program.send(SIGINT)
                    let sent = ContinuousClock.now
                    let ended = try await run.end()
                    #expect(ContinuousClock.now - sent < .seconds(2))
                    #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
                }
            }
        }

        /// A terminal that is gone sends SIGHUP and takes no more output.
        @Test("the terminal goes away: lifted, exit 5")
        func terminalGone() async throws {
            try await Drill.onStage { agent, mark in
                let scratch = try await Place.scratch()
                let file = scratch.appending(path: "drill.yaml")
                try Data(Drill(mark: mark).yaml.utf8).write(to: file)
                let script = """
                    import os, pty, sys, time, urllib.request
                    pid, master = pty.fork()
                    if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
                    text = b""
                    while b"outage" not in text or b"firing" not in text and b"fired" not in text:
                        text += os.read(master, 4000)
                    os.close(master)
                    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    """
                let ended = try await Program.run(
                    Python.path,
                    [
                        "-I", "-c", script, AgentUnderTest.client, "gameday", "run", file.path(),
                        "--no-doctor", "--report", scratch.appending(path: "report").path(),
                    ], environment: ["BROWNOUT_SOCKET": agent.client.socket, "TERM": "xterm"],
                    within: .seconds(30))
                #expect(ended.output == "5\n", "\(ended.errors)")
                #expect(try await agent.client.faults().isEmpty)
                #expect(wasMade(mark))
            }
        }

        /// Nobody reads: `| head -1`, or a terminal that was stopped with Ctrl-S.
        @Test("a reader that leaves, and one that does not read, hold up nothing")
        func nobodyReads() async throws {
            try await Drill.onStage { agent, _ in
                let file = try await Place.scratch().appending(path: "drill.yaml")
                let drill = Drill(outage: "for: 13s\nexpect: {table: fail after 500ms}")
                try Data(drill.yaml.utf8).write(to: file)
                let script = """
                    import fcntl, json, os, subprocess, sys
                    codes = []
                    for leaves in [True, False]:
                        end, start = os.pipe()
                        # Room for a page, which the results of a second fill.
                        fcntl.fcntl(start, 1031, 4096)
                        run = subprocess.Popen(sys.argv[2:] + ["--report", sys.argv[1] + str(leaves)],
                            stdout=start, stderr=subprocess.DEVNULL)
                        os.close(start)
                        if leaves: os.read(end, 10); os.close(end)
                        codes.append(run.wait(40))
                    print(codes)
                    """
                let ended = try await Program.run(
                    Python.path,
                    [
                        "-I", "-c", script, file.path() + ".", AgentUnderTest.client, "gameday",
                        "run", file.path(), "--no-doctor", "--json",
                    ], environment: ["BROWNOUT_SOCKET": agent.client.socket], within: .seconds(90))
                #expect(ended.output == "[0, 0]\n", "\(ended.errors)")
                #expect(try agent.events().count { $0.event == .leaseEnd } == 0)
            }
        }
    }
}
