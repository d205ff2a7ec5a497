import Control
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import Netfilter
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// The agent as a process: `prepare` while it is one thread, then `run`.
public struct Daemon: Sendable {
    /// What the command line says.
    public struct Options: Sendable {
        public var socket: String
        /// nil: the default path, if it can be written.
        public var journal: String?
        public var maximum: Duration
        /// nil: a free one.
        public var queue: UInt16?
        /// nil: the default path, if it is there.
        public var protect: String?
        public var onDemand: Bool

        public init(
            socket: String, journal: String? = nil, maximum: Duration = .seconds(4 * 3600),
            queue: UInt16? = nil, protect: String? = nil, onDemand: Bool = false
        ) {
            self.socket = socket
            self.journal = journal
            self.maximum = maximum
            self.queue = queue
            self.protect = protect
            self.onDemand = onDemand
        }

        /// The highest number that a run of queues may start at.
        public static let lastQueue = UInt16.max - UInt16(QueueNumbers.count) + 1

        /// Reads `--max-for`.
        public static func maximum(
            _ text: String, _ spec: SpecReader
        ) throws(DaemonFailure) -> Duration {
            do {
                let maximum = try spec.duration(text)
                guard maximum > .zero else {
                    throw DaemonFailure(.usage, "--max-for must be above 0s")
                }
                return maximum
            } catch let error as APIError {
                throw DaemonFailure(.usage, "--max-for: \(error.error)")
            } catch {
                throw DaemonFailure(error)
            }
        }
    }

    public static let version = Release.version

    /// Where the journal goes unless told otherwise.
    public static let defaultJournal = "/var/log/brownout/journal.jsonl"

    /// A graceful end that takes longer is cut off.
    static let patience = Duration.seconds(2)

    let options: Options
    let platform: Platform
    let protected: ProtectedNames
    let journal: Journal
    let path: any DataPath
    let shared: Bool
    let logger: Logger

    /// Everything that needs privileges, in the process's first thread, before it has another one
    /// (so not in an `async` function): reads the protected names, opens the journal and the kernel's
    /// sockets, drops privileges, starts the packet loop.
    ///
    /// Throws with nothing left in the kernel, once the process is gone.
    public static func prepare(
        _ options: Options, on platform: Platform
    ) throws(DaemonFailure) -> Daemon {
        do {
            var logger = Logger(label: "brownoutd") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .notice
            let protected = try ProtectedNames.load(path: options.protect, spec: platform.spec)
            if options.onDemand { platform.process.ownSession() }
            let shared = platform.process.takeGroup()
            let journal = try journal(at: options.journal, logger: logger)
            let opened = try platform.open(options, protected)
            try platform.dropPrivileges()
            return Daemon(
                options: options, platform: platform, protected: protected, journal: journal,
                path: try opened.start(), shared: shared, logger: logger)
        } catch {
            throw DaemonFailure(error)
        }
    }

    /// A journal that was asked for must be there; the default one may be missing, for an agent that
    /// an ordinary user started in a namespace of their own.
    private static func journal(
        at path: String?, logger: Logger
    ) throws(DaemonFailure) -> Journal {
        if path == nil {
            let folder = FilePath(defaultJournal).removingLastComponent().string
            try? FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o750])
        }
        do throws(Errno) {
            return try Journal(path: path ?? defaultJournal)
        } catch {
            guard path == nil else {
                throw DaemonFailure(.usage, "the journal \(path ?? ""): \(error)")
            }
            logger.warning("no journal: \(defaultJournal): \(error)")
            return Journal()
        }
    }

    /// Serves until a signal, or on demand until the last fault is gone; everything is lifted then.
    public func run() async throws(DaemonFailure) {
        do {
            // One thread: the API is not what must be quick, and each costs memory.
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let socket = UnixSocket(path: options.socket, shared: shared)
            try await socket.claim(on: group)
            let agent = Agent(
                settings: Agent.Settings(
                    maximum: options.maximum, onDemand: options.onDemand, pid: getpid(),
                    mark: Agent.Settings.drawMark(), netns: platform.network?.status),
                path: path, spec: platform.spec, protected: protected, journal: journal)
            try await services(agent, socket, group).run()
        } catch {
            throw DaemonFailure(error)
        }
    }

    /// Ended in the reverse of this order: first the agent, so that everything is lifted and every
    /// stream at its end when the server waits for its connections.
    private func services(
        _ agent: Agent, _ socket: UnixSocket, _ group: any EventLoopGroup
    ) -> ServiceGroup {
        let server = APIServer(
            agent: agent, spec: platform.spec, socket: socket, group: group, logger: logger,
            ready: { await ready(agent) })
        let services: [any Service] = [
            server, Rotation(journal: options.onDemand ? nil : journal),
            Watchdog(agent: agent, notify: platform.notify),
            AgentService(agent: agent, socket: socket, onDemand: options.onDemand),
        ]
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.patience
        return ServiceGroup(configuration: configuration)
    }

    private func ready(_ agent: Agent) async {
        await agent.start()
        platform.notify("READY=1\nSTATUS=no fault armed")
        if options.onDemand {
            platform.process.silence()
        } else {
            logger.notice("listening on \(options.socket)")
        }
        platform.process.settle()
    }
}
