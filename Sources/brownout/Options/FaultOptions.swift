import ArgumentParser
import FaultKinds
import Spec

/// When and how a fault acts: the flags that every effect and every catalogue entry takes, whether
/// it changes answers or connections.
///
/// They are texts here. ``CommandLineFault`` gives them the keys of a fault file, so the same code
/// checks flags and files.
struct FaultOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long it lives, at the most. (default: what a file says, else 60s)",
            valueName: "duration"))
    var lifetime: String?

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
}

extension ArgumentHelp {
    /// What the schema of fault files says of a key, which may be within a group.
    static func key(_ name: String, of group: String? = nil) -> ArgumentHelp {
        var keys = Fault.schema.keys
        if let group, case .group(let found)? = keys.first(where: { $0.name == group })?.kind {
            keys = found.keys
        }
        guard var schema = keys.first(where: { $0.name == name }) else { return "" }
        // The keys of `flap` are required in a file that has it; as flags they come together.
        if group != nil { schema.required = false }
        return ArgumentHelp("\(KeyText(schema).help)", valueName: KeyText(schema).placeholder)
    }
}

/// How the command itself behaves around a fault.
struct ArmOptions: ParsableArguments {
    @Flag(help: "Count what would be changed, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the fault's id and leave it to --for instead of watching it.")
    var detach = false

    @Option(
        help: ArgumentHelp("What people see as its name, in `status` and in marked answers."))
    var name: String?
}
