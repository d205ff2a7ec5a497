import ArgumentParser
import Control
import FaultKinds
import Spec

/// `brownout explain [KIND]`: what an effect, a key of a fault or a kind of probe does.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain an effect, a key of a fault, or a probe.",
        discussion: """
            Without KIND, lists all of them.

            Example:
              brownout explain empty
              brownout explain leg
              brownout explain http
            """)

    @Argument(
        help: "An effect such as `delay`, a key such as `leg`, or a probe such as `http`.",
        completion: .list(Explanation.names))
    var kind: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let kind else {
            try Console.write(
                output.json
                    ? try ControlJSON.text(Explanation.all, pretty: true) + "\n" : Explanation.list)
            return
        }
        guard let found = Explanation.all.first(where: { $0.name == kind }) else {
            throw ClientError.unknownTopic(kind, known: Explanation.names)
        }
        try Console.write(
            output.json ? try ControlJSON.text(found, pretty: true) + "\n" : found.text)
    }
}
