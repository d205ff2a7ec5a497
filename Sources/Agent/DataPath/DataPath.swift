public import Control

/// Everything between the agent and the packets: the injector on its loop, and the kernel's table.
///
/// The agent never calls two of `begin`, `end`, `enforce` and `renew` at once, and gives up on a call
/// that takes longer than `Agent.pathLimit`. A call that was given up on may still happen later,
/// in the order of the calls: an `end` after a late `begin` must end it.
public protocol DataPath: Sendable {
    /// The numbers of its queues, the main one first.
    var queues: QueueRun? { get }

    /// The form of the queue statement that this kernel takes.
    var statement: AgentStatus.Statement { get }

    /// Makes the injector act on a fault: when it returns, the next answer feels it, if it is queued.
    func begin(_ fault: PathFault) async throws(DataPathError)

    /// Makes the injector forget faults: when it returns, the next answer is clean, and answers that
    /// they held are on their way. Ids that it does not know are skipped.
    ///
    /// Returns the last counts by id.
    func end(_ ids: [String]) async throws(DataPathError) -> [String: FaultCounts]

    /// Makes the kernel queue what these faults need and nothing else, in one atomic step; each
    /// fault's own end is a timeout in the kernel too. With none: queue nothing.
    ///
    /// Throws with the kernel as it was before.
    func enforce(_ faults: [PathFault]) async throws(DataPathError) -> AgentStatus.Prefilter

    /// Keeps the kernel queueing for so long from now on, and no longer.
    func renew(for time: Duration) async throws(DataPathError)

    /// Has a fault find out at once what it is about, where that takes asking: the addresses of its
    /// names. To be called when it is in force; without an answer it learns from those of others.
    ///
    /// - Returns: Whether it has any, so that there is something to tell.
    func seed(_ id: String) async -> Bool

    /// What the packet loop has counted. Answered *by the loop*: an answer proves that it lives.
    func snapshot() async throws(DataPathError) -> PathSnapshot

    /// Looks at what the tables of others do to port 53, off the path of the packets; changes nothing.
    func survey() async throws(DataPathError) -> Survey

    /// Lets go of everything in the kernel; held packets pass.
    func close() async
}

extension DataPath {
    public func seed(_ id: String) async -> Bool { false }
}

/// A fault as the data path gets it.
public struct PathFault: Sendable {
    public var id: String
    public var fault: LoadedFault
    public var seed: UInt64
    /// Count what would be changed, change nothing.
    public var dryRun: Bool
    /// From now until its end, whatever becomes of its lease.
    public var remaining: Duration
    /// Over which it was armed, and which it must not cut.
    public var session: ClientSession?

    public init(
        id: String, fault: LoadedFault, seed: UInt64, dryRun: Bool, remaining: Duration,
        session: ClientSession? = nil
    ) {
        self.session = session
        self.id = id
        self.fault = fault
        self.seed = seed
        self.dryRun = dryRun
        self.remaining = remaining
    }
}

/// What the packet loop has counted until now.
public struct PathSnapshot: Equatable, Sendable {
    /// By id; faults that have not seen a packet may be missing.
    public var faults: [String: FaultCounts]
    /// By id, of faults on connections.
    public var connections: [String: ConnectionReport]
    public var counters: PacketCounters
    /// Why nobody would let go what it holds if it stood still; nil: somebody would.
    public var unguarded: String?

    public init(
        faults: [String: FaultCounts] = [:], connections: [String: ConnectionReport] = [:],
        counters: PacketCounters = .init(), unguarded: String? = nil
    ) {
        self.unguarded = unguarded
        self.faults = faults
        self.connections = connections
        self.counters = counters
    }
}

/// Why the data path could not do something. The texts are sentences for people, with the call and
/// the errno's meaning in them.
public enum DataPathError: Error, Equatable, Sendable {
    /// The kernel said no, or lacks something.
    case kernel(String)
    /// A capability is missing.
    case privilege(String)
    /// Another agent has the table of this network namespace.
    case taken(String)
    /// The packet loop does not answer.
    case hung

    /// The sentence.
    public var problem: String {
        switch self {
        case .kernel(let problem), .privilege(let problem), .taken(let problem): problem
        case .hung:
            "the packet loop does not answer; the kernel stops queueing to it within 3 s"
        }
    }

    var apiError: APIError {
        switch self {
        case .privilege: APIError(.privilege, problem)
        case .kernel, .taken, .hung: APIError(.kernel, problem)
        }
    }
}
