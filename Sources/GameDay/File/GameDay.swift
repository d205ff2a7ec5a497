public import ProbeKinds
public import Spec

/// A game day: probes, what they must show, and the faults that test it, phase by phase.
///
/// Which keys there are and what they mean is in ``schema(fault:probes:)``.
public struct GameDay: Sendable {
    public var title: String
    public var about: String?
    /// What each role does, in the order written.
    public var roles: [Role]
    /// Where the runbook is.
    public var runbook: String?
    /// The values of all variables, in the order written.
    public var variables: [Variable]
    public var probes: [ProbeSpec]
    /// How long the steady state is watched before the first fault.
    public var baseline: Duration
    /// How long it may take to come back once everything is lifted.
    public var recovery: Duration
    public var steadyState: [Expected]
    public var phases: [Phase]
    /// Any of these ends the run at once.
    public var stop: [Expected]
    /// What is done at the end, whatever happened.
    public var always: [Step]
    /// What it was read from, as written.
    public var node: Node
    /// Where its faults came from, and what checks them again at another speed.
    public var faults: FaultLibrary

    public struct Role: Equatable, Sendable {
        public var name: String
        public var about: String
    }

    public struct Variable: Equatable, Sendable {
        public var name: String
        public var value: String
    }

    public static let defaultBaseline = Duration.seconds(10)
    /// At least; twice the baseline where that is longer.
    public static let defaultRecovery = Duration.seconds(60)

    /// The facts that expectations ask of a probe, for ``Probe/open(wanted:)``.
    public func facts(of probe: String) -> Set<FactName> {
        let all = steadyState + stop + phases.flatMap { $0.expect + $0.until }
        return Set(all.filter { $0.probe == probe }.compactMap(\.expectation.fact))
    }

    /// Reads a game day.
    ///
    /// - Parameters:
    ///   - set: Variables given by hand; they win over the environment, which wins over defaults.
    ///   - environment: Variables of the environment; only declared ones are looked up.
    ///   - faults: Where faults come from.
    ///   - kinds: The kinds of probe there are.
    /// - Throws: Where and what is wrong, for the first key that is.
    public init(
        node: Node, set: [String: String] = [:], environment: [String: String] = [:],
        faults: FaultLibrary, kinds: [any Probe.Type] = ProbeCatalogue.all
    ) throws(SpecError) {
        try Self.checkKeys(of: node)
        var variables = try Variables(
            node["variables"], set: set, environment: environment)
        let expanded = try Self.expand(node, &variables)
        try variables.finish()
        var reader = GameDayReader(faults: faults, kinds: kinds, changed: variables.changed)
        var fields = try Fields(expanded, of: "a game day")
        title = try fields.requiredString("title")
        about = try fields.string("about")
        if let node = try fields.node("roles") { try reader.readRoles(node) }
        roles = reader.roles
        runbook = try fields.string("runbook")
        _ = try fields.node("variables")
        self.variables = variables.values
        try reader.readProbes(fields.requiredNode("probes"))
        probes = reader.probes
        baseline =
            try fields.duration("baseline", in: GameDayReader.phaseLengths)
            ?? Self.defaultBaseline
        recovery =
            try fields.duration("recovery", in: GameDayReader.phaseLengths)
            ?? max(Self.defaultRecovery, baseline * 2)
        steadyState = try reader.expectations(
            fields.requiredNode("steadyState"), key: "steadyState", use: .steadyState,
            length: baseline)
        phases = try reader.phases(fields.requiredNode("phases"))
        stop = try reader.expectations(fields.node("stop"), key: "stop", use: .stop, length: nil)
        always = try reader.steps(fields.node("always"), key: "always")
        try fields.finish()
        if recovery < baseline {
            throw fields.error(
                "recovery", "the steady state must hold for the baseline's \(baseline.spec) again",
                hint: "write \(baseline.spec) or more")
        }
        self.node = node
        self.faults = faults
    }

    /// A key that is misspelt is told as what it is, not by those that miss it.
    private static func checkKeys(of node: Node) throws(SpecError) {
        guard node.entries != nil else { return }
        var fields = try Fields(node, of: "a game day")
        for key in schema.keys { _ = try fields.node(key.name) }
        try fields.finish()
    }

    /// Everything but the variables themselves.
    private static func expand(
        _ node: Node, _ variables: inout Variables
    ) throws(SpecError) -> Node {
        guard let entries = node.entries else { return node }
        var expanded: [Node.Entry] = []
        for entry in entries {
            var entry = entry
            if entry.key != "variables" { entry.value = try variables.expand(entry.value) }
            expanded.append(entry)
        }
        return Node(.mapping(expanded), location: node.location)
    }
}
