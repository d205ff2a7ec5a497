import ArgumentParser
import Control
import FaultKinds
import Spec

/// `brownout catalog`: the faults that come with the program.
struct Catalog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "List the faults that come with brownout, and see what they hit.",
        discussion: """
            Example:
              brownout catalog list
              brownout catalog show us-east-1-out
              brownout catalog match us-east-1-out sts.amazonaws.com
            """,
        subcommands: [List.self, Show.self, Match.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all faults with their titles.",
            discussion: """
                Example:
                  brownout catalog list
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            let rows = try FaultCatalogue.all.map { name, text in
                CatalogueRow(name: name, try Fault(try Node.load(yaml: text, file: name)))
            }
            try Console.write(
                output.json
                    ? try ControlJSON.text(rows, pretty: true) + "\n" : CatalogueRow.table(rows))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a fault as the file that it is.",
            discussion: """
                The text is a good start for a fault of your own. With --json it is the same \
                tree, as POST /v1/faults takes it.

                Example:
                  brownout catalog show dynamodb-empty > my-fault.yaml
                """)

        @Argument(
            help: "A name in the catalogue, or a YAML file.",
            completion: .list(FaultCatalogue.all.map(\.name)))
        var fault: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            if !output.json, let text = FaultCatalogue.text(named: fault) {
                return try Console.write(text)
            }
            try Console.print(try FaultSource(fault).node.json())
        }
    }

    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which names a fault hits, and by which pattern.",
            discussion: """
                Says what `names` and `except` mean for a name by itself; a fault also fires on an \
                alias whose CNAME chain leads to a name that it hits.

                Example:
                  brownout catalog match us-east-1-out sts.amazonaws.com sqs.eu-west-1.amazonaws.com
                """)

        @Argument(
            help: "A name in the catalogue, or a YAML file.",
            completion: .list(FaultCatalogue.all.map(\.name)))
        var fault: String

        @Argument(help: ArgumentHelp("Names to look up.", valueName: "name"))
        var names: [String]

        @OptionGroup var output: OutputOptions

        func run() throws {
            let fault = try Fault(try FaultSource(fault).node)
            let rows = try names.map { try MatchRow($0, fault: fault) }
            try Console.write(
                output.json ? try ControlJSON.text(rows, pretty: true) + "\n" : MatchRow.table(rows)
            )
        }
    }
}
