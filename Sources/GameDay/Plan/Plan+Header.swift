internal import ProbeKinds

/// The pieces of a ``RunHeader`` that a plan knows.
extension Plan {
    public var probeInfos: [RunHeader.ProbeInfo] {
        gameDay.probes.map { probe in
            RunHeader.ProbeInfo(
                name: probe.name, kind: probe.kind, target: probe.probe.target,
                everySeconds: probe.every.inSeconds, timeoutSeconds: probe.timeout.inSeconds)
        }
    }

    public var phaseInfos: [RunHeader.PhaseInfo] {
        phases.map { phase in
            RunHeader.PhaseInfo(
                name: phase.name, about: phase.about, seconds: phase.length?.inSeconds,
                until: phase.until.map(\.words), arm: phase.arm.map(\.name), lift: phase.lift,
                expect: phase.expect.map {
                    RunHeader.ExpectationInfo(probe: $0.probe, text: $0.expectation.text)
                },
                steps: phase.steps.map(\.words))
        }
    }

    /// The stop conditions as written.
    public var stopWords: [String] { stop.map(\.words) }
}
