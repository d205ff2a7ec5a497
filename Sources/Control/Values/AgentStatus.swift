/// The reply of `GET /v1/status`, `POST /v1/halt` and `POST /v1/resume`.
public struct AgentStatus: Codable, Equatable, Sendable {
    public var version: String
    public var pid: Int32
    public var uptimeSeconds: Double
    /// New faults are refused until `resume`.
    public var halted: Bool
    /// Leaves when the last fault is gone.
    public var onDemand: Bool
    /// The network namespace that it acts in; nil from an agent that does not say.
    public var netns: Network?
    /// Number of the netfilter queue; nil while no kernel side is open.
    public var queue: UInt16?
    /// All netfilter queues of the agent, `queue` being the first; nil while no kernel side is open.
    public var queues: QueueRun?
    /// The form of the queue statement that this kernel has.
    public var statement: Statement
    /// What reaches the agent now.
    public var prefilter: Prefilter
    public var faults: [ArmedFault]
    public var counters: PacketCounters
    public var journal: JournalStatus
    /// Why nobody would let go what the agent holds if it stood still; nil while somebody would.
    public var unguarded: String?

    /// A network namespace.
    public struct Network: Codable, Equatable, Sendable {
        /// The inode of its file, as `net:[4026531840]` in /proc has it.
        public var inode: UInt64
        /// The name or path that the agent was told to enter; nil: the one that it was started in.
        public var name: String?

        public init(inode: UInt64, name: String? = nil) {
            self.inode = inode
            self.name = name
        }
    }

    /// `native`: the `queue` expression; `compat`: the `NFQUEUE` target; `none`: no kernel side.
    public enum Statement: String, Codable, CaseIterable, Sendable {
        case native, compat, none
    }

    /// `idle`: nothing; `names`: only answers with a name of an armed pattern, and what the kernel cannot
    /// read; `labels`: only answers with a label of an armed pattern; `all`: every answer.
    public enum Prefilter: String, Codable, CaseIterable, Sendable {
        case idle, names, labels, all
    }

    public init(
        version: String, pid: Int32, uptimeSeconds: Double, halted: Bool, onDemand: Bool,
        netns: Network? = nil, queue: UInt16?, queues: QueueRun?, statement: Statement,
        prefilter: Prefilter,
        faults: [ArmedFault],
        counters: PacketCounters, journal: JournalStatus, unguarded: String? = nil
    ) {
        self.version = version
        self.pid = pid
        self.uptimeSeconds = uptimeSeconds
        self.halted = halted
        self.onDemand = onDemand
        self.netns = netns
        self.queue = queue
        self.queues = queues
        self.statement = statement
        self.prefilter = prefilter
        self.faults = faults
        self.counters = counters
        self.journal = journal
        self.unguarded = unguarded
    }
}

/// Queue numbers without a gap: for UDP, for TCP, and those in which delayed answers wait.
public struct QueueRun: Codable, Equatable, Sendable {
    public var first: UInt16
    public var count: UInt16

    public init(first: UInt16, count: UInt16) {
        self.first = first
        self.count = count
    }

    public func contains(_ number: UInt16) -> Bool {
        number >= first && number - first < count
    }
}

/// What the data path has done with packets since the agent started.
public struct PacketCounters: Codable, Equatable, Sendable {
    /// From the kernel's queue.
    public var received: UInt64
    /// Passed as they came.
    public var accepted: UInt64
    public var rewritten: UInt64
    public var dropped: UInt64
    /// Held now, for a delay or until a TCP message is whole.
    public var held: UInt64
    /// Passed because they are no DNS answer that we understand.
    public var unparsed: UInt64
    /// Passed because what a fault asked for cannot be written into them.
    public var unrewritable: UInt64
    /// Passed because of an error of our own.
    public var errors: UInt64

    public init(
        received: UInt64 = 0, accepted: UInt64 = 0, rewritten: UInt64 = 0, dropped: UInt64 = 0,
        held: UInt64 = 0, unparsed: UInt64 = 0, unrewritable: UInt64 = 0, errors: UInt64 = 0
    ) {
        self.received = received
        self.accepted = accepted
        self.rewritten = rewritten
        self.dropped = dropped
        self.held = held
        self.unparsed = unparsed
        self.unrewritable = unrewritable
        self.errors = errors
    }
}

/// How the journal does.
public struct JournalStatus: Codable, Equatable, Sendable {
    /// nil: the agent keeps none.
    public var path: String?
    /// Lines in the file since start.
    public var written: UInt64
    /// Lines that could not be written (a full disk); they are in no file.
    public var lost: UInt64
    /// Why the latest line was lost; nil while writing works.
    public var problem: String?

    public init(path: String?, written: UInt64 = 0, lost: UInt64 = 0, problem: String? = nil) {
        self.path = path
        self.written = written
        self.lost = lost
        self.problem = problem
    }
}

/// The reply of `GET /healthz`: 200 while a packet loop answers, 503 when it does not.
public struct Health: Codable, Equatable, Sendable {
    public var healthy: Bool
    /// What is wrong, or what a healthy agent does without; nil while all is well.
    public var problem: String?

    public init(healthy: Bool, problem: String? = nil) {
        self.healthy = healthy
        self.problem = problem
    }
}
