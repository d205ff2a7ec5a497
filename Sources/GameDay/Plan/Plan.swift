public import Spec

/// A game day at a speed: what happens when. Nothing is touched to make one.
///
/// The speed divides phases, baseline and recovery, the times of expectations (`within`, `for at
/// least`, `after`, `over`) and of faults (`for`, `after`, `flap`, `rotate`). It leaves alone how often
/// probes check and how long they wait, steps' timeouts, bounds of latency, TTLs and delays.
public struct Plan: Sendable {
    public var gameDay: GameDay
    public var speed: Double
    /// The baseline, the file's phases and the recovery, in this order.
    public var phases: [PlannedPhase]
    /// Its conditions, their windows divided by the speed.
    public var stop: [Expected]
    /// What may not work as meant, such as a window with hardly a result in it.
    public var warnings: [SpecError]

    /// How much longer than the run a fault may live, should the runner be held up.
    public static let margin = Duration.seconds(60)
    /// The speeds that make sense: a tenth of the time's pace to a day in less than ten seconds.
    public static let speeds = 0.1...10_000.0

    /// Plans a game day.
    ///
    /// - Throws: The speed is out of bounds; or at this speed an expectation would never get a result,
    ///   or a fault would be too short to be one.
    public init(_ gameDay: GameDay, speed: Double = 1) throws(SpecError) {
        guard Self.speeds.contains(speed) else {
            throw SpecError(
                location: .commandLine("--speed"), key: "speed",
                problem: "\(speed) is out of range", hint: "write 0.1 to 10000")
        }
        self.gameDay = gameDay
        self.speed = speed
        phases = Self.timeline(of: gameDay, speed: speed)
        stop = gameDay.stop.map { $0.scaled(by: speed) }
        warnings = []
        if speed != 1 {
            for arming in phases.flatMap(\.arm) { try gameDay.faults.check(arming.fault) }
        }
        warnings = try sampleWarnings()
    }

    /// How long the run takes at most; phases without a length count as the longest that their steps
    /// may take.
    public var length: Duration { phases.last.map { $0.begins + $0.longest } ?? .zero }

    /// Whether a phase lasts as long as its steps do, so that nobody knows the length.
    public var isOpen: Bool { phases.contains { $0.length == nil } }

    private static func timeline(of gameDay: GameDay, speed: Double) -> [PlannedPhase] {
        let baseline = gameDay.baseline.divided(by: speed)
        let steadyState = gameDay.steadyState.map { $0.scaled(by: speed) }
        var phases = [
            PlannedPhase(
                part: .baseline, name: PlannedPhase.Part.baseline.rawValue, begins: .zero,
                length: baseline, expect: steadyState)
        ]
        for phase in gameDay.phases {
            phases.append(
                PlannedPhase(
                    part: .phase, name: phase.name, about: phase.about, begins: .zero,
                    length: phase.length?.divided(by: speed), lift: phase.lift,
                    arm: phase.arm.map { use in
                        PlannedPhase.Arming(
                            name: use.name, fault: use.fault.faultScaled(by: speed),
                            lifetime: use.ownLength?.divided(by: speed) ?? .zero,
                            endsItself: use.ownLength != nil, location: use.location)
                    },
                    steps: phase.steps, expect: phase.expect.map { $0.scaled(by: speed) },
                    until: phase.until.map { $0.scaled(by: speed) }))
        }
        phases.append(
            PlannedPhase(
                part: .recovery, name: PlannedPhase.Part.recovery.rawValue, begins: .zero,
                length: gameDay.recovery.divided(by: speed),
                until: steadyState.map { expected in
                    var expected = expected
                    expected.expectation = expected.expectation.over(baseline)
                    return expected
                }))
        var now = Duration.zero
        for index in phases.indices {
            phases[index].begins = now
            now += phases[index].longest
        }
        var rest = margin
        for index in phases.indices.reversed() {
            rest += phases[index].longestWithSteps
            for place in phases[index].arm.indices where !phases[index].arm[place].endsItself {
                phases[index].arm[place].lifetime = rest
            }
        }
        return phases
    }
}
