import ArgumentParser
import Control
import Testing

@testable import brownout

@Suite struct ErrorTextTests {
    static let cases: [(id: String, error: any Error & Sendable, code: Int32, line: String)] = [
        (
            "no agent", AgentError.noAgent(socket: "/s", errno: 2), 3,
            "no agent on /s: nothing is armed"
        ),
        (
            "permission", AgentError.permission(socket: "/s"), 3,
            "no permission to use /s; use sudo, or join its group with "
                + "`sudo adduser $USER brownout` and log in again"
        ),
        (
            "timeout", AgentError.timeout(socket: "/s"), 3,
            "the agent on /s does not answer in time"
        ),
        (
            "spec refused",
            AgentError.refused(APIError(.spec, "bad", location: "f:1:2"), status: 400), 2,
            "f:1:2: bad"
        ),
        (
            "spec refused, located already",
            AgentError.refused(APIError(.spec, "f:1:2: bad", location: "f:1:2"), status: 400), 2,
            "f:1:2: bad"
        ),
        ("protected", AgentError.refused(APIError(.protected, "no"), status: 403), 2, "no"),
        ("halted", AgentError.refused(APIError(.halted, "halted"), status: 403), 3, "halted"),
        ("kernel", AgentError.refused(APIError(.kernel, "no queue"), status: 503), 3, "no queue"),
        ("bug", AgentError.refused(APIError(.internal, "oops"), status: 500), 70, "oops"),
        (
            "newer agent's code",
            AgentError.refused(APIError(.init(rawValue: "moon"), "moon"), status: 403), 2, "moon"
        ),
        (
            "one line", AgentError.refused(APIError(.spec, "a\nb\tc"), status: 400), 2, "a b c"
        ),
        (
            "interrupted", ClientError.interrupted(by: "SIGINT", left: []), 5,
            "interrupted by SIGINT, everything lifted"
        ),
        (
            "interrupted, not lifted", ClientError.interrupted(by: "SIGINT", left: ["f1"]), 3,
            "interrupted by SIGINT; f1 could not be lifted and ends within 10s, as nobody renews it"
        ),
        (
            "unknown fault", ClientError.unknownFault("no-st", similar: "no-sts"), 2,
            "no fault \"no-st\": neither in the catalogue nor a file; did you mean `no-sts`? "
                + "`brownout catalog list` shows all"
        ),
        (
            "start failed", ClientError.startFailed(line: "no nf_tables", exitCode: 3), 3,
            "no nf_tables"
        ),
        ("start killed", ClientError.startFailed(line: "gone", exitCode: 9), 3, "gone"),
    ]

    @Test(arguments: cases.indices)
    func isOneLineWithACode(index: Int) {
        let one = Self.cases[index]
        let text = ErrorText(one.error)
        #expect(text.line == one.line, "\(one.id)")
        #expect(text.code.rawValue == one.code, "\(one.id)")
    }

    static let usage: [(id: String, line: [String], text: String)] = [
        (
            "unknown effect", ["dns", "dealy", "a.test"],
            "no `dealy` in `brownout dns`; did you mean `delay`?; see `brownout dns --help`"
        ),
        (
            "unknown command", ["frobnicate"],
            "no `frobnicate` in `brownout`; there is dns, net, inject, exec, gameday, status, lift, halt, resume, "
                + "doctor, catalog, explain, lab; see `brownout --help`"
        ),
        (
            "unknown flag", ["dns", "delay", "--bz", "1", "a.test"],
            "Unknown option '--bz'. Did you mean '--by'?; see `brownout dns delay --help`"
        ),
        (
            "missing name", ["dns", "empty"],
            "Missing expected argument '<name> ...'; see `brownout dns empty --help`"
        ),
        ("lift nothing", ["lift"], "give ids, or --all; see `brownout lift --help`"),
        (
            "lift both", ["lift", "f1", "--all"],
            "--all ends every fault: give no ids with it; see `brownout lift --help`"
        ),
    ]

    @Test(arguments: usage)
    func usageErrorsAreOneLine(id: String, line: [String], text: String) async {
        do {
            _ = try await Brownout.asyncParseAsRoot(line)
            Issue.record("\(id): it parses")
        } catch {
            let found = UsageError(error, code: Brownout.exitCode(for: error), arguments: line)
            #expect(found?.line == text, "\(id)")
        }
    }

    @Test(arguments: [["--help"], ["--version"], ["dns", "empty", "--help"]])
    func whatWasAskedForIsNoError(line: [String]) async {
        do {
            var command = try await Brownout.asyncParseAsRoot(line)
            try command.run()
        } catch {
            #expect(Brownout.exitCode(for: error) == .success)
        }
    }
}
