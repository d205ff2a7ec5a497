/// What a run measured of a probe, in seconds. Nil where it is not defined.
public struct Measurements: Codable, Equatable, Sendable {
    /// From the first armed fault to the begin of the first check after it that failed.
    public var timeToDegrade: Double?
    /// From the begin of that check to the begin of the first one of the unbroken passing streak that
    /// lasts to the end of the recovery.
    public var recoveryTime: Double?
    /// From the last lift to the same; nil also where it was back before.
    public var recoveryAfterLift: Double?
    /// The streak began before the last fault was lifted: the service found a way around it.
    public var wasBackBeforeLift: Bool
}

extension RunStory {
    public func measurements(of probe: ProbeStory) -> Measurements {
        var values = Measurements(wasBackBeforeLift: false)
        guard let armed = faults.first?.armedAt, let failed = probe.firstFailure else {
            return values
        }
        values.timeToDegrade = Self.seconds(from: armed, to: failed)
        // A streak counts only once the recovery was watched to its end.
        guard let recovery = phases.last, recovery.ended != nil, recovery.reason != .stopped,
            let streak = probe.streak
        else { return values }
        values.recoveryTime = Self.seconds(from: failed, to: streak)
        if let lift = lastLift {
            values.wasBackBeforeLift = streak < lift
            if streak >= lift {
                values.recoveryAfterLift = Self.seconds(from: lift, to: streak)
            }
        }
        return values
    }

    /// When the last of the faults was lifted; nil while one is armed.
    public var lastLift: Int64? {
        faults.contains(where: \.isArmed) ? nil : faults.compactMap(\.liftedAt).max()
    }

    /// Expectations (with `until`, without stop conditions) by how they ended.
    public var judgements: [Judgement: Int] {
        Dictionary(grouping: expectations, by: \.judgement).mapValues(\.count)
    }

    /// Seconds since the run began: to the verdict, or to the latest event.
    public var seconds: Double { Double(verdict?.at ?? now) / 1000 }

    /// The name of a phase; `always` for what belongs to none.
    public func phaseName(_ index: Int?) -> String {
        guard let index, phases.indices.contains(index) else { return "always" }
        return phases[index].info.name
    }

    private static func seconds(from: Int64, to: Int64) -> Double { Double(to - from) / 1000 }
}
