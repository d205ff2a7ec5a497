import ArgumentParser
import Control
import FoundationEssentials

/// What every command takes.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of text for people.")
    var json = false
}

/// What every command that talks to an agent takes.
struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The agent's socket. (default: $BROWNOUT_SOCKET, else \(AgentClient.defaultSocket))",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @OptionGroup var output: OutputOptions

    var json: Bool { output.json }

    var path: String {
        let environment = ProcessInfo.processInfo.environment["BROWNOUT_SOCKET"] ?? ""
        return socket ?? (environment.isEmpty ? AgentClient.defaultSocket : environment)
    }

    var client: AgentClient { AgentClient(socket: path) }

    func validate() throws {
        // `sun_path` has 108 octets, one of them the final NUL (unix(7)).
        guard (1...107).contains(path.utf8.count) else {
            throw ValidationError("--socket: a socket's path has 1 to 107 octets")
        }
    }
}
