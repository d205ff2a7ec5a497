import Agent
import ArgumentParser
import Glibc

/// The command line of `brownoutd`.
struct Arguments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brownoutd",
        abstract: "The privileged agent of Brownout: rewrites DNS answers for the faults armed.",
        discussion: """
            Serves its API on a unix socket; `brownout` is the client. Whatever ends it, even \
            kill -9, the kernel forgets every rule of it at once.
            """,
        version: Daemon.version)

    @Option(
        help: ArgumentHelp(
            "The unix socket of the API. (default: /run/brownout.sock, with --netns /run/brownout-netns-INODE.sock)",
            valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "Act in this network namespace: a name of ip-netns(8), or a path such as /proc/PID/ns/net.",
            valueName: "name|path"))
    var netns: String?

    @Option(
        help: ArgumentHelp(
            "The root folder of the programs there, such as a container's /proc/PID/root: their resolv.conf and nsswitch.conf count. (default: /etc/netns/NAME over /etc)",
            valueName: "path"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The journal, one JSON object a line. (default: \(Daemon.defaultJournal), if it can be written)",
            valueName: "path"))
    var journal: String?

    @Option(help: ArgumentHelp("The longest that a fault may last.", valueName: "duration"))
    var maxFor = "4h"

    @Option(
        help: ArgumentHelp(
            "The first of a run of netfilter queues. (default: a free run)", valueName: "number"))
    var queue: UInt16?

    @Option(
        help: ArgumentHelp(
            "Names that no fault may touch, one pattern a line. (default: \(ProtectedNames.defaultPath), if it is there)",
            valueName: "file"))
    var protect: String?

    @Flag(help: "Leave when the last fault is gone.")
    var onDemand = false

    /// Reads its texts. Throws exit 2 for one that does not.
    ///
    /// - Parameter ordinary: The socket, unless told otherwise.
    func options(
        _ spec: SpecReader, socket ordinary: String
    ) throws(DaemonFailure) -> Daemon.Options {
        let maximum = try Daemon.Options.maximum(maxFor, spec)
        let socket = socket ?? ordinary
        guard !socket.isEmpty else { throw DaemonFailure(.usage, "--socket is empty") }
        if let queue, queue > Daemon.Options.lastQueue {
            throw DaemonFailure(
                .usage,
                "--queue: it takes a run of numbers, so the first is at most \(Daemon.Options.lastQueue)"
            )
        }
        return Daemon.Options(
            socket: socket, journal: journal, maximum: maximum, queue: queue, protect: protect,
            onDemand: onDemand)
    }

    /// ArgumentParser says 64 for a bad command line; ours is 2 (DESIGN.md).
    static func parseOrExit() -> Arguments {
        do {
            return try Arguments.parse()
        } catch {
            let good = exitCode(for: error) == .success
            let text = fullMessage(for: error)
            if good { print(text) } else { DaemonFailure.report(text) }
            Glibc.exit(good ? 0 : DaemonFailure.Exit.usage.rawValue)
        }
    }

    static func exit(with failure: DaemonFailure) -> Never {
        DaemonFailure.report("brownoutd: \(failure.problem)")
        Glibc.exit(failure.exit.rawValue)
    }
}
