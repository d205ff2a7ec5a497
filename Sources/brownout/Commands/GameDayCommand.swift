import ArgumentParser
import Control
import GameDay
import Spec

/// `brownout gameday`: scripted game days.
struct GameDayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gameday",
        abstract: "Run a scripted game day: faults, what must hold, and a report.",
        discussion: """
            A game day is a YAML file: probes, the steady state, phases that arm faults and say \
            what is expected of each probe, conditions that stop it. Start from one that is there: \
            `list` has them, `show` prints one, `--lab` runs it in a small cloud without root.

            Example:
              brownout gameday list
              brownout gameday run dynamodb-empty --lab
              brownout gameday show dynamodb-empty > ours.yaml
              brownout gameday plan ours.yaml --speed 60
              brownout gameday validate ours.yaml
              sudo brownout gameday run ours.yaml --set SERVICE=http://127.0.0.1:8080
            """,
        subcommands: [
            GameDayRun.self, GameDayPlan.self, GameDayValidate.self, GameDayList.self,
            GameDayShow.self, GameDayCompare.self, GameDayConfirm.self,
        ])
}

/// `brownout gameday plan`: the timeline, nothing touched.
struct GameDayPlan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print the timeline of a game day; nothing is touched.",
        discussion: """
            Example:
              brownout gameday plan incident-2025-10-20 --speed 60
            """)

    @Argument(
        help: "A name in the catalogue, or a YAML file.",
        completion: .list(GameDayCatalogue.all.map(\.name)))
    var gameday: String

    @OptionGroup var options: GameDayOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let plan = try Plan(
            GameDaySource(gameday).gameDay(set: options.variables), speed: options.speed)
        try Console.write(
            output.json
                ? try ControlJSON.text(plan.document, pretty: true) + "\n" : plan.text)
    }
}

/// `brownout gameday validate`: everything that can be known without running it.
struct GameDayValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check game days: every key, expectation and fault in them.",
        discussion: """
            One line for each mistake, with file, line and column; exit code 2 if there is any.

            Example:
              brownout gameday validate Gamedays/*.yaml
            """)

    @Argument(
        help: "Names in the catalogue, or YAML files.",
        completion: .file(extensions: ["yaml", "yml"]))
    var gamedays: [String]

    @OptionGroup var options: GameDayOptions
    @OptionGroup var output: OutputOptions

    private struct Row: Encodable {
        var file: String
        var valid: Bool
        var error: String?
        var warnings: [String]
    }

    func run() throws {
        var rows: [Row] = []
        for typed in gamedays {
            do {
                let plan = try Plan(
                    GameDaySource(typed).gameDay(set: options.variables), speed: options.speed)
                rows.append(
                    Row(file: typed, valid: true, warnings: plan.warnings.map(\.description)))
            } catch let error as SpecError {
                rows.append(
                    Row(file: typed, valid: false, error: error.description, warnings: []))
            }
        }
        if output.json {
            try Console.print(try ControlJSON.text(rows, pretty: true))
        } else {
            for row in rows {
                for warning in row.warnings { Console.complain("warning: \(warning)") }
                if let error = row.error { Console.complain(error) }
                if row.valid { try Console.print("\(row.file): valid") }
            }
        }
        if rows.contains(where: { !$0.valid }) { throw ExitCode.usage }
    }
}

/// `brownout gameday list`: the game days that come with brownout.
struct GameDayList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the game days that come with brownout.",
        discussion: """
            Example:
              brownout gameday list
            """)

    @OptionGroup var output: OutputOptions

    private struct Row: Encodable {
        var name: String
        var title: String
        var about: String?
        var variables: [String: String]
        /// At speed 1.
        var seconds: Double
    }

    func run() throws {
        var rows: [Row] = []
        for (name, _) in GameDayCatalogue.all {
            let day = try GameDaySource(name).gameDay(set: [:])
            let plan = try Plan(day, speed: 1)
            rows.append(
                Row(
                    name: name, title: day.title, about: day.about,
                    variables: Dictionary(
                        day.variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
                    seconds: plan.length.seconds))
        }
        if output.json { return try Console.print(try ControlJSON.text(rows, pretty: true)) }
        var table = Table(["NAME", "TAKES", "TITLE"])
        for row in rows { table.append(row.name, Numbers.elapsed(row.seconds), row.title) }
        try Console.write(table.text)
    }
}

/// `brownout gameday show`: a game day as the file that it is.
struct GameDayShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a game day as the file that it is.",
        discussion: """
            The text is a good start for a game day of your own.

            Example:
              brownout gameday show us-east-1-out > Gamedays/ours.yaml
            """)

    @Argument(
        help: "A name in the catalogue, or a YAML file.",
        completion: .list(GameDayCatalogue.all.map(\.name)))
    var gameday: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let source = try GameDaySource(gameday)
        if !output.json { return try Console.write(source.text) }
        try Console.print(try Node.load(yaml: source.text, file: source.file).json())
    }
}
