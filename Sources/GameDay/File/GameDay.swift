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
        throw SpecError(location: node.location, problem: "cannot be read yet")
    }
}
