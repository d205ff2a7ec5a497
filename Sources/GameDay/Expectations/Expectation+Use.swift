internal import Spec

/// What an expectation is written for: not every form makes sense everywhere.
public enum ExpectationUse: Sendable {
    case steadyState, expect, until, stop
}

/// A part of an expectation that says when.
enum TimeClause: String, CaseIterable {
    case within
    case forAtLeast = "for at least"
    case after
    case over
}

extension Expectation {
    /// What is wrong with how its parts go together, and with which of them; nil: nothing.
    func problem(for use: ExpectationUse) -> (clause: TimeClause?, problem: ValueProblem)? {
        if let problem = contradiction { return problem }
        switch use {
        case .expect: return nil
        case .steadyState:
            let clauses: [(TimeClause, Duration?)] = [
                (.within, within), (.forAtLeast, forAtLeast), (.after, after),
            ]
            for (clause, time) in clauses where time != nil {
                return (
                    clause,
                    ValueProblem(
                        "a steady state holds all the time, so it has no `\(clause.rawValue)`",
                        hint: "leave it out")
                )
            }
            guard comparesWithBaseline else { return nil }
            return (
                nil,
                ValueProblem(
                    "the steady state is what the baseline is measured by",
                    hint: "write a duration, such as p95 < 300ms")
            )
        case .until, .stop:
            let word = use == .until ? "until" : "stop"
            if within != nil {
                return (
                    .within,
                    ValueProblem(
                        "`\(word)` waits for it as long as it takes, so it has no `within`",
                        hint: use == .until
                            ? "the phase's `for` says how long" : "write `over` for a window")
                )
            }
            guard quantifier != .plain else { return nil }
            let usual = isAggregate ? "leave it out" : "write `over 10s` behind it"
            guard isAggregate || over == nil else { return nil }
            return (
                nil,
                ValueProblem(
                    "`\(quantifier.rawValue)` is never settled while `\(word)` waits",
                    hint: usual)
            )
        }
    }

    /// Parts that cannot be meant together, whatever it is for.
    private var contradiction: (clause: TimeClause?, problem: ValueProblem)? {
        switch (quantifier, within, forAtLeast) {
        case (.always, .some, _):
            return (
                .within,
                ValueProblem(
                    "`always` is about every result, and `within` about one",
                    hint: "write `after` for a time that does not count")
            )
        case (.never, .some, _):
            return (
                .within,
                ValueProblem(
                    "`never` is about every result, and `within` about one",
                    hint: "leave out `within`")
            )
        case (.always, _, .some):
            return (
                .forAtLeast,
                ValueProblem(
                    "`always` is longer than any `for at least`", hint: "leave out one of them")
            )
        default: break
        }
        if over != nil, !isAggregate, within != nil || forAtLeast != nil {
            return (
                .over,
                ValueProblem(
                    "`over` says which results count, and so does "
                        + (within == nil ? "`for at least`" : "`within`"),
                    hint: "write `for at least` instead of `over`")
            )
        }
        return nil
    }
}
