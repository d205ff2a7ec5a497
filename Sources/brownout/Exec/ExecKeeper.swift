import ArgumentParser
import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// Removes a command's control group whatever becomes of us: a process of its own that waits for the
/// end of a pipe which we hold, so a `kill -9` of ours is noticed as well.
///
/// Not the agent: it may do nothing but speak to netfilter, and it may be killed too.
struct ExecKeeper: Sendable {
    private let held: FileDescriptor
    private let running: Task<Bool, Never>

    /// Returns once it keeps watch.
    static func start(_ group: ExecGroup) async throws -> ExecKeeper {
        let program = try LabNamespace.ownProgram
        // Else the command would hold it as well; in one call, for whatever is started in between.
        let (readEnd, writeEnd) = try FileDescriptor.pipe(options: .closeOnExec)
        var platform = PlatformOptions()
        // A terminal's Ctrl-C is not for it.
        platform.createSession = true
        let (news, tell) = AsyncStream.makeStream(of: Bool.self)
        let running = Task { [platform] in
            let result = try? await Subprocess.run(
                .path(FilePath(program)), arguments: ["exec-keep", group.folder],
                platformOptions: platform,
                input: .fileDescriptor(readEnd, closeAfterSpawningProcess: true),
                output: .sequence, error: .discarded
            ) { execution in
                for try await line in execution.standardOutput.strings() where line == "ready" {
                    tell.yield(true)
                }
            }
            tell.yield(false)
            return result?.terminationStatus.isSuccess ?? false
        }
        for await isReady in news {
            if isReady { break }
            throw ClientError.noPlace("nobody keeps watch over \(group.folder)")
        }
        return ExecKeeper(held: writeEnd, running: running)
    }

    /// Has it remove the group; false if it could not.
    func end() async -> Bool {
        try? held.close()
        return await running.value
    }
}

/// `brownout exec-keep FOLDER`: waits for the end of its input, then removes a control group.
struct ExecKeep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec-keep", abstract: "The watch over the group of `exec`.",
        shouldDisplay: false)

    @Argument var folder: String

    func run() async throws {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { signal(number, SIG_IGN) }
        try Console.print("ready")
        while readLine() != nil {}
        guard await ExecGroup(folder: folder).remove() else { throw ExitCode.noAgent }
    }
}

/// `brownout exec-inside FOLDER -- COMMAND`: enters a control group and becomes a command.
struct ExecInside: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec-inside", abstract: "The second stage of `exec`.", shouldDisplay: false)

    @Argument var folder: String
    @Argument(parsing: .postTerminator) var command: [String]

    func run() async throws {
        try ExecGroup(folder: folder).enter()
        let problem = ProgramReplacement.become(command)
        Console.complain("\(command.first ?? ""): \(Errno(rawValue: problem))")
        // As env(1) and timeout(1).
        throw ExitCode(problem == ENOENT ? 127 : 126)
    }
}
