import FoundationEssentials
import Subprocess
import SystemPackage

/// Real programs that probes are tried against.
enum RealServer {
    struct Failure: Error { var problem: String }

    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Servers")
    }

    /// Runs a script of `Servers/` for as long as `body` takes, which gets its port.
    static func with(
        _ script: String, _ arguments: [String] = [], _ body: (Int) async throws -> Void
    ) async throws {
        _ = try await Subprocess.run(
            .name("python3"),
            arguments: Arguments([folder.appending(path: script).path] + arguments),
            input: .inputWriter, output: .sequence, error: .currentStandardError
        ) { execution in
            var port: Int?
            for try await line in execution.standardOutput.strings() {
                port = Int(line)
                break
            }
            guard let port else { throw Failure(problem: "\(script) says no port") }
            try await body(port)
            // It ends with its input.
            try await execution.standardInputWriter.finish()
        }
    }

    /// Runs a program that listens on a port of its own choosing's caller, once `isUp`.
    static func with(
        program: String, _ arguments: [String], isUp: () async -> Bool,
        _ body: () async throws -> Void
    ) async throws {
        var options = PlatformOptions()
        options.processGroupID = 0
        let path = ["/usr/sbin/", "/usr/bin/"].map { $0 + program }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let path else { throw Failure(problem: "\(program) is not installed") }
        _ = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments), platformOptions: options,
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            let end: [TeardownStep] = [
                .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
            ]
            do {
                let limit = ContinuousClock.now + .seconds(20)
                while await !isUp() {
                    guard .now < limit else { throw Failure(problem: "\(program) is not up") }
                    try await Task.sleep(for: .milliseconds(50))
                }
                try await body()
            } catch {
                await execution.teardown(using: end)
                throw error
            }
            await execution.teardown(using: end)
        }
    }

    /// A folder of its own, gone when `body` has ended.
    static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "brownout-probes-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// What a command prints; throws where it fails.
    @discardableResult
    static func output(_ words: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name(words[0]), arguments: Arguments(Array(words.dropFirst())), input: .none,
            output: .string(limit: 1 << 20), error: .combinedWithOutput)
        guard result.terminationStatus.isSuccess else {
            throw Failure(problem: "\(words): \(result.standardOutput)")
        }
        return result.standardOutput
    }
}
