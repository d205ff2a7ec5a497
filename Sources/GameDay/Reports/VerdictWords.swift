/// A verdict, or that there is none, in the words of every report.
public struct VerdictWords: Equatable, Sendable {
    /// For the eye: `HELD`, `FAILED`.
    public var head: String
    /// The code of JSON, `held` and so on; `unfinished` where the journal has no verdict.
    public var code: String
    public var summary: String

    public init(_ verdict: Verdict?) {
        head =
            switch verdict?.outcome {
            case .held: "HELD"
            case .failed: "FAILED"
            case .notStarted: "NOT STARTED"
            case .stopped: "STOPPED"
            case .interrupted: "INTERRUPTED"
            case .error: "ERROR"
            case nil: "UNFINISHED"
            }
        code = verdict?.outcome.rawValue ?? "unfinished"
        summary =
            verdict?.summary
            ?? "the journal has no verdict: the run goes on, or its runner was killed"
    }

    /// As the head without its case: for sentences.
    public var word: String { head.lowercased() }
}

extension RunEvent.PhaseEnded.Reason {
    /// Why a phase ended, for people.
    var words: String {
        switch self {
        case .time: "its time was over"
        case .until: "what it waited for holds"
        case .steps: "its steps were done"
        case .stopped: "the run was ended"
        }
    }
}

extension RunEvent.Stopped.Cause {
    var words: String {
        switch self {
        case .condition: "a stop condition"
        case .agent: "the agent"
        case .interrupted: "interrupted"
        case .error: "an error"
        }
    }
}

extension Measurements {
    /// The recovery after the lift, or why there is none.
    var afterLiftWords: String {
        wasBackBeforeLift ? "before the lift" : Figures.seconds(recoveryAfterLift)
    }
}
