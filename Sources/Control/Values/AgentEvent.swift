/// One line of the journal and of `GET /v1/events`. Fields that say nothing are absent.
public struct AgentEvent: Equatable, Codable, Sendable {
    public var time: Timestamp
    public var event: Kind
    /// The id of the fault that it is about.
    public var fault: String?
    /// The name of that fault.
    public var name: String?
    /// Who caused it; absent where it was time or the agent.
    public var who: Owner?
    /// Why, in words.
    public var why: String?
    /// The fault's counts until now: with `fire-summary`, `lift`, `lease-end` and `end`.
    public var counts: FaultCounts?
    /// With `arm` alone: what was armed.
    public var terms: Terms?
    /// The network namespace that the agent was told to enter, by name or path: agents of several may
    /// share one journal.
    public var netns: String?

    public init(
        time: Timestamp, event: Kind, fault: String? = nil, name: String? = nil,
        who: Owner? = nil, why: String? = nil, counts: FaultCounts? = nil, terms: Terms? = nil,
        netns: String? = nil
    ) {
        self.time = time
        self.event = event
        self.fault = fault
        self.name = name
        self.who = who
        self.why = why
        self.counts = counts
        self.terms = terms
        self.netns = netns
    }

    /// What happened. A newer agent may send kinds that are not listed here.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        public var rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public static let arm = Kind(rawValue: "arm")
        /// Somebody ended it.
        public static let lift = Kind(rawValue: "lift")
        /// Its lease was not renewed.
        public static let leaseEnd = Kind(rawValue: "lease-end")
        /// Its time was over.
        public static let end = Kind(rawValue: "end")
        /// A fault was not armed.
        public static let refuse = Kind(rawValue: "refuse")
        public static let halt = Kind(rawValue: "halt")
        public static let resume = Kind(rawValue: "resume")
        public static let error = Kind(rawValue: "error")
        public static let start = Kind(rawValue: "start")
        public static let stop = Kind(rawValue: "stop")
        /// What a fault has done until now; at most one a second, and only while it fires.
        public static let fireSummary = Kind(rawValue: "fire-summary")

        /// Every kind that this version sends.
        public static let all: [Kind] = [
            .arm, .lift, .leaseEnd, .end, .refuse, .halt, .resume, .error, .start, .stop,
            .fireSummary,
        ]

        /// After it the fault is no longer in force.
        public var endsFault: Bool {
            self == .lift || self == .leaseEnd || self == .end
        }
    }

    /// What was armed, whole: enough to arm the same again.
    public struct Terms: Codable, Equatable, Sendable {
        public var names: [String]
        public var effects: [String]
        public var dryRun: Bool
        public var seed: UInt64
        public var endsAt: Timestamp
        public var leaseEndsAt: Timestamp
        public var spec: JSONValue

        public init(_ fault: ArmedFault) {
            names = fault.names
            effects = fault.effects
            dryRun = fault.dryRun
            seed = fault.seed
            endsAt = fault.endsAt
            leaseEndsAt = fault.leaseEndsAt
            spec = fault.spec
        }
    }
}

extension AgentEvent.Kind: Codable {
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
