import Spec

/// A fault made of flags: gives them the keys of a fault file and says of each where it was typed,
/// so that errors read `--by: "3 parsecs" is not a duration; …`.
struct CommandLineFault {
    /// One key of the effect as it was typed.
    struct Setting: Equatable {
        var key: String
        var text: String
        /// Several values, between commas.
        var isList: Bool
    }

    /// Keys in the order in which they are to appear.
    private(set) var entries: [(key: String, node: Node)] = []
    /// The network namespace that it is for.
    private var network: Node?

    /// A fault of one effect.
    ///
    /// - Parameters:
    ///   - command: What an error without a flag points at, such as `dns delay`.
    init(
        effect: String, keys: [Setting], names: [String],
        command: String, options: FaultOptions, answers: AnswerOptions
    ) {
        add("names", Self.list(names.flatMap(Self.commaSeparated), EffectNames.placeholder))
        add("dns", effect, keys, command)
        add(options)
        add(answers)
    }

    /// A fault on connections, of one effect.
    init(
        connection effect: String, keys: [Setting], hosts: [String], command: String,
        options: FaultOptions, connections: ConnectionOptions
    ) {
        if !hosts.isEmpty {
            add("hosts", Self.list(hosts.flatMap(Self.commaSeparated), EffectNames.host))
        }
        add("net", effect, keys, command)
        add(connections)
        add(options)
    }

    private mutating func add(
        _ half: String, _ effect: String, _ keys: [Setting], _ command: String
    ) {
        let settings = keys.map { setting in
            let flag = "--\(setting.key)"
            let parts = setting.isList ? Self.commaSeparated(setting.text) : []
            let node =
                parts.count > 1
                ? Self.list(parts, flag) : Node.scalar(setting.text, at: .commandLine(flag))
            return (setting.key, node)
        }
        let at = SourceLocation.commandLine(command)
        let step = Node.mapping([(effect, .mapping(settings, at: at))], at: at)
        add(half, .sequence([step], at: at))
    }

    /// Flags alone, to be laid over a file.
    init(
        overrides options: FaultOptions, targets: TargetOptions, answers: AnswerOptions,
        connections: ConnectionOptions
    ) {
        if !targets.names.isEmpty { add("names", Self.patterns(targets.names, "--names")) }
        if !targets.hosts.isEmpty { add("hosts", Self.patterns(targets.hosts, "--hosts")) }
        add(answers)
        add(connections)
        add(options)
    }

    /// The same for some processes alone, and in a network namespace.
    func scoped(_ scope: ScopeOptions, netns: String?) -> CommandLineFault {
        var fault = self
        fault.add("scope", scope.node)
        fault.network = netns.map { .scalar($0, quoted: true, at: .commandLine("--netns")) }
        return fault
    }

    /// The whole as a tree.
    func node(command: String) -> Node {
        let tree = Node.mapping(
            entries.map { ($0.key, $0.node) }, at: .commandLine(command))
        return inNetwork(tree)
    }

    /// Puts the network namespace into the scope beside what is there: whose traffic is meant must not
    /// become everybody's.
    func inNetwork(_ tree: Node) -> Node {
        guard let network, var keys = tree.entries else { return tree }
        let key = Node.Entry(key: "netns", keyLocation: network.location, value: network)
        guard let place = keys.firstIndex(where: { $0.key == "scope" }) else {
            let scope = Node(.mapping([key]), location: network.location)
            keys.append(.init(key: "scope", keyLocation: network.location, value: scope))
            return Node(.mapping(keys), location: tree.location)
        }
        let scope = keys[place].value
        // What is no scope is for the check to say.
        guard let old = scope.entries else { return tree }
        keys[place].value = Node(
            .mapping(old.filter { $0.key != "netns" } + [key]), location: scope.location)
        return Node(.mapping(keys), location: tree.location)
    }

    private mutating func add(_ options: FaultOptions) {
        add("except", options.except.isEmpty ? nil : Self.patterns(options.except, "--except"))
        add("probability", options.probability, "--probability")
        add("flap", Self.flap(options))
        add("after", options.after, "--after")
        add("seed", options.seed, "--seed")
        add("for", options.lifetime, "--for")
    }

    private mutating func add(_ answers: AnswerOptions) {
        add("types", answers.types.map { Self.list(Self.commaSeparated($0), "--types") })
        add("port", answers.port, "--port")
        add("leg", answers.leg, "--leg")
        add("mark", answers.noMark ? "false" : nil, "--no-mark")
        add(
            "resolvers", answers.resolvers.map { Self.list(Self.commaSeparated($0), "--resolvers") }
        )
    }

    private mutating func add(_ connections: ConnectionOptions) {
        // Plain: a port may be a number.
        add(
            "ports",
            connections.ports.map { text in
                let at = SourceLocation.commandLine("--ports")
                return .sequence(
                    Self.commaSeparated(text).map { .scalar($0, at: at) }, at: at)
            })
        add("direction", connections.direction, "--direction")
        add("connections", connections.connections, "--connections")
        add("kill", connections.kill ? "true" : nil, "--kill")
        add("sni", connections.sni ? "true" : nil, "--sni")
    }

    private mutating func add(_ key: String, _ text: String?, _ flag: String) {
        add(key, text.map { .scalar($0, at: .commandLine(flag)) })
    }

    private mutating func add(_ key: String, _ node: Node?) {
        if let node { entries.append((key, node)) }
    }

    private static func flap(_ options: FaultOptions) -> Node? {
        var parts: [(String, Node)] = []
        for part in options.flap.map(commaSeparated) ?? [] {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            // A part without `=` stays a key without a value: the spec's check words the error.
            let value = Node.scalar(sides.count > 1 ? sides[1] : "", at: .commandLine("--flap"))
            parts.append((sides.first ?? "", value))
        }
        for (key, text) in [
            ("on", options.flapOn), ("off", options.flapOff), ("jitter", options.flapJitter),
        ] {
            guard let text else { continue }
            parts.removeAll { $0.0 == key }
            parts.append((key, .scalar(text, at: .commandLine("--flap-\(key)"))))
        }
        return parts.isEmpty ? nil : .mapping(parts, at: .commandLine("--flap"))
    }

    private static func patterns(_ texts: [String], _ flag: String) -> Node {
        list(texts.flatMap(commaSeparated), flag)
    }

    private static func list(_ texts: [String], _ flag: String) -> Node {
        let at = SourceLocation.commandLine(flag)
        return .sequence(texts.map { .scalar($0, quoted: true, at: at) }, at: at)
    }

    static func commaSeparated(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

/// The names that `dns EFFECT` takes as arguments, not as a flag.
enum EffectNames {
    /// What an error points at.
    static let placeholder = "NAME"
    /// The same for `net EFFECT`.
    static let host = "HOST"

    static func include(_ place: String) -> Bool { place == placeholder || place == host }
}
