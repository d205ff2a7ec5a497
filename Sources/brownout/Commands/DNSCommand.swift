import ArgumentParser
import FaultKinds
import Spec

/// `brownout dns EFFECT NAME…`: one subcommand for each effect of the catalogue.
struct DNSCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dns",
            abstract: "Change the DNS answers for some names.",
            discussion: """
                The command stays in the foreground with a line of what it sees and does, renews \
                the fault, and lifts it on Ctrl-C; with --detach the fault lives until --for ends.

                Example:
                  sudo brownout dns empty dynamodb.us-east-1.amazonaws.com --for 60s
                  sudo brownout dns delay '*.us-east-1.amazonaws.com' --by 300ms --jitter 50ms
                """,
            subcommands: EffectCatalogue.all.map { command(for: $0) })
    }

    private static func command<Effect: DNSEffect>(
        for effect: Effect.Type
    ) -> any ParsableCommand.Type {
        EffectCommand<Effect>.self
    }
}

/// `brownout dns delay NAME… --by 300ms`: arms a fault of one effect.
struct EffectCommand<Effect: DNSEffect>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        let manual = Manual(Effect.text.manual)
        return CommandConfiguration(
            commandName: Effect.name, abstract: manual.summary + ".",
            discussion: manual.discussion)
    }

    @Argument(
        help: ArgumentHelp(
            "Names to act on: `a.b.c`, `*.b.c` (one or more labels), `ec2*.b.c` (within a label).",
            valueName: "name"))
    var names: [String]

    @OptionGroup(title: "Keys of the effect") var effect: EffectFlags<Effect>
    @OptionGroup(title: "When and how") var fault: FaultOptions
    @OptionGroup(title: "Which answers") var answers: AnswerOptions
    @OptionGroup(title: "Whose traffic") var scope: ScopeOptions
    @OptionGroup var arming: ArmOptions
    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let command = "dns \(Effect.name)"
        var options = fault
        options.lifetime = fault.lifetime ?? Arming.defaultLifetime
        let more = names.count > 1 ? " +\(names.count - 1)" : ""
        let request = try Arming.request(
            node(options: options),
            name: arming.name ?? "\(command) \(names.first ?? "")\(more)", options: arming)
        try await Arming(options: arming, agent: agent).run([request])
    }

    /// What was typed, as the tree of a fault file.
    func node(options: FaultOptions) -> Node {
        let command = "dns \(Effect.name)"
        return CommandLineFault(
            effect: Effect.name, keys: effect.given, names: names, command: command,
            options: options, answers: answers
        ).scoped(scope, netns: agent.netns).node(command: command)
    }
}
