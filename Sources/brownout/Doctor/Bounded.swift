import Subprocess

/// Other programs, run for at most so long.
enum Bounded {
    struct Outcome: Sendable {
        var code: Int32
        var output: String
    }

    /// nil where it did not end in time or could not be started.
    static func run(
        _ program: String, _ arguments: [String], patience: Duration, limit: Int = 64 * 1024
    ) async -> Outcome? {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                let result = try? await Subprocess.run(
                    .name(program), arguments: Arguments(arguments), input: .none,
                    output: .string(limit: limit), error: .discarded)
                guard let result, case .exited(let code) = result.terminationStatus else {
                    return nil
                }
                return Outcome(code: code, output: result.standardOutput)
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            // Cancelling ends the program.
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
