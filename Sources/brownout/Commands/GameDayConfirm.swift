import ArgumentParser
import Control
import FoundationEssentials
import GameDay

/// `brownout gameday confirm`: says that a step of a run is done, from another terminal.
struct GameDayConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Say that a step for which a run waits is done.",
        discussion: """
            The run listens on run.sock in its report's folder, for this command and for \
            `curl --unix-socket run.sock -X POST 'http://run/v1/confirm?who=alice'`. Without a step, \
            the one that waits longest is confirmed.

            Example:
              brownout gameday confirm us-east-1-out-20261121T060000Z-4f2a
            """)

    @Argument(help: "The report's folder of the run, or its socket.", completion: .directory)
    var run: String

    @Option(help: ArgumentHelp("The number of the step.", valueName: "n"))
    var step: Int?

    @Option(help: ArgumentHelp("Who confirms. (default: the login name)", valueName: "name"))
    var who: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let socket = run.hasSuffix(".sock") ? run : "\(run)/run.sock"
        let done = try await RunClient(socket: socket).confirm(
            step: step, who: who ?? Login.name)
        try Console.print(
            output.json
                ? try ControlJSON.text(done) : "confirmed (\(done.role)): \(done.text)")
    }
}
