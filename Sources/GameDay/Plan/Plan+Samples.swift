internal import Spec

/// Whether there will be results to judge by.
extension Plan {
    /// Fewer results than this make a poor judgement.
    static let fewSamples = 3

    func sampleWarnings() throws(SpecError) -> [SpecError] {
        var warnings: [SpecError] = []
        for phase in phases {
            for expected in phase.expect + phase.until {
                try check(expected, in: phase, &warnings)
            }
        }
        for expected in stop { try check(expected, in: nil, &warnings) }
        return warnings
    }

    private func check(
        _ expected: Expected, in phase: PlannedPhase?, _ warnings: inout [SpecError]
    ) throws(SpecError) {
        guard let probe = gameDay.probes.first(where: { $0.name == expected.probe }),
            let window = Self.window(of: expected.expectation, in: phase?.length)
        else { return }
        let count = window.nanoseconds / max(1, probe.every.nanoseconds)
        guard count < Self.fewSamples else { return }
        let place = phase.map { "in `\($0.name)`" } ?? "as a stop condition"
        let speed = speed == 1 ? "" : "at speed \(speed.words) "
        let hint =
            "check it more often than every \(probe.every.spec)"
            + (self.speed > 1 ? ", or go slower" : ", or give it more time")
        if count == 0 {
            throw SpecError(
                location: expected.location, key: expected.probe,
                problem: "\(speed)its \(window.spec) \(place) may pass without a single result",
                hint: hint)
        }
        let warning = SpecError(
            location: expected.location, key: expected.probe,
            problem: "\(speed)its \(window.spec) \(place) hold only \(count) "
                + "result\(count == 1 ? "" : "s")", hint: hint)
        // The steady state is looked at twice.
        if !warnings.contains(where: { $0.location == warning.location }) {
            warnings.append(warning)
        }
    }

    /// How much time the results that it needs come from; nil: nobody knows.
    private static func window(
        of expectation: Expectation, in length: Duration?
    ) -> Duration? {
        let after = expectation.after ?? .zero
        let whole = expectation.over ?? expectation.within.map { $0 - after }
        return whole ?? length.map { $0 - after }
    }
}

extension Double {
    /// `60`, not `60.0`.
    var words: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
