import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

@testable import GameDay

/// A command of a step, and what becomes of it when its pipe ends with a word or without.
@Suite(.timeLimit(.minutes(1))) struct LifelineTests {
    /// What the command printed, or how it was ended.
    private static func run(_ command: String, word: String) async throws -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", Lifeline.script, "sh", command],
            platformOptions: options, input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            var text = ""
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            // It has begun; then its runner goes.
            _ = try await lines.next()
            if !word.isEmpty { _ = try await execution.standardInputWriter.write(word) }
            try await execution.standardInputWriter.finish()
            while let line = try await lines.next() { text += line + "\n" }
            return text
        }
        switch result.terminationStatus {
        case .exited(let code): return "\(code) \(result.closureResult)"
        case .signaled(let signal): return "signal \(signal)"
        }
    }

    @Test(arguments: ["sleep 3600", "sleep 3600 & wait", "trap '' TERM INT HUP; sleep 3600; true"])
    func `without a word all of it is killed`(command: String) async throws {
        let ended = try await Self.run("echo begun; \(command)", word: "")
        #expect(ended == "signal 9")
    }

    @Test(arguments: [
        ("sleep 0.2; echo done; exit 3", "3 done\n"),
        // The watch is none of the command's own jobs, and its input is empty.
        ("wait; cat; echo done", "0 done\n"), ("echo done >&2", "0 done\n"),
    ])
    func `with a word it is left alone`(command: String, ended: String) async throws {
        #expect(try await Self.run("echo begun; \(command)", word: "over\n") == ended)
    }
}
