import ArgumentParser
import FaultKinds
import Spec

/// `brownout net EFFECT HOST[:PORT]…`: one subcommand for each effect on connections.
struct NetCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "net",
            abstract: "Break the connections to some hosts, or to this one.",
            discussion: """
                A host is an address, a network or a name; a name is followed wherever answers, or \
                /etc/hosts, say that it is. The command stays in the foreground as `dns` does.

                Example:
                  sudo brownout net blackhole db.example.com:5432 --for 60s
                  sudo brownout net latency '*.us-east-1.amazonaws.com' --by 300ms --ports 443
                  sudo brownout net reset --direction inbound --ports 8080 --flap on=5s,off=10s
                """,
            subcommands: EffectCatalogue.net.map { command(for: $0) })
    }

    private static func command<Effect: NetEffect>(
        for effect: Effect.Type
    ) -> any ParsableCommand.Type {
        NetEffectCommand<Effect>.self
    }
}

/// `brownout net latency HOST… --by 300ms`: arms a fault of one effect.
struct NetEffectCommand<Effect: NetEffect>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        let manual = Manual(Effect.text.manual)
        return CommandConfiguration(
            commandName: Effect.name, abstract: manual.summary + ".",
            discussion: manual.discussion)
    }

    @Argument(
        help: ArgumentHelp(
            "Hosts to act on: `a.b.c:443`, `*.b.c`, `10.0.0.9`, `10.0.0.0/8`, `[2001:db8::9]:443`; "
                + "none means everybody, at --ports.",
            valueName: "host"))
    var hosts: [String] = []

    @OptionGroup(title: "Keys of the effect") var effect: EffectFlags<Effect>
    @OptionGroup(title: "When and how") var fault: FaultOptions
    @OptionGroup(title: "Which connections") var connections: ConnectionOptions
    @OptionGroup(title: "Whose traffic") var scope: ScopeOptions
    @OptionGroup var arming: ArmOptions
    @OptionGroup var agent: AgentOptions

    func validate() throws {
        guard hosts.isEmpty, connections.ports == nil else { return }
        throw ValidationError(
            "give hosts (db.example.com:5432, 10.0.0.0/8), or with --ports everybody at these")
    }

    func run() async throws {
        let command = "net \(Effect.name)"
        var options = fault
        options.lifetime = fault.lifetime ?? Arming.defaultLifetime
        let more = hosts.count > 1 ? " +\(hosts.count - 1)" : ""
        let first = hosts.first ?? connections.ports.map { "port \($0)" } ?? ""
        let request = try Arming.request(
            node(options: options), name: arming.name ?? "\(command) \(first)\(more)",
            options: arming)
        try await Arming(options: arming, agent: agent).run([request])
    }

    /// What was typed, as the tree of a fault file.
    func node(options: FaultOptions) -> Node {
        let command = "net \(Effect.name)"
        return CommandLineFault(
            connection: Effect.name, keys: effect.given, hosts: hosts, command: command,
            options: options, connections: connections
        ).scoped(scope, netns: agent.netns).node(command: command)
    }
}
