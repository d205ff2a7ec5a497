import FoundationEssentials
import Spec
import Testing

@testable import ProbeKinds

/// `exec` with real commands.
@Suite(.timeLimit(.minutes(2))) struct ExecProbeTests {
    @Test(arguments: [
        ("true", nil), ("exit 3", "exit 3, not 0"), ("{command: exit 3, exit: 3}", nil),
        ("kill -9 $$", "exit 137, not 0"),
        ("{command: [echo, $HOME], contains: $HOME}", nil),
        ("{command: 'echo one; echo two >&2', contains: two}", nil),
        ("{command: echo one, contains: two}", "the output does not contain two"),
        ("[/nowhere/program]", "the command cannot be run"),
        ("[no-such-program-here]", "no such command"),
        ("[/etc/hostname]", "the command cannot be run"),
        // It reads nothing.
        ("{command: cat; echo end, contains: end}", nil),
        // An output that is not text is no reason to fail.
        (#"{command: 'printf "\\377\\000ok"', contains: ok}"#, nil),
    ])
    func answers(yaml: String, reason: String?) async throws {
        let seen = try await Checked("exec", yaml).seen
        #expect(seen.reason == reason)
        #expect(seen.passed == (reason == nil))
    }

    @Test func facts() async throws {
        let seen = try await Checked(
            "exec", "echo out; echo err >&2; exit 7",
            wanted: [FactName("exit"), FactName("output")]
        ).seen
        #expect(seen.reason == "exit 7, not 0")
        #expect(seen.facts[FactName("exit")] == .number(7))
        #expect(seen.facts[FactName("output")] == .text("out\nerr\n"))
    }

    @Test func `an output is seen whole`() async throws {
        let command = "{command: 'head -c 900000 /dev/zero | tr \\\\0 a; echo end', contains: aend}"
        let seen = try await Checked("exec", command, wanted: [FactName("output")]).seen
        #expect(seen.reason == nil)
        let output = String(repeating: "a", count: 900_000) + "end\n"
        #expect(seen.facts[FactName("output")] == .text(output))
    }

    @Test(arguments: ["yes", "cat /dev/zero", "yes >&2"])
    func `an endless output ends the command`(command: String) async throws {
        let before = Own.memory("VmRSS")
        let one = try await Checked("exec", command)
        #expect(one.seen.reason == "the output is larger than 1 MiB")
        #expect(one.took < .seconds(20))
        #expect(Own.memory("VmRSS") - before < 100_000)
    }

    /// Of a command and all that it started: one sleeps beside the shell, one ignores every signal
    /// that can be ignored, and both hold its outputs.
    @Test(arguments: [
        "sleep 3600 & sleep 3600", "trap '' TERM INT HUP; sleep 3600 & while :; do sleep 1; done",
        "sleep 3600 & exit 0",
    ])
    func `what time is up for is killed whole`(command: String) async throws {
        let mark = "BROWNOUT_MARK_\(UInt64.random(in: .min ... .max))"
        let one = try await Checked(
            "exec", "export \(mark)=1; \(command)",
            timeout: command.hasSuffix("exit 0") ? .seconds(20) : .milliseconds(500))
        #expect(one.took < .seconds(60))
        // What ends in time may leave something behind, but not for long.
        #expect(one.seen.reason == (command.hasSuffix("exit 0") ? nil : "timed out"))
        let limit = ContinuousClock.now + .seconds(10)
        while !Self.processes(with: mark).isEmpty, .now < limit { await Task.yield() }
        #expect(Self.processes(with: mark) == [])
    }

    /// The commands of processes that have a variable in their environment.
    static func processes(with mark: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { Int($0) != nil }.filter { pid in
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ")
            return environment.map { String(decoding: $0, as: UTF8.self).contains(mark) } ?? false
        }.map {
            String(
                decoding: FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data(),
                as: UTF8.self)
        }
    }
}
