import ArgumentParser
import FaultKinds

/// When, where and how a fault on connections acts: the flags that every effect of `net` takes.
struct NetOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long it lives, at the most. (default: 60s)", valueName: "duration"))
    var lifetime: String?

    @Option(help: .key("ports"))
    var ports: String?

    @Option(
        help: .key("direction"),
        completion: .list(NetTerms.Direction.allCases.map(\.rawValue)))
    var direction: String?

    @Option(
        help: .key("connections"),
        completion: .list(NetTerms.Connections.allCases.map(\.rawValue)))
    var connections: String?

    @Flag(help: .key("kill"))
    var kill = false

    @Flag(help: .key("sni"))
    var sni = false

    @Option(help: .key("probability"))
    var probability: String?

    @Option(parsing: .singleValue, help: .key("except"))
    var except: [String] = []

    @Option(help: .key("after"))
    var after: String?

    @Option(
        help: ArgumentHelp(
            "The next three in one: on=10s,off=5s,jitter=1s.", valueName: "on=…,off=…"))
    var flap: String?

    @Option(help: .key("on", of: "flap"))
    var flapOn: String?

    @Option(help: .key("off", of: "flap"))
    var flapOff: String?

    @Option(help: .key("jitter", of: "flap"))
    var flapJitter: String?

    @Option(help: .key("seed"))
    var seed: String?

    /// Those that faults on answers have as well.
    var common: FaultOptions {
        var options = FaultOptions()
        options.lifetime = lifetime
        options.probability = probability
        options.types = nil
        options.except = except
        options.after = after
        options.flap = flap
        options.flapOn = flapOn
        options.flapOff = flapOff
        options.flapJitter = flapJitter
        options.seed = seed
        options.leg = nil
        options.noMark = false
        options.resolvers = nil
        options.port = nil
        return options
    }
}
