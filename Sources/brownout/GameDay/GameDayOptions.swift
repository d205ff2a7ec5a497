import ArgumentParser

/// What every command takes that reads a game day.
struct GameDayOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Give a variable of the game day a value; may be repeated. Wins over the environment.",
            valueName: "name=value"))
    var assignments: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Divide every duration of the file by this: phases, windows, lifetimes and flapping of \
            faults. Not the probes' intervals and timeouts, latency bounds, delays and TTLs.
            """, valueName: "n"))
    var speed = 1.0

    /// The variables by name.
    var variables: [String: String] {
        var variables: [String: String] = [:]
        for assignment in assignments {
            let parts = assignment.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        return variables
    }

    func validate() throws {
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
                throw ValidationError("--set: \"\(assignment)\" is no NAME=VALUE")
            }
        }
        guard speed.isFinite, speed >= 0.01, speed <= 100_000 else {
            throw ValidationError("--speed: write a number from 0.01 to 100000, such as 60")
        }
    }
}
