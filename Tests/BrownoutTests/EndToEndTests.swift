import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

@testable import brownout

/// The programs that `swift build` puts beside the tests.
enum BuiltPrograms {
    /// Where `swift build` puts the programs: beside the tests.
    static let folder: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own ?? ""
        let path =
            bundle.hasPrefix("/") ? bundle : FileManager.default.currentDirectoryPath + "/" + bundle
        return "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }()

    /// What keeps these tests from running.
    static let missing: String? = {
        for program in ["brownout", "brownoutd"]
        where !FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)") {
            return "\(folder)/\(program) is not built"
        }
        return nil
    }()
}

/// A test that cannot run fails: it is never skipped.
struct NotBuilt: Error {
    var problem: String
}

/// The built programs against each other and the real kernel, in a network namespace of their own.
///
/// No root needed: `unshare` gives a user and network namespace. brownoutd is started on demand.
@Suite struct EndToEndTests {
    /// Runs a shell script in namespaces of its own: `$B` is brownout, `$D` a folder for its files.
    ///
    /// `within SECONDS COMMAND…` waits until a command succeeds; a script fails at its first failure.
    private func script(_ text: String) async throws -> (output: String, error: String) {
        if let missing = BuiltPrograms.missing { throw NotBuilt(problem: missing) }
        let files = try HostFolder(["/out": ""])
        let prelude = """
            set -eu
            B=\(BuiltPrograms.folder)/brownout D=\(files.path)
            export BROWNOUT_SOCKET=$D/s
            within() {
                n=$(($1 * 20)); shift
                until "$@" >/dev/null 2>&1; do
                    n=$((n - 1)); [ $n -gt 0 ] || { echo "never: $*" >&2; return 1; }
                    sleep 0.05
                done
            }
            # The exit code of a command, as text.
            code() { if "$@"; then echo "code 0"; else echo "code $?"; fi; }
            ip link set lo up

            """
        let result = try await Subprocess.run(
            .name("unshare"),
            arguments: [
                "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child",
                "--mount-proc", "timeout", "60", "sh", "-c", prelude + text,
            ], input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
        return (result.standardOutput, result.standardError)
    }

    @Test func endsByTime() async throws {
        let (output, _) = try await script("code $B dns empty a.test --for 1s --seed 7 --json")
        let lines = output.split(separator: "\n")
        #expect(lines.count == 3 && lines.last == "code 0")
        #expect(lines[0].contains(#""event":"arm""#) && lines[0].contains(#""seed":7"#))
        #expect(lines[1].contains(#""event":"end""#) && lines[1].contains(#""reason":"end""#))
    }

    @Test(arguments: ["INT", "TERM", "HUP"])
    func aSignalLifts(signal: String) async throws {
        // A shell's background jobs ignore SIGINT; `env --default-signal` undoes that.
        let (output, error) = try await script(
            """
            env --default-signal=INT $B dns empty a.test >$D/out 2>$D/err & p=$!
            within 10 grep -q armed $D/out
            kill -\(signal) $p
            code wait $p
            cat $D/out; cat $D/err >&2
            code $B status
            """)
        #expect(
            output.contains(#/code 5\narmed f1-[a-z]{3}  dns empty a\.test  for 1:00, seed /#))
        #expect(output.contains(#/f1-[a-z]{3}  lifted after /#))
        #expect(output.hasSuffix("code 3\n"))
        #expect(error.contains("brownout: interrupted by SIG\(signal), everything lifted\n"))
        #expect(error.hasSuffix(": nothing is armed\n"))
    }

    @Test func aDetachedFaultIsKeptAndLifted() async throws {
        let (output, error) = try await script(
            """
            id=$($B dns delay a.test b.test --by 1s --for 50s --detach --dry-run)
            echo "id $id"
            $B status
            code $B lift f99
            code $B lift $id
            """)
        #expect(output.contains(#/id f1-[a-z]{3}\nbrownoutd /#))
        #expect(output.contains("delay by=1s (dry run)  dns delay a.test +1\n"))
        #expect(
            output.contains(
                /code 2\nlifted f1-[a-z]{3}  dns delay a\.test \+1  fired 0\ncode 0\n$/))
        #expect(error == "brownout: no fault `f99` is armed\n")
    }

    @Test func haltLiftsAndRefuses() async throws {
        let (output, error) = try await script(
            """
            $B dns empty a.test >$D/out 2>&1 & p=$!
            within 10 grep -q armed $D/out
            $B halt
            code wait $p
            code $B dns empty a.test
            $B resume
            code $B dns empty a.test --for 1s
            """)
        #expect(output.contains("halted: everything is lifted"))
        #expect(output.contains("code 5\ncode 3\nresumed: new faults are taken again\narmed f"))
        #expect(output.hasSuffix("code 0\n"))
        #expect(error.hasPrefix("brownout: halted: "))
    }

    @Test func aDeadAgentIsNoticed() async throws {
        let (output, _) = try await script(
            """
            $B dns empty a.test >$D/out 2>&1 & p=$!
            within 10 grep -q armed $D/out
            kill -9 $(pgrep -x brownoutd)
            code wait $p
            cat $D/out
            """)
        #expect(output.hasPrefix("code 3\n"))
        #expect(output.contains("(it is gone); nothing is armed any more"))
    }

    @Test func aDeadClientsFaultIsLifted() async throws {
        let (output, _) = try await script(
            """
            $B dns empty a.test >$D/out 2>&1 & p=$!
            within 10 grep -q armed $D/out
            kill -9 $p
            $B status --json >$D/status
            grep -c '"id" : "f1-[a-z]*"' $D/status
            gone() { ! $B status; }
            within 12 gone
            """)
        #expect(output == "1\n")
    }

    @Test func aClosedOutputLifts() async throws {
        let (output, _) = try await script(
            """
            mkfifo $D/pipe
            $B dns empty a.test >$D/pipe 2>$D/err & p=$!
            head -1 $D/pipe
            code wait $p
            cat $D/err
            """)
        #expect(output.prefixMatch(of: /armed f1-[a-z]{3}  dns empty a\.test/) != nil)
        #expect(
            output.hasSuffix("code 5\nbrownout: nobody reads the output; everything lifted\n"))
    }

    @Test func refusalsArmNothing() async throws {
        let (output, error) = try await script(
            """
            code $B dns empty '*.com'
            code $B dns empty a.test --for 9h
            code $B dns delay a.test --by '3 parsecs'
            code $B inject dynamodb-empty ./missing.yaml
            armed() { $B status | grep '^f'; }
            armed 2>/dev/null || echo none
            """)
        #expect(output == "code 2\ncode 2\ncode 2\ncode 2\nnone\n")
        // One line each.
        #expect(error.split(separator: "\n").count == 4)
        #expect(error.split(separator: "\n").allSatisfy { $0.hasPrefix("brownout: ") })
    }
}
