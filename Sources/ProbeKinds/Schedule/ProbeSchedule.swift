import NIOPosix

/// Checks probes again and again, each on a grid of its own, until the task is cancelled.
///
/// Tick n of a probe is at its first tick + n · `every` on a clock that nobody sets, however long
/// checks take: there is no drift. First ticks are spread over the first second (or over the interval, if
/// that is shorter). Checks of one probe never overlap, and there is one result for each tick:
///
/// - A check that is not done within `timeout` is cancelled and its result is `timed out`.
/// - While a cancelled check still does not return, the ticks of its probe are results too,
///   `timed out` at the end of their time: a check that hangs is never silence.
/// - Only where the whole process stood still for longer than an interval are the ticks of that time
///   left out, for nothing is known of them.
public struct ProbeSchedule<C: Clock>: Sendable where C.Duration == Duration {
    /// One probe with its times.
    public struct Entry: Sendable {
        public var name: String
        public var probe: any Probe
        public var every: Duration
        /// At most `every`.
        public var timeout: Duration
        /// The facts that its observations shall have.
        public var wanted: Set<FactName>

        public init(
            name: String, probe: any Probe, every: Duration, timeout: Duration,
            wanted: Set<FactName> = []
        ) {
            self.name = name
            self.probe = probe
            self.every = every
            self.timeout = min(timeout, every)
            self.wanted = wanted
        }
    }

    /// A probe that cannot begin.
    public struct Failure: Error, Equatable, Sendable {
        public var probe: String
        public var problem: String

        public init(probe: String, problem: String) {
            self.probe = probe
            self.problem = problem
        }
    }

    /// Called as each check ends, from any thread, one call at a time for each probe: its name, when
    /// the check began, and what it saw. It must not block.
    public typealias Report = @Sendable (String, C.Instant, Observation) -> Void

    public var entries: [Entry]
    public var clock: C

    public init(_ entries: [Entry], clock: C) {
        self.entries = entries
        self.clock = clock
    }

    /// Opens every probe, checks until the task is cancelled, and closes them.
    ///
    /// It returns promptly after the cancellation even if a check hangs; nothing is reported then
    /// any more.
    ///
    /// - Throws: where a probe cannot be opened; then nothing was checked and all are closed.
    public func run(report: @escaping Report) async throws(Failure) {
        let sessions = try await open()
        let turns = ProbeTurns(
            zip(entries, sessions).map { .init(entry: $0, session: $1) }, clock: clock,
            on: LoopExecutor(MultiThreadedEventLoopGroup.singleton.next()), report: report)
        await turns.run()
        await Self.close(sessions)
    }

    private func open() async throws(Failure) -> [any ProbeSession] {
        var sessions: [any ProbeSession] = []
        for entry in entries {
            do {
                sessions.append(try await entry.probe.open(wanted: entry.wanted))
            } catch {
                await Self.close(sessions)
                throw Failure(probe: entry.name, problem: error.problem)
            }
        }
        return sessions
    }

    private static func close(_ sessions: [any ProbeSession]) async {
        await withTaskGroup { group in
            for session in sessions { group.addTask { await session.close() } }
        }
    }
}
