public import Spec

/// A phase at the speed of its run. The first of a plan is the baseline, the last the recovery.
public struct PlannedPhase: Sendable {
    public enum Part: String, Codable, Sendable {
        case baseline, phase, recovery
    }

    public var part: Part
    public var name: String
    public var about: String? = nil
    /// When it begins at the latest, since the begin of the run; phases without a length of their own
    /// count as the longest that their steps may take.
    public var begins: Duration
    /// How long it may last; nil: until its steps are done.
    public var length: Duration?
    public var lift: [String] = []
    public var arm: [Arming] = []
    public var steps: [Step] = []
    /// The baseline expects the steady state.
    public var expect: [Expected] = []
    /// The recovery waits for the steady state, over a window of the baseline's length.
    public var until: [Expected] = []

    /// How long it takes at most: its length, or what its steps may take together.
    public var longest: Duration {
        length ?? steps.reduce(.zero) { $0 + $1.timeout }
    }

    /// How long it takes at the very most: a phase waits for its steps.
    var longestWithSteps: Duration {
        max(longest, steps.reduce(.zero) { $0 + $1.timeout })
    }

    /// A fault as it is sent to the agent.
    public struct Arming: Sendable {
        public var name: String
        /// Its times divided by the speed; `fault.json()` is what the agent takes.
        public var fault: Node
        /// How long to ask for: the rest of the run and a margin, or the game day's own word. The
        /// agent may allow less.
        public var lifetime: Duration
        /// Whether it ends by itself, as the game day says, and is not lost when it does.
        public var endsItself: Bool
        public var location: SourceLocation
    }
}
