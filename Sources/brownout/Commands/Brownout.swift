import ArgumentParser
import Control

/// The root of all commands.
struct Brownout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brownout",
        abstract: "Break what this host depends on, on purpose, and see what its software does.",
        discussion: """
            Faults are armed in the agent, brownoutd, which rewrites DNS answers as they arrive \
            and breaks connections in the kernel. \
            A fault never outlives its lease, and none outlives the agent. Where no agent answers \
            and the user may, `dns`, `net`, `inject`, `exec` and `doctor` start one that leaves with its last fault.

            Example:
              sudo brownout dns empty dynamodb.us-east-1.amazonaws.com --for 60s
              sudo brownout inject us-east-1-out
              sudo brownout exec --fault no-sts -- ./integration-tests
              brownout explain empty
              brownout gameday run dynamodb-empty --lab

            Exit codes: 0 done; 1 a game day's expectation was not met; 2 usage, or a file that \
            does not load or is refused; 3 no agent or no privilege; 4 a game day stopped by a \
            condition or the loss of its agent; 5 interrupted, everything lifted; 70 internal error.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Faults",
                subcommands: [
                    DNSCommand.self, NetCommand.self, Inject.self, Exec.self, ExecKeep.self,
                    ExecInside.self,
                ]),
            CommandGroup(name: "Game days", subcommands: [GameDayCommand.self]),
            CommandGroup(
                name: "The agent",
                subcommands: [Status.self, Lift.self, Halt.self, Resume.self, Doctor.self]),
            CommandGroup(
                name: "Reference", subcommands: [Catalog.self, Explain.self, LabCommand.self]),
        ])
}
