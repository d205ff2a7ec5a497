import Foundation
import Subprocess
import SystemPackage

/// A program that a test runs. Its output goes to files; it is ended by pid and by nothing else.
final class Program: Sendable {
    let name: String
    let pid: Int32
    private let output: URL
    private let errors: URL
    /// nil while it runs.
    private let status: Held<Int32?>

    /// What became of a program that has ended.
    struct Ended: Sendable {
        /// The exit code, or 128 and the signal's number.
        var status: Int32
        var output: String
        var errors: String

        var succeeded: Bool { status == 0 }
    }

    /// A program that is not there, or did not do what the test needs of it.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Starts it; the caller ends it.
    ///
    /// - Parameter path: a name to be looked up, or a path with a slash.
    init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        input: String? = nil
    ) async throws {
        let scratch = try await Place.scratch()
        name = path.split(separator: "/").last.map(String.init) ?? path
        output = scratch.appending(path: "\(name).out")
        errors = scratch.appending(path: "\(name).err")
        let executable = FilePath(try Self.find(path))
        let streams = try [output, errors].map { file in
            try FileDescriptor.open(
                FilePath(file.path()), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
        }
        let environment = Environment.inherit.updating(
            Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) }))
        let status = Held<Int32?>(nil)
        self.status = status
        let folder = FilePath(scratch.path())
        pid = try await withCheckedThrowingContinuation { started in
            // On its own: the test stays in control, and `exit` and `end` wait for it.
            Task {
                var isStarted = false
                do {
                    let result = try await Subprocess.run(
                        .path(executable), arguments: Arguments(arguments),
                        environment: environment, workingDirectory: folder,
                        input: .string(input ?? ""),
                        output: .fileDescriptor(
                            streams[0], closeAfterSpawningProcess: true),
                        error: .fileDescriptor(streams[1], closeAfterSpawningProcess: true)
                    ) { execution in
                        isStarted = true
                        started.resume(returning: execution.processIdentifier.value)
                    }
                    status.change { $0 = result.terminationStatus.code }
                } catch {
                    if !isStarted { started.resume(throwing: error) }
                    status.change { $0 = -1 }
                }
            }
        }
    }

    /// Where the program is; throws with its name if it is not there.
    static func find(_ name: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        let places = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
        for place in places where FileManager.default.isExecutableFile(atPath: place) {
            return place
        }
        throw Failure(description: "\(name) is missing: run `Scripts/prerequisites.sh test`")
    }

    var isRunning: Bool { status.change { $0 } == nil }
    var outputText: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var errorText: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) {
        if isRunning { kill(pid, signal) }
    }

    /// Waits until it has ended by itself; nil if it has not in time.
    func exit(within limit: Duration = .seconds(5)) async throws -> Ended? {
        guard
            try await eventually(within: limit, every: .milliseconds(5), { !isRunning }),
            let status = status.change({ $0 })
        else { return nil }
        return Ended(status: status, output: outputText, errors: errorText)
    }

    /// Ends it, politely first. It is gone when this returns, even in a cancelled task.
    func end() async {
        send(SIGCONT)
        send(SIGTERM)
        if (try? await exit(within: .seconds(3))) ?? nil != nil { return }
        send(SIGKILL)
        // Also in a cancelled task, where sleeping throws at once.
        while isRunning { await Task.yield() }
    }

    /// Runs `body` once `isReady`, and ends the program whatever becomes of `body`.
    static func serving<Value>(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        isReady: (Program) async throws -> Bool, _ body: (Program) async throws -> Value
    ) async throws -> Value {
        let program = try await Program(path, arguments, environment: environment)
        do {
            let ready = try await eventually(within: .seconds(10)) {
                guard program.isRunning else {
                    throw Failure(
                        description: "\(program.name) ended at once: \(program.errorText)"
                            + program.outputText)
                }
                return try await isReady(program)
            }
            guard ready else {
                throw Failure(
                    description: "\(program.name) does not get ready: \(program.errorText)")
            }
            let value = try await body(program)
            await program.end()
            return value
        } catch {
            await program.end()
            throw error
        }
    }

    /// Runs a program to its end; throws if it takes too long.
    static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        input: String? = nil, within limit: Duration = .seconds(20)
    ) async throws -> Ended {
        let program = try await Program(
            path, arguments, environment: environment, input: input)
        guard let ended = try await program.exit(within: limit) else {
            await program.end()
            throw Failure(
                description: "\(path) \(arguments.joined(separator: " ")) took too long")
        }
        return ended
    }

    /// As `run`, and throws if it fails.
    @discardableResult
    static func check(
        _ path: String, _ arguments: String..., input: String? = nil
    ) async throws -> String {
        let ended = try await run(path, arguments, input: input)
        guard ended.succeeded else {
            throw Failure(
                description: "\(path) \(arguments.joined(separator: " ")): \(ended.errors)")
        }
        return ended.output
    }
}

extension TerminationStatus {
    /// As a shell has it: 128 and the number for a signal.
    fileprivate var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
