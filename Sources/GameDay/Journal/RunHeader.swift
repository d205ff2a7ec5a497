public import Control

/// What is known of a run before its first event: the head of a journal.
public struct RunHeader: Codable, Equatable, Sendable {
    /// Of the whole run, in names of files and in reports: `20261121T060000Z-4f2a`.
    public var id: String
    public var startedAt: Timestamp
    public var brownout: String
    /// The agent's version; nil if none was reached.
    public var agent: String?
    public var host: String
    public var title: String
    public var about: String?
    public var runbook: String?
    /// Who decides, who watches: what each role does, by name.
    public var roles: [String: String]
    /// What was run: the file as it was typed, and its text.
    public var file: String
    public var text: String
    public var variables: [String: String]
    public var speed: Double
    public var dryRun: Bool
    public var lab: Bool
    public var probes: [ProbeInfo]
    /// In order, the first being the baseline and the last the recovery.
    public var phases: [PhaseInfo]
    /// The conditions that end a run at once, as written: `checkout: success < 50% over 30s`.
    public var stop: [String]

    public struct ProbeInfo: Codable, Equatable, Sendable {
        public var name: String
        public var kind: String
        public var target: String
        public var everySeconds: Double
        public var timeoutSeconds: Double

        public init(
            name: String, kind: String, target: String, everySeconds: Double,
            timeoutSeconds: Double
        ) {
            self.name = name
            self.kind = kind
            self.target = target
            self.everySeconds = everySeconds
            self.timeoutSeconds = timeoutSeconds
        }
    }

    public struct PhaseInfo: Codable, Equatable, Sendable {
        public var name: String
        public var about: String?
        /// How long it may last, already divided by the speed; nil: as long as its steps take.
        public var seconds: Double?
        /// Ends early when this holds: `checkout: success >= 99%`.
        public var until: [String]
        public var arm: [String]
        public var lift: [String]
        public var expect: [ExpectationInfo]
        /// Its steps in words: `confirm (commander): Shift traffic`.
        public var steps: [String]

        public init(
            name: String, about: String? = nil, seconds: Double?, until: [String] = [],
            arm: [String] = [], lift: [String] = [], expect: [ExpectationInfo] = [],
            steps: [String] = []
        ) {
            self.name = name
            self.about = about
            self.seconds = seconds
            self.until = until
            self.arm = arm
            self.lift = lift
            self.expect = expect
            self.steps = steps
        }
    }

    public struct ExpectationInfo: Codable, Equatable, Sendable {
        public var probe: String
        /// As written: `p95 < 300ms`.
        public var text: String

        public init(probe: String, text: String) {
            self.probe = probe
            self.text = text
        }
    }

    public init(
        id: String, startedAt: Timestamp, brownout: String, agent: String?, host: String,
        title: String, about: String?, runbook: String?, roles: [String: String], file: String,
        text: String, variables: [String: String], speed: Double, dryRun: Bool, lab: Bool,
        probes: [ProbeInfo], phases: [PhaseInfo], stop: [String]
    ) {
        self.id = id
        self.startedAt = startedAt
        self.brownout = brownout
        self.agent = agent
        self.host = host
        self.title = title
        self.about = about
        self.runbook = runbook
        self.roles = roles
        self.file = file
        self.text = text
        self.variables = variables
        self.speed = speed
        self.dryRun = dryRun
        self.lab = lab
        self.probes = probes
        self.phases = phases
        self.stop = stop
    }
}
