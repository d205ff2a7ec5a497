import ArgumentParser
import Spec

/// What ArgumentParser says of a command line that it cannot read, as one line of ours.
struct UsageError {
    var line: String

    /// nil for an error that is no usage error.
    init?(_ error: any Error, code: ExitCode, arguments: [String]) {
        guard code == .validationFailure else { return nil }
        var message = ErrorText.oneLine(Brownout.message(for: error))
        let (path, last) = Self.command(arguments, root: Brownout.self)
        let command = path.joined(separator: " ")
        let help = "see `\(command) --help`"
        let words = last.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            .map { $0._commandName }
        if !words.isEmpty, arguments.count >= path.count {
            let word = arguments[path.count - 1]
            if !word.hasPrefix("-") {
                let near = Suggestion.nearest(to: word, among: words)
                message =
                    "no `\(ErrorText.oneLine(word))` in `\(command)`; "
                    + (near.map { "did you mean `\($0)`?" }
                        ?? "there is \(words.joined(separator: ", "))")
            }
        }
        line = message.isEmpty ? help : "\(message); \(help)"
        if message.hasSuffix(".") { line = "\(message.dropLast()); \(help)" }
    }

    /// The names of the commands that the arguments lead into, and the last of these.
    static func command(
        _ arguments: [String], root: any ParsableCommand.Type
    ) -> (path: [String], last: any ParsableCommand.Type) {
        var names = [root._commandName]
        var current = root
        for argument in arguments {
            guard
                let next = current.configuration.subcommands.first(where: {
                    $0._commandName == argument
                })
            else { break }
            names.append(argument)
            current = next
        }
        return (names, current)
    }
}
