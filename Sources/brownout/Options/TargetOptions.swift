import ArgumentParser

/// Whom a fault that is there already is to be about instead.
struct TargetOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Act on these names instead.", valueName: "patterns"))
    var names: [String] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Break the connections to these hosts instead: names, addresses, networks, each with "
                + "a port if you like.", valueName: "hosts"))
    var hosts: [String] = []
}
