import FoundationEssentials
import NIOCore
import NIOPosix
import Spec

@testable import ProbeKinds

/// One check as a schedule does it: cancelled when its time is over.
struct Checked {
    var seen: Observation
    /// Until the check itself had returned.
    var took: Duration

    init(_ session: any ProbeSession, timeout: Duration = .seconds(20)) async {
        let begin = ContinuousClock.now
        let check = Task { await session.check() }
        let alarm = Task {
            try await Task.sleep(for: timeout)
            check.cancel()
        }
        seen = await check.value
        alarm.cancel()
        took = begin.duration(to: .now)
    }

    /// Reads a probe, opens it, checks once, and closes it.
    init(
        _ kind: String, _ yaml: String, wanted: Set<FactName> = [],
        timeout: Duration = .seconds(20)
    ) async throws {
        let session = try await Self.open(kind, yaml, wanted: wanted)
        self = await Checked(session, timeout: timeout)
        await session.close()
    }

    static func open(
        _ kind: String, _ yaml: String, wanted: Set<FactName> = []
    ) async throws -> any ProbeSession {
        guard let kind = ProbeCatalogue.kind(named: kind) else {
            throw RealServer.Failure(problem: "no such kind")
        }
        return try await kind.init(Node.load(yaml: yaml, file: "g.yaml")).open(wanted: wanted)
    }
}

/// A port of 127.0.0.1 that nobody has just now.
func freePort() async throws -> Int {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0).get()
    let port = channel.localAddress?.port ?? 0
    try await channel.close()
    return port
}

/// This process as the kernel sees it.
enum Own {
    /// A line of /proc/self/status in KiB.
    static func memory(_ field: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
        return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
    }
}
