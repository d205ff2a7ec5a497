import ProbeKinds

/// One expectation at work: its judge, and how it was last told to stand.
struct Watch: Sendable {
    let expected: Expected
    let phase: Int
    private var judge: Judge
    private var told: Standing?
    /// For good.
    private(set) var verdict: Standing?

    init(
        _ expected: Expected, role: RunEvent.Expectation.Role, phase: Int,
        baseline: BaselineFigures?
    ) {
        self.expected = expected
        self.phase = phase
        judge = Judge(expected.expectation, role: role, baseline: baseline)
    }

    var probe: String { expected.probe }

    mutating func add(_ sample: Sample) { judge.add(sample) }

    mutating func standing(at now: Duration) -> Standing { judge.standing(at: now) }

    /// How it stands, if that is news: another state, or in a `round` another figure.
    mutating func news(at now: Duration, round: Bool = false) -> RunEvent.Expectation? {
        let standing = judge.standing(at: now)
        guard verdict == nil, standing.state != told?.state || (round && standing != told) else {
            return nil
        }
        told = standing
        return event(standing)
    }

    /// Judges for good.
    mutating func conclude(at end: Duration) -> RunEvent.Expectation {
        let final = verdict ?? judge.verdict(at: end)
        verdict = final
        return event(final)
    }

    private func event(_ standing: Standing) -> RunEvent.Expectation {
        RunEvent.Expectation(
            phase: phase, role: judge.role, probe: probe, text: expected.expectation.text,
            state: standing.state, measured: standing.measured, after: standing.after)
    }
}
