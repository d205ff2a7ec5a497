import ArgumentParser
import FaultKinds

/// Which connections a fault breaks: the flags of faults with `net`.
struct ConnectionOptions: ParsableArguments {
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
}
