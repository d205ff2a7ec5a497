import ArgumentParser
import Control
import FoundationEssentials
import GameDay

/// `brownout gameday compare`: did we get better?
struct GameDayCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Put two runs side by side: did we get better?",
        discussion: """
            Takes journals, or the folders of reports; the first is the older one.

            Example:
              brownout gameday compare june/ september/
            """)

    @Argument(help: "A report's folder or journal.json.", completion: .file())
    var before: String
    @Argument(help: "The one to compare it with.", completion: .file())
    var after: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let comparison = Comparison(try Self.journal(before), try Self.journal(after))
        try Console.write(
            output.json
                ? try ControlJSON.text(comparison, pretty: true) + "\n"
                : ComparisonText(comparison).text)
    }

    private static func journal(_ typed: String) throws -> Journal {
        var isFolder = false
        let exists = FileManager.default.fileExists(atPath: typed, isDirectory: &isFolder)
        return try Journal(reading: exists && isFolder ? "\(typed)/journal.json" : typed)
    }
}
