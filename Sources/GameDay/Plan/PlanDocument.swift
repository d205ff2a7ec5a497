public import Control
internal import FoundationEssentials
internal import ProbeKinds
public import Spec

/// A plan as JSON: what `brownout gameday plan --json` prints.
public struct PlanDocument: Codable, Equatable, Sendable {
    public var title: String
    public var speed: Double
    /// How long the run takes at most.
    public var seconds: Double
    public var variables: [String: String]
    public var probes: [RunHeader.ProbeInfo]
    public var phases: [Phase]
    public var stop: [String]
    public var always: [String]
    public var warnings: [String]

    public struct Phase: Codable, Equatable, Sendable {
        /// `baseline`, `phase` or `recovery`.
        public var part: PlannedPhase.Part
        /// Since the begin of the run, at the latest.
        public var beginsSeconds: Double
        public var info: RunHeader.PhaseInfo
        public var arm: [Arming]
    }

    public struct Arming: Codable, Equatable, Sendable {
        public var name: String
        public var forSeconds: Double
        public var fault: JSONValue
    }
}

extension Plan {
    public var document: PlanDocument {
        PlanDocument(
            title: gameDay.title, speed: speed, seconds: length.inSeconds,
            variables: Dictionary(
                gameDay.variables.map {
                    ($0.name, Secrets.isSecret($0.name) ? Secrets.mask : $0.value)
                }, uniquingKeysWith: { $1 }),
            probes: probeInfos,
            phases: zip(phases, phaseInfos).map { phase, info in
                PlanDocument.Phase(
                    part: phase.part, beginsSeconds: phase.begins.inSeconds, info: info,
                    arm: phase.arm.map { arming in
                        PlanDocument.Arming(
                            name: arming.name, forSeconds: arming.lifetime.inSeconds,
                            fault: arming.fault.jsonValue)
                    })
            }, stop: stopWords, always: gameDay.always.map(\.words),
            warnings: warnings.map(\.description))
    }
}

extension Node {
    /// The tree as a JSON value, for journals.
    public var jsonValue: JSONValue {
        (try? ControlJSON.decode(JSONValue.self, from: json().utf8)) ?? .null
    }
}
