import Control
public import GameDay

/// Game days that nobody ran: journals as a runner would leave them, from a seed.
///
/// The service behaves as its scenario says, each check is drawn, and expectations are judged by what was
/// drawn. Same seed, same journal.
public struct SyntheticRun: Sendable {
    public enum Scenario: String, CaseIterable, Sendable {
        /// The service degrades as promised and comes back.
        case held
        /// It comes back late, and its latency is not what was promised.
        case failed
        /// A stop condition ends it.
        case stopped
        /// The steady state does not hold before the first fault.
        case notStarted
        case interrupted
        /// The runner was killed: the journal ends in the middle.
        case killed
        /// The agent is lost.
        case agentLost
    }

    public var scenario: Scenario
    public var seed: UInt64
    /// Multiplies all times but those of the checks.
    public var stretch = 1.0
    /// Seconds between two checks.
    public var every = 1.0
    /// Appended to names and reasons: what an attacker would put there.
    public var poison = ""
    /// Probes beyond the six that the scenario speaks of.
    public var extraProbes = 0

    public init(_ scenario: Scenario, seed: UInt64 = 1) {
        self.scenario = scenario
        self.seed = seed
    }

    /// The whole incident, 14 h 32 min, with about a million results.
    public static func incident(seed: UInt64 = 1, every: Double = 0.314) -> SyntheticRun {
        var run = SyntheticRun(.failed, seed: seed)
        run.stretch = 52_320 / 284
        run.every = every
        return run
    }

    public func journal() -> Journal {
        var draft = SyntheticDraft(self)
        return draft.journal()
    }
}

/// SplitMix64 (S. Vigna): small, seeded, the same everywhere.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
