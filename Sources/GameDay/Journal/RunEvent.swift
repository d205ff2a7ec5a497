public import Control

/// One thing that happened in a run. The live view, the journal and every report are made from the
/// same events, so they cannot disagree.
///
/// In JSON it is one object: `at` (milliseconds since the run began), `event` (the kind), and
/// the keys of that kind beside them.
public struct RunEvent: Equatable, Sendable {
    /// Milliseconds since the run began, on a clock that nobody sets.
    public var at: Int64
    public var kind: Kind

    public init(at: Int64, _ kind: Kind) {
        self.at = at
        self.kind = kind
    }

    public enum Kind: Equatable, Sendable {
        case phaseBegan(PhaseBegan)
        case phaseEnded(PhaseEnded)
        case armed(Armed)
        case lifted(Lifted)
        case counts(Counts)
        case result(Result)
        case expectation(Expectation)
        case stepBegan(StepBegan)
        case stepEnded(StepEnded)
        /// A word for the record: a `note` step, or what could not be done (a webhook, a renewal).
        case note(Note)
        /// The run is ended before its time; what follows is lifting, `always` and the verdict.
        case stopped(Stopped)
    }

    /// `phase` is an index into `RunHeader.phases`, here and below.
    public struct PhaseBegan: Codable, Equatable, Sendable {
        public var phase: Int
        public init(phase: Int) { self.phase = phase }
    }

    public struct PhaseEnded: Codable, Equatable, Sendable {
        public enum Reason: String, Codable, Sendable {
            /// Its time was over.
            case time
            /// What it waited for holds: `seconds` is how long that took.
            case until
            /// Its steps were done, and it had no time of its own.
            case steps
            /// A stop condition, an interruption or an error ended the run.
            case stopped
        }
        public var phase: Int
        public var reason: Reason
        public var seconds: Double
        public init(phase: Int, reason: Reason, seconds: Double) {
            self.phase = phase
            self.reason = reason
            self.seconds = seconds
        }
    }

    public struct Armed: Codable, Equatable, Sendable {
        /// The agent's id of it, and what the game day calls it.
        public var id: String
        public var name: String
        public var phase: Int
        public var names: [String]
        public var effects: [String]
        public var seed: UInt64
        public var dryRun: Bool
        public var spec: JSONValue
        public init(
            id: String, name: String, phase: Int, names: [String], effects: [String],
            seed: UInt64, dryRun: Bool, spec: JSONValue
        ) {
            self.id = id
            self.name = name
            self.phase = phase
            self.names = names
            self.effects = effects
            self.seed = seed
            self.dryRun = dryRun
            self.spec = spec
        }
    }

    public struct Lifted: Codable, Equatable, Sendable {
        public var id: String
        /// Why: "the phase says so", "the run is over", "lease-end", "by uid 0".
        public var why: String
        /// Nil where the agent could not be asked.
        public var counts: FaultCounts?
        public init(id: String, why: String, counts: FaultCounts?) {
            self.id = id
            self.why = why
            self.counts = counts
        }
    }

    /// What an armed fault has done until now; about once a second, when it changed.
    public struct Counts: Codable, Equatable, Sendable {
        public var id: String
        public var counts: FaultCounts
        public init(id: String, counts: FaultCounts) {
            self.id = id
            self.counts = counts
        }
    }

    /// One check of a probe. `at` is when the check *began*; events are in the order of ends.
    public struct Result: Codable, Equatable, Sendable {
        public var probe: String
        public var passed: Bool
        public var reason: String?
        /// Milliseconds.
        public var latency: Double
        public var ttfb: Double?
        /// Only those that expectations ask for: numbers and texts by their written name.
        public var facts: [String: JSONValue]?
        public init(
            probe: String, passed: Bool, reason: String? = nil, latency: Double,
            ttfb: Double? = nil, facts: [String: JSONValue]? = nil
        ) {
            self.probe = probe
            self.passed = passed
            self.reason = reason
            self.latency = latency
            self.ttfb = ttfb
            self.facts = facts
        }
    }

    /// How an expectation stands: at each change, and once for good when its phase ends.
    public struct Expectation: Codable, Equatable, Sendable {
        public enum State: String, Codable, Sendable {
            /// It may still become true, or nothing has been seen yet.
            case pending
            /// As things are it is met.
            case holding
            /// As things are it is not.
            case failing
            /// For good.
            case passed
            case failed
            /// For good: a failure, for nothing was there to judge by.
            case noSamples
        }
        public enum Role: String, Codable, Sendable {
            case expect, until, stop
        }
        public var phase: Int
        public var role: Role
        public var probe: String
        /// As written: `success >= 99%`.
        public var text: String
        public var state: State
        /// What was measured, in words: `97.5 %`, `p95 412 ms, baseline 120 ms`.
        public var measured: String?
        /// Seconds from the phase's begin until it held, for `within`, `for at least` and `until`.
        public var after: Double?
        public init(
            phase: Int, role: Role, probe: String, text: String, state: State,
            measured: String? = nil, after: Double? = nil
        ) {
            self.phase = phase
            self.role = role
            self.probe = probe
            self.text = text
            self.state = state
            self.measured = measured
            self.after = after
        }
    }

    public struct StepBegan: Codable, Equatable, Sendable {
        /// Counted over the whole run.
        public var step: Int
        /// Nil for a step of `always`.
        public var phase: Int?
        /// `run`, `confirm`, `note`, `http`.
        public var kind: String
        public var text: String
        public var role: String?
        public init(step: Int, phase: Int?, kind: String, text: String, role: String? = nil) {
            self.step = step
            self.phase = phase
            self.kind = kind
            self.text = text
            self.role = role
        }
    }

    public struct StepEnded: Codable, Equatable, Sendable {
        public var step: Int
        public var passed: Bool
        public var seconds: Double
        /// Exit code and the end of its output, or why it failed.
        public var detail: String?
        /// Who confirmed: a login name, `--yes`, or what the API was told.
        public var who: String?
        public init(
            step: Int, passed: Bool, seconds: Double, detail: String? = nil, who: String? = nil
        ) {
            self.step = step
            self.passed = passed
            self.seconds = seconds
            self.detail = detail
            self.who = who
        }
    }

    public struct Note: Codable, Equatable, Sendable {
        public var text: String
        public init(text: String) { self.text = text }
    }

    public struct Stopped: Codable, Equatable, Sendable {
        public enum Cause: String, Codable, Sendable {
            /// A stop condition of the game day.
            case condition
            /// The agent is gone or halted, or a fault ended that should not have.
            case agent
            /// A signal.
            case interrupted
            /// A step that failed, a probe that cannot begin.
            case error
        }
        public var cause: Cause
        public var why: String
        public init(cause: Cause, why: String) {
            self.cause = cause
            self.why = why
        }
    }
}

/// How a run ended.
public struct Verdict: Codable, Equatable, Sendable {
    public enum Outcome: String, Codable, Sendable {
        /// Every expectation was met.
        case held
        /// At least one was not.
        case failed
        /// The steady state did not hold before the first fault: nothing was armed.
        case notStarted
        /// A stop condition, or the agent was lost.
        case stopped
        case interrupted
        case error
    }
    public var outcome: Outcome
    /// In one line: `2 of 9 expectations failed`.
    public var summary: String
    /// The exit code of the program.
    public var exitCode: Int32
    /// Milliseconds since the run began.
    public var at: Int64

    public init(outcome: Outcome, summary: String, exitCode: Int32, at: Int64) {
        self.outcome = outcome
        self.summary = summary
        self.exitCode = exitCode
        self.at = at
    }
}
