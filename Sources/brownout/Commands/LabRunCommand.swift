import ArgumentParser
import FoundationEssentials

/// `brownout lab run`: a command inside the lab.
struct LabRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command in a private network with the whole lab in it.",
        discussion: """
            No root needed: the network, the files that are put in place of the host's \
            (resolv.conf, nsswitch.conf, /run, /var/log) and all faults end with the command. \
            Without a command it is a shell. Signals, terminal and exit code are the command's own.

            Example:
              brownout lab run -- dig dynamodb.us-east-1.amazonaws.com
              brownout lab run --careless all -- curl -s http://127.0.0.1:8080/status
            """)

    @OptionGroup var options: LabOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command and its arguments, after `--`.", valueName: "command"))
    var command: [String] = []

    func run() async throws {
        let shell = ProcessInfo.processInfo.environment["SHELL"] ?? "/bin/sh"
        try await LabNamespace(options: options, command: command.isEmpty ? [shell] : command)
            .enter()
    }
}

/// `brownout lab inside`: the second stage of `lab run`, in the namespaces.
struct LabInside: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inside", abstract: "The second stage of `lab run`.", shouldDisplay: false)

    @Option var fromNet: String
    @Option var fromMnt: String
    @OptionGroup var options: LabOptions
    @Argument(parsing: .postTerminator) var command: [String]

    func run() async throws {
        let own = try LabNamespace.ownProgram
        let place = LabPlace(
            fromNet: fromNet, fromMount: fromMnt,
            kept: [
                URL(filePath: own).deletingLastPathComponent().path(),
                FileManager.default.currentDirectoryPath,
            ])
        try await place.check()
        try await place.furnish()
        try await LabChild(options: options).start()
        // `env` looks the command up, and words it if there is none.
        let words =
            [
                "env", "--", "BROWNOUT_SOCKET=\(LabPlace.socket)",
                "BROWNOUT_LAB=http://127.0.0.1:8099",
            ] + command
        let problem = ProgramReplacement.become(words)
        throw ClientError.noPlace("env: error \(problem)")
    }
}
