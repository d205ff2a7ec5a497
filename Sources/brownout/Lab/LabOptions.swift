import ArgumentParser
import Lab
import Spec

/// What the lab is like: flags of every command that has one.
struct LabOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Turn good habits off; `brownout lab up --help` has them.", valueName: "habit,…|all"),
        completion: .list(Habit.allCases.map(\.rawValue) + ["all"]))
    var careless = ""

    @Option(
        help: ArgumentHelp(
            "How long a token of STS lives; an instance's credentials, an eighth.",
            valueName: "duration"))
    var tokenLife = "120s"

    @Option(
        help: ArgumentHelp(
            "How many connections to DynamoDB are held and renewed.", valueName: "n"))
    var clients = 200

    @Option(help: ArgumentHelp("Requests a second that customers send.", valueName: "n"))
    var shoppers = 20

    func validate() throws { _ = try environment }

    /// The lab that the flags ask for.
    var environment: LabEnvironment {
        get throws {
            var unknown: String?
            guard let habits = Habits(careless: careless, unknown: &unknown) else {
                let word = unknown ?? careless
                let known = Habit.allCases.map(\.rawValue)
                throw ValidationError(
                    "no habit \"\(ErrorText.oneLine(word))\"; "
                        + (Suggestion.nearest(to: word, among: known)
                            .map { "did you mean `\($0)`?" }
                            ?? "there is \(known.joined(separator: ", ")), and all"))
            }
            let life: Duration
            do {
                life = try Duration(parsing: tokenLife)
            } catch {
                throw ValidationError("--token-life: \(error)")
            }
            guard life >= .seconds(6) else {
                throw ValidationError("--token-life: less than 6s, and STS would be all they do")
            }
            guard (0...2000).contains(clients) else {
                throw ValidationError("--clients is a number from 0 to 2000")
            }
            guard (0...500).contains(shoppers) else {
                throw ValidationError("--shoppers is a number from 0 to 500")
            }
            return LabEnvironment(
                habits: habits, tokenLife: life, clients: clients, shoppers: shoppers)
        }
    }

    /// Whether nothing was asked for.
    var isAsEver: Bool {
        careless.isEmpty && tokenLife == "120s" && clients == 200 && shoppers == 20
    }

    /// The same as words of a command line.
    var arguments: [String] {
        (careless.isEmpty ? [] : ["--careless", careless])
            + ["--token-life", tokenLife, "--clients", "\(clients)", "--shoppers", "\(shoppers)"]
    }
}
