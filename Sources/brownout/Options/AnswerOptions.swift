import ArgumentParser
import FaultKinds
import Wire

/// Which answers a fault changes, and how it says so: the flags of faults with `dns`.
struct AnswerOptions: ParsableArguments {
    @Option(help: .key("types"), completion: .list(Fault.addressTypes.map(\.description)))
    var types: String?

    @Option(help: .key("leg"), completion: .list(Leg.allCases.map(\.rawValue)))
    var leg: String?

    @Flag(
        name: .customLong("no-mark"),
        help: "Do not say in the answer that it is forged (Extended DNS Error 4).")
    var noMark = false

    @Option(help: .key("resolvers"))
    var resolvers: String?

    @Option(help: .key("port"))
    var port: String?
}
