import Control

/// How a run came to its end, and the verdict that follows from it.
struct RunEnding: Equatable, Sendable {
    var stopped: RunEvent.Stopped?
    /// Whether the steady state held before the first fault.
    var isSteady: Bool
    /// Expectations and steps that were not met.
    var failures: [String]
    /// How many of these are steps.
    var failedSteps: Int
    /// How many expectations were judged.
    var judged: Int
    /// How many were looked at and decide nothing, as faults only counted.
    var undecided: Int
    var isDryRun: Bool
    var at: Duration

    var verdict: Verdict {
        switch stopped?.cause {
        case .interrupted: verdict(.interrupted, "by \(stopped?.why ?? "")", 5)
        case .condition, .agent: verdict(.stopped, stopped?.why ?? "", 4)
        case .error: verdict(.error, stopped?.why ?? "", 2)
        case nil:
            if !isSteady {
                verdict(
                    .notStarted,
                    "the steady state did not hold before the first fault; nothing was armed: "
                        + failures.joined(separator: "; "), 1)
            } else if !failures.isEmpty {
                verdict(.failed, dry + failed, 1)
            } else {
                verdict(.held, dry + "all \(judged) expectations met", 0)
            }
        }
    }

    private var failed: String {
        let expectations = failures.count - failedSteps
        let steps = "\(failedSteps) step\(failedSteps == 1 ? "" : "s") failed"
        let words =
            "\(expectations) of \(judged) expectations not met"
            + (failedSteps > 0 ? ", \(steps)" : "")
        return (expectations == 0 && failedSteps > 0 ? steps : words) + ": "
            + failures.prefix(3).joined(separator: "; ") + (failures.count > 3 ? "; …" : "")
    }

    private var dry: String {
        guard isDryRun else { return "" }
        return undecided == 0
            ? "a dry run: "
            : "a dry run, in which \(undecided) of the phases decide\(undecided == 1 ? "s" : "") nothing: "
    }

    private func verdict(_ outcome: Verdict.Outcome, _ summary: String, _ code: Int32) -> Verdict {
        Verdict(outcome: outcome, summary: summary, exitCode: code, at: at.wholeMilliseconds)
    }
}
