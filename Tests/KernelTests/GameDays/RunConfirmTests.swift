import Control
import Foundation
import GameDay
import Testing

extension KernelTests {
    /// Steps that wait for a person.
    @Suite("confirmations of a run") struct RunConfirmTests {
        private static func drill(timeout: String = "30s") -> Drill {
            Drill(
                outage: """
                    steps:
                      - confirm: {role: commander, text: Shift the reads, timeout: \(timeout)}
                    """, more: "roles: {commander: decides}")
        }

        private func waits(_ run: RunUnderTest) async throws {
            try await run.tells("a step") { journal in
                journal.events.contains {
                    if case .stepBegan = $0.kind { true } else { false }
                }
            }
        }

        @Test("over the run's socket: who, how long; the socket is the owner's alone")
        func overTheSocket() async throws {
            try await Drill.onStage { agent, _ in
                try await RunUnderTest.during(Self.drill().yaml, agent) { run in
                    try await waits(run)
                    let socket = run.folder.appending(path: "run.sock").path()
                    let mode = try FileManager.default.attributesOfItem(atPath: socket)[
                        .posixPermissions]
                    #expect(mode as? Int == 0o600)
                    let wrong = try await agent.brownout([
                        "gameday", "confirm", run.folder.path(), "--step", "7",
                    ])
                    #expect(wrong.status == 2, "\(wrong.errors)")
                    #expect(wrong.errors.contains("no step waits"))
                    // Another run may not take its folder meanwhile.
                    let other = try await RunUnderTest.whole(
                        Drill().yaml, agent, report: run.folder)
                    #expect(other.ended.status == 2, "\(other.ended.errors)")
                    #expect(other.ended.errors.contains("another run goes on there"))
                    let (wait, clock) = (Duration.seconds(1), ContinuousClock())
                    let until = clock.now + wait
                    _ = try await eventually(within: .seconds(2)) { clock.now >= until }
                    let done = try await agent.brownout([
                        "gameday", "confirm", run.folder.path(), "--who", "maria",
                    ])
                    #expect(done.status == 0, "\(done.errors)")
                    #expect(done.output == "confirmed (commander): Shift the reads\n")
                    let ended = try await run.end()
                    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                    let step = try #require(try run.journal().stepsEnded.first)
                    #expect(step.passed && step.who == "maria")
                    #expect((1...8).contains(step.seconds))
                    for file in ["report.html", "report.md"] {
                        #expect(try run.text(of: file).contains("maria"))
                    }
                    #expect(!FileManager.default.fileExists(atPath: socket))
                }
            }
        }

        @Test("nobody at a terminal, nobody says so: it waits until its timeout, and has failed")
        func nobody() async throws {
            try await Drill.onStage { agent, _ in
                let (run, ended) = try await RunUnderTest.whole(
                    Self.drill(timeout: "1500ms").yaml, agent)
                #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
                #expect(ended.output.contains("brownout gameday confirm \(run.folder.path())"))
                let step = try #require(try run.journal().stepsEnded.first)
                #expect(!step.passed && step.who == nil)
                #expect(step.detail == "not done within 1.5s")
                #expect((1.4...2).contains(step.seconds))
            }
        }

        @Test("--yes")
        func yes() async throws {
            try await Drill.onStage { agent, _ in
                let (run, ended) = try await RunUnderTest.whole(
                    Self.drill().yaml, agent, ["--yes"])
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                let step = try #require(try run.journal().stepsEnded.first)
                #expect(step.passed && step.who == "--yes" && step.seconds < 1)
            }
        }

        /// Types what it is told at a terminal of its own, once a word is seen on it.
        static let terminal = """
            import os, pty, select, sys, time
            word, typed = sys.argv[1].encode(), sys.argv[2].encode().decode("unicode_escape").encode()
            pid, master = pty.fork()
            if pid == 0: os.execv(sys.argv[3], sys.argv[3:])
            text, began = b"", time.time()
            while time.time() - began < 30:
                ready, _, _ = select.select([master], [], [], 0.1)
                if ready:
                    try: part = os.read(master, 4000)
                    except OSError: break
                    if not part: break
                    text += part
                if typed and word in text: os.write(master, typed); typed = b""
            sys.stdout.buffer.write(text)
            print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """

        @Test(
            "Enter at the terminal confirms; Ctrl-C there leaves",
            arguments: [("\\n", 0, "alice"), ("\\x03", 5, nil)] as [(String, Int32, String?)])
        func atTheTerminal(_ typed: String, _ code: Int32, _ who: String?) async throws {
            try await Drill.onStage { agent, _ in
                let scratch = try await Place.scratch()
                let file = scratch.appending(path: "drill.yaml")
                try Data(Self.drill().yaml.utf8).write(to: file)
                let report = scratch.appending(path: "report")
                let ended = try await Program.run(
                    Python.path,
                    [
                        "-I", "-c", Self.terminal, "press Enter", typed, AgentUnderTest.client,
                        "gameday", "run", file.path(), "--no-doctor", "--report", report.path(),
                    ],
                    environment: [
                        "BROWNOUT_SOCKET": agent.client.socket, "TERM": "xterm",
                        "SUDO_USER": "alice",
                    ], within: .seconds(40))
                #expect(ended.output.hasSuffix("exit \(code)\n"), "\(ended.output.suffix(2000))")
                let journal = try Journal(reading: report.appending(path: "journal.json").path())
                let step = try #require(journal.stepsEnded.first)
                #expect(step.passed == (code == 0) && step.who == who)
            }
        }

        /// A job in the background must not read the terminal: it would be stopped.
        @Test("in the background of a shell it goes on")
        func inTheBackground() async throws {
            try await Drill.onStage { agent, _ in
                let scratch = try await Place.scratch()
                let file = scratch.appending(path: "drill.yaml")
                try Data(Drill(outage: "for: 2s").yaml.utf8).write(to: file)
                let command =
                    "'\(AgentUnderTest.client)' gameday run '\(file.path())' --no-doctor "
                    + "--report '\(scratch.path())/report' & wait $!; echo \"code $?\"; exit"
                let ended = try await Program.run(
                    Python.path,
                    [
                        "-I", "-c", Self.terminal, "no such word", "", "/bin/bash", "-i", "-c",
                        "set -m; \(command)",
                    ], environment: ["BROWNOUT_SOCKET": agent.client.socket, "TERM": "xterm"],
                    within: .seconds(40))
                #expect(ended.output.contains("code 0"), "\(ended.output.suffix(2000))")
            }
        }
    }
}
