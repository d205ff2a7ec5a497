import Control
import FoundationEssentials
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Agent

/// The whole daemon without a kernel and without touching the test's own process.
@Suite(.timeLimit(.minutes(1))) struct DaemonTests {
    /// What the daemon did, in its order.
    final class Steps: Sendable {
        private let steps = Mutex<[String]>([])

        func note(_ step: String) {
            steps.withLock { $0.append(step) }
        }

        var all: [String] { steps.withLock { $0 } }
    }

    private func platform(
        _ steps: Steps, _ path: HandPath = HandPath(), failing: DataPathError? = nil
    ) -> Platform {
        Platform(
            spec: .plain,
            open: { _, protected throws(DataPathError) in
                steps.note("open \(protected.patterns)")
                if let failing { throw failing }
                return OpenedPath { () throws(DataPathError) in
                    steps.note("start")
                    return path
                }
            },
            dropPrivileges: { steps.note("drop") },
            notify: { steps.note("notify \($0.prefix { $0 != "\n" })") },
            process: ProcessActions(
                ownSession: { steps.note("session") },
                takeGroup: {
                    steps.note("group")
                    return true
                },
                silence: { steps.note("silence") }, settle: { steps.note("settle") }))
    }

    private func whenReady(_ socket: String) async throws -> AgentClient {
        let client = AgentClient(socket: socket)
        while (try? await client.health()) == nil { await Task.yield() }
        return client
    }

    @Test func onDemandItLeavesWithTheLastFault() async throws {
        try await withFolder { folder in
            let (steps, path) = (Steps(), HandPath())
            try Data("login.corp\n".utf8).write(to: URL(filePath: folder + "/p"))
            let options = Daemon.Options(
                socket: folder + "/s", journal: folder + "/j", protect: folder + "/p",
                onDemand: true)
            let daemon = try Daemon.prepare(options, on: platform(steps, path))
            async let run: Void = daemon.run()
            let client = try await whenReady(options.socket)
            let fault = try await client.arm(ArmRequest(body: "a.b", for: .seconds(60)))
            #expect(fault.id.wholeMatch(of: /f1-[a-z]{3}/) != nil)
            _ = try await client.lift(fault.id)
            try await run
            #expect(
                steps.all == [
                    "session", "group", #"open ["login.corp"]"#, "drop", "start", "notify READY=1",
                    "silence", "settle", "notify STOPPING=1",
                ])
            #expect(path.log.last == .close)
            #expect(!FileManager.default.fileExists(atPath: options.socket))
            let journal = String(
                decoding: try Data(contentsOf: URL(filePath: folder + "/j")), as: UTF8.self)
            let events = try journal.split(separator: "\n").map {
                try ControlJSON.decode(AgentEvent.self, from: $0.utf8).event
            }
            #expect(events == [.start, .arm, .lift, .stop])
        }
    }

    @Test func twoAgentsOnOneSocket() async throws {
        try await withFolder { folder in
            let options = Daemon.Options(
                socket: folder + "/s", journal: folder + "/j", onDemand: true)
            let first = try Daemon.prepare(options, on: platform(Steps()))
            async let run: Void = first.run()
            let client = try await whenReady(options.socket)
            let second = try Daemon.prepare(options, on: platform(Steps()))
            await #expect(
                throws: DaemonFailure(.unavailable, "another agent answers on \(options.socket)")
            ) { try await second.run() }
            // The first is as it was.
            _ = try await client.arm(ArmRequest(body: "a.b", for: .seconds(60)))
            _ = try await client.liftAll()
            try await run
        }
    }

    @Test func aDeadAgentsSocketIsReplaced() async throws {
        try await withFolder { folder in
            let options = Daemon.Options(
                socket: folder + "/s", journal: folder + "/j", onDemand: true)
            let dead = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: options.socket + "0").get()
            try FileManager.default.moveItem(
                atPath: options.socket + "0", toPath: options.socket)
            try await dead.close()
            let daemon = try Daemon.prepare(options, on: platform(Steps()))
            async let run: Void = daemon.run()
            let client = try await whenReady(options.socket)
            _ = try await client.arm(ArmRequest(body: "a.b", for: .seconds(60)))
            _ = try await client.liftAll()
            try await run
        }
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        try await withFolder { folder in
            let options = Daemon.Options(
                socket: folder + "/s", journal: folder + "/j", onDemand: true)
            try Data("mine".utf8).write(to: URL(filePath: options.socket))
            let daemon = try Daemon.prepare(options, on: platform(Steps()))
            await #expect {
                try await daemon.run()
            } throws: { error in
                (error as? DaemonFailure)?.exit == .unavailable
            }
            #expect(try Data(contentsOf: URL(filePath: options.socket)) == Data("mine".utf8))
        }
    }

    @Test func aSocketWithoutAFolder() async throws {
        let options = Daemon.Options(socket: "/nonexistent/s", journal: "/dev/null")
        let daemon = try Daemon.prepare(options, on: platform(Steps()))
        await #expect(
            throws: DaemonFailure(
                .unavailable, "/nonexistent/s: the folder /nonexistent is not there")
        ) { try await daemon.run() }
    }

    @Test(arguments: [
        (DataPathError.privilege("no CAP_NET_ADMIN"), DaemonFailure.Exit.unavailable),
        (.taken("another agent"), .unavailable), (.kernel("no nftables"), .unavailable),
    ])
    func withoutAKernelItDoesNotStart(error: DataPathError, exit: DaemonFailure.Exit) {
        let steps = Steps()
        #expect(throws: DaemonFailure(exit, error.problem)) {
            try Daemon.prepare(
                Daemon.Options(socket: "s", journal: "/dev/null"),
                on: platform(steps, failing: error))
        }
        #expect(steps.all == ["group", "open []"])
    }

    @Test func aBadProtectedLineIsUsage() async throws {
        try await withFolder { folder in
            let file = folder + "/p"
            try Data("good.name\nbad name\n".utf8).write(to: URL(filePath: file))
            let steps = Steps()
            #expect(
                throws: DaemonFailure(.usage, "\(file):2: `bad name`: a name has no spaces")
            ) {
                try Daemon.prepare(
                    Daemon.Options(socket: "s", journal: "/dev/null", protect: file),
                    on: platform(steps))
            }
            #expect(steps.all.isEmpty)
        }
    }

    @Test func aJournalThatWasAskedForMustOpen() {
        #expect(throws: DaemonFailure.self) {
            try Daemon.prepare(
                Daemon.Options(socket: "s", journal: "/nonexistent/j"), on: platform(Steps()))
        }
    }

    @Test(arguments: [("60s", 60, true), ("0s", 0, false), ("x", 0, false)])
    func maximum(text: String, seconds: Int, good: Bool) throws {
        if good {
            #expect(try Daemon.Options.maximum(text, .plain) == .seconds(seconds))
        } else {
            #expect {
                try Daemon.Options.maximum(text, .plain)
            } throws: { error in
                (error as? DaemonFailure)?.exit == .usage
            }
        }
    }

    @Test(
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "10000000"], 10), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil), (["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "7"], 1),
            (["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "8"], nil),
        ] as [([String: String], Int?)])
    func watchdog(environment: [String: String], seconds: Int?) {
        #expect(Watchdog.period(environment, pid: 7) == seconds.map { .seconds($0) })
    }

    @Test func theGroupOfAFile() async throws {
        try await withFolder { folder in
            let file = folder + "/group"
            try Data("root:x:0:\nbroken\nbrownout:x:977:a,b\n".utf8).write(
                to: URL(filePath: file))
            #expect(ProcessActions.groupID(of: "brownout", file: file) == 977)
            #expect(ProcessActions.groupID(of: "brown", file: file) == nil)
            #expect(ProcessActions.groupID(of: "root", file: folder + "/none") == nil)
        }
    }
}
