import ArgumentParser
import Glibc

/// Reads the command line, runs the command, and turns every failure into one line and a code.
@main
struct Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try await Brownout.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(finish(error, arguments).rawValue)
        }
    }

    /// Tells why a command ended.
    private static func finish(_ error: any Error, _ arguments: [String]) -> ExitCode {
        // A command that has said all and wants a code.
        if let code = error as? ExitCode { return code }
        let code = Brownout.exitCode(for: error)
        // Help, version and completion scripts come as errors too: they are what was asked for.
        if code == .success {
            let text = Brownout.fullMessage(for: error)
            return (try? Console.print(text)) == nil ? .interrupted : .success
        }
        let text =
            UsageError(error, code: code, arguments: arguments).map { ErrorText($0.line, .usage) }
            ?? ErrorText(error)
        Console.complain(text.line)
        return text.code
    }
}
