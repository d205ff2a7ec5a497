public import Control

/// Holds the armed faults: arms, lifts, lets leases end, and journals every decision.
///
/// Guarantees: a fault is in `status` if and only if the data path was told of it; whatever ends a
/// fault ends it in the data path first and in the kernel after; while the packet loop does not
/// answer, the kernel's element is not renewed, so the kernel stops queueing within `kernelLease`.
public actor Agent {
    /// What is fixed when the agent starts.
    public struct Settings: Sendable {
        /// No fault lives longer.
        public var maximum: Duration
        public var maximumFaults: Int
        /// Leaves when the last fault is gone.
        public var onDemand: Bool
        public var pid: Int32
        /// What ids of faults end with. Not the same for two agents, one after the other: whoever
        /// knew a fault of the first must not lift the second's.
        public var mark: String
        public var netns: AgentStatus.Network?

        public init(
            maximum: Duration = .seconds(4 * 3600), maximumFaults: Int = 1024,
            onDemand: Bool = false, pid: Int32 = 0, mark: String = "",
            netns: AgentStatus.Network? = nil
        ) {
            self.maximum = maximum
            self.maximumFaults = maximumFaults
            self.onDemand = onDemand
            self.pid = pid
            self.mark = mark
            self.netns = netns
        }

        /// Three letters, none of which looks like a digit: the same once in 10,648.
        public static func drawMark() -> String {
            "-" + String((0..<3).compactMap { _ in "abcdefghkmnpqrstuvwxyz".randomElement() })
        }
    }

    /// How long the kernel queues without being told again (DESIGN.md, the kernel mechanism, 3).
    public static let kernelLease = Duration.seconds(3)
    /// How often it is told.
    public static let heartbeat = Duration.seconds(1)
    /// A data path that takes longer than this for one call is taken for hung.
    public static let pathLimit = Duration.seconds(2)
    /// The same for a question about its health.
    public static let healthLimit = Duration.seconds(1)

    let settings: Settings
    let clock: any AgentClock
    let path: any DataPath
    let protected: ProtectedNames
    let spec: SpecReader
    let drawSeed: @Sendable () -> UInt64
    let started: Duration
    nonisolated let feed: EventFeed

    var table: LeaseTable
    var halted = false
    var stopping = false
    var prefilter = AgentStatus.Prefilter.idle
    var counters = PacketCounters()
    /// The latest heartbeat's failure, to journal each once.
    var beatProblem: String?
    /// Why nobody would let go what the data path holds if it stood still; nil: somebody would.
    var unguarded: String?
    var timer: Task<Void, Never>?
    var beats: Task<Void, Never>?
    var turn = Turn()
    /// The survey that is being made.
    var looking: Task<Result<Survey, DataPathError>, Never>?

    /// Yields when nothing holds an on-demand agent any more; see `leave`.
    public nonisolated let idle: AsyncStream<Void>
    let becameIdle: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - drawSeed: for faults that ask for none; below 2⁵³ (see `ArmedFault.seed`).
    public init(
        settings: Settings, path: any DataPath, spec: SpecReader,
        protected: ProtectedNames = ProtectedNames(), journal: Journal = Journal(),
        clock: any AgentClock = SystemClock(),
        drawSeed: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0..<1 << 53) }
    ) {
        self.settings = settings
        self.path = path
        self.spec = spec
        self.protected = protected
        self.clock = clock
        self.drawSeed = drawSeed
        table = LeaseTable(mark: settings.mark)
        started = clock.now
        feed = EventFeed(journal: journal, netns: settings.netns?.name)
        (idle, becameIdle) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Journals that the agent runs, and what it does without.
    public func start() async {
        publish(.start, why: "version \(Release.version), pid \(settings.pid)")
        try? await look()
    }

    /// Lifts everything, closes the data path, ends the event stream. Nothing can be armed after.
    public func stop(_ why: String) async {
        stopping = true
        await exclusively {
            await end(table.leases.map { ($0, .lift) }, who: nil, why: "the agent stops: \(why)")
            await path.close()
            publish(.stop, why: why)
            feed.close()
            becameIdle.finish()
        }
    }

    /// Whether an on-demand agent may leave; from a yes on it arms nothing more.
    public func leave() async -> Bool {
        await exclusively {
            guard settings.onDemand, table.isEmpty, !halted else { return stopping }
            stopping = true
            return true
        }
    }

    /// Has the holder of an on-demand agent look whether it may `leave`.
    func mayBeIdle() {
        becameIdle.yield()
    }

    /// Every event from now on, a line of JSON each.
    nonisolated func events() -> EventFeed.Lines {
        feed.listen()
    }

    func publish(
        _ event: AgentEvent.Kind, _ lease: Lease? = nil, who: Owner? = nil, why: String? = nil,
        counts: FaultCounts? = nil, terms: AgentEvent.Terms? = nil
    ) {
        feed.publish(
            AgentEvent(
                time: clock.wall, event: event, fault: lease?.id, name: lease?.fault.name, who: who,
                why: why, counts: counts, terms: terms))
    }
}
