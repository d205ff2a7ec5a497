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
              sudo brownout inject slow-dependency --hosts db.example.com:5432
              sudo brownout inject nervous-nlb-net --ports 8081 --flap on=30s,off=30s
              brownout catalog show no-sts | sed 's/us-east-1/eu-west-1/' | sudo brownout inject -
            """)

    @Argument(
        help: ArgumentHelp(
            "Names in the catalogue, YAML files, or - for standard input.", valueName: "fault"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var faults: [String]

    @OptionGroup(title: "Whom instead") var targets: TargetOptions
    @OptionGroup(title: "When and how") var fault: FaultOptions
    @OptionGroup(title: "Which answers") var answers: AnswerOptions
    @OptionGroup(title: "Which connections") var connections: ConnectionOptions
    @OptionGroup(title: "Whose traffic") var scope: ScopeOptions
    @OptionGroup var arming: ArmOptions
    @OptionGroup var agent: AgentOptions

    /// What was typed besides the faults.
    var overrides: CommandLineFault {
        CommandLineFault(
            overrides: fault, targets: targets, answers: answers, connections: connections
        ).scoped(scope, netns: agent.netns)
    }

    func run() async throws {
        let overrides = overrides
        let requests = try faults.map { typed in
            let source = try FaultSource(typed)
            return try Arming.request(
                try overrides.laid(over: source.node), name: arming.name ?? source.name,
                options: arming)
        }
        try await Arming(options: arming, agent: agent).run(requests)
    }
}
