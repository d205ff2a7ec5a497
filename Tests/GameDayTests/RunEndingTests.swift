import Testing

@testable import GameDay

/// What a verdict is made of.
@Suite struct RunEndingTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var stopped: RunEvent.Stopped.Cause?
        var isSteady = true
        var failures: [String] = []
        var failedSteps = 0
        var undecided = 0
        var isDryRun = false
        var outcome: Verdict.Outcome
        var code: Int32
        var words: String
        var testDescription: String { id }
    }

    static let rows = [
        Row(id: "held", outcome: .held, code: 0, words: "all 4 expectations met"),
        Row(
            id: "failed", failures: ["a: pass"], outcome: .failed, code: 1,
            words: "1 of 4 expectations not met: a: pass"),
        Row(
            id: "many", failures: ["a", "b", "c", "d"], outcome: .failed, code: 1,
            words: "4 of 4 expectations not met: a; b; c; …"),
        Row(
            id: "a step", failures: ["step run: x"], failedSteps: 1, outcome: .failed, code: 1,
            words: "1 step failed: step run: x"),
        Row(
            id: "both", failures: ["a", "step run: x", "step run: y"], failedSteps: 2,
            outcome: .failed, code: 1,
            words: "1 of 4 expectations not met, 2 steps failed: a; step run: x; step run: y"),
        Row(
            id: "not started", isSteady: false, failures: ["a"], outcome: .notStarted, code: 1,
            words: "the steady state did not hold before the first fault; nothing was armed: a"),
        Row(
            id: "condition", stopped: .condition, failures: ["a"], outcome: .stopped, code: 4,
            words: "why"),
        Row(id: "agent", stopped: .agent, outcome: .stopped, code: 4, words: "why"),
        Row(
            id: "interrupted", stopped: .interrupted, isSteady: false, failures: ["a"],
            outcome: .interrupted, code: 5, words: "by why"),
        Row(id: "error", stopped: .error, outcome: .error, code: 2, words: "why"),
        Row(
            id: "dry run", undecided: 3, isDryRun: true, outcome: .held, code: 0,
            words: "a dry run, in which 3 of the phases decide nothing: all 4 expectations met"),
        Row(
            id: "dry run without expectations", isDryRun: true, outcome: .held, code: 0,
            words: "a dry run: all 4 expectations met"),
        Row(
            id: "dry run that failed", failures: ["a"], undecided: 1, isDryRun: true,
            outcome: .failed, code: 1,
            words: "a dry run, in which 1 of the phases decides nothing: 1 of 4 expectations not "
                + "met: a"),
    ]

    @Test(arguments: rows)
    func isTheVerdict(_ row: Row) {
        let ending = RunEnding(
            stopped: row.stopped.map { .init(cause: $0, why: "why") }, isSteady: row.isSteady,
            failures: row.failures, failedSteps: row.failedSteps, judged: 4,
            undecided: row.undecided, isDryRun: row.isDryRun, at: .milliseconds(1500))
        #expect(
            ending.verdict
                == Verdict(outcome: row.outcome, summary: row.words, exitCode: row.code, at: 1500))
    }
}
