import ArgumentParser
import FaultKinds
import Spec

/// `brownout inject FAULT…`: arms faults of the catalogue or from files.
struct Inject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inject",
        abstract: "Arm faults of the catalogue, or from YAML files.",
        discussion: """
            Flags replace the keys of the same name in every fault given. Either all faults are \
            armed or none.

            Example:
              sudo brownout inject dynamodb-empty
              sudo brownout inject slow-sts --for 5m --probability 50%
              sudo brownout inject ./my-fault.yaml --names api.example.com
            """)

    @Argument(
        help: ArgumentHelp("Names in the catalogue, or YAML files.", valueName: "fault"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var faults: [String]

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Act on these names instead.", valueName: "patterns"))
    var names: [String] = []

    @OptionGroup(title: "When, where and how") var fault: FaultOptions
    @OptionGroup(title: "Whose traffic") var scope: ScopeOptions
    @OptionGroup var arming: ArmOptions
    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let overrides = CommandLineFault(overrides: fault, names: names).scoped(
            scope, netns: agent.netns)
        let requests = try faults.map { typed in
            let source = try FaultSource(typed)
            return try Arming.request(
                overrides.laid(over: source.node), name: arming.name ?? source.name,
                options: arming)
        }
        try await Arming(options: arming, agent: agent).run(requests)
    }
}
