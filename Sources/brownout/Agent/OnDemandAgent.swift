import Control
import FoundationEssentials
import Spec
import Subprocess
import SystemPackage

/// An agent for those who have none: started where the user may, it serves everybody on the host
/// and leaves with its last fault.
struct OnDemandAgent {
    var place: AgentPlace
    var privilege = Privilege.current
    /// How long a new agent may take until it says that it is ready.
    var patience = Duration.seconds(5)

    private var socket: String { place.socket }

    /// Returns once an agent answers: one that was there, or a new one.
    func ensure() async throws {
        if try await answers() { return }
        if let network = place.network, !privilege.sysAdmin {
            throw ClientError.mayNotEnter(network.name)
        }
        guard privilege.mayStartAgent else { throw ClientError.mayNotStart(socket: socket) }
        guard
            let program = Self.program(
                beside: try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/exe"),
                path: ProcessInfo.processInfo.environment["PATH"] ?? "",
                isProgram: { FileManager.default.isExecutableFile(atPath: $0) })
        else { throw ClientError.noDaemon(socket: socket) }
        do {
            try await start(program)
        } catch {
            // Another client may have been faster: then its agent is ours too.
            if (try? await answers()) == true { return }
            throw error
        }
        // A process id may have been another's by the time the agent entered its namespace.
        _ = try await answers()
    }

    /// `brownoutd` beside our own program, else the first in PATH.
    static func program(
        beside own: String?, path: String, isProgram: (String) -> Bool
    ) -> String? {
        let ownFolder = own?.split(separator: "/").dropLast().joined(separator: "/")
        let folders =
            (ownFolder.map { ["/" + $0] } ?? []) + path.split(separator: ":").map(String.init)
        return folders.map { "\($0)/brownoutd" }.first(where: isProgram)
    }

    private func answers() async throws -> Bool {
        guard let status = try await status() else { return false }
        // One of an older version does not say where it acts.
        guard let there = status.netns, !place.isMeant(there) else { return true }
        guard place.isNamed else {
            throw ClientError.startFailed(
                line: "the agent on \(socket) is that of another network namespace", exitCode: 3)
        }
        let name = there.name.map { ", \($0)" } ?? ""
        Console.complain(
            "warning: the agent on \(socket) acts in another network namespace\(name)")
        return true
    }

    /// Nil: nobody is there.
    private func status() async throws(AgentError) -> AgentStatus? {
        do throws(AgentError) {
            return try await AgentClient(socket: socket, timeout: .seconds(2)).status()
        } catch .noAgent {
            return nil
        }
    }

    /// What a started agent said.
    private enum Said: Sendable {
        case ready
        case ended(line: String, code: Int32)
        case nothing
    }

    func start(_ program: String) async throws {
        let (news, tell) = AsyncStream.makeStream(of: Said.self)
        var arguments = ["--on-demand", "--socket", socket]
        if let network = place.network { arguments += ["--netns", network.name] }
        if let root = place.root { arguments += ["--root", root] }
        // Not a child task: the agent lives on when we leave, and nothing waits for its end.
        let running = Task { [arguments] in
            do {
                let result = try await Subprocess.run(
                    .path(FilePath(program)), arguments: Arguments(arguments),
                    input: .none, output: .sequence, error: .string(limit: 64 * 1024)
                ) { execution in
                    for try await line in execution.standardOutput.strings() where line == "ready" {
                        tell.yield(.ready)
                    }
                }
                let lines = result.standardError.split(separator: "\n").map(String.init)
                tell.yield(
                    .ended(
                        line: lines.last ?? "brownoutd left: \(result.terminationStatus)",
                        code: Self.code(result.terminationStatus)))
            } catch {
                tell.yield(.ended(line: "\(program): \(error)", code: 3))
            }
        }
        let alarm = Task {
            try await Task.sleep(for: patience)
            tell.yield(.nothing)
        }
        defer { alarm.cancel() }
        for await said in news {
            switch said {
            case .ready: return
            case .ended(let line, let code):
                let prefix = "brownoutd: "
                throw ClientError.startFailed(
                    line: line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line,
                    exitCode: code)
            case .nothing:
                // What we started and cannot use, we end.
                running.cancel()
                throw ClientError.startFailed(
                    line: "\(program) was not ready within \(patience.spec)",
                    exitCode: 3)
            }
        }
    }

    private static func code(_ status: TerminationStatus) -> Int32 {
        if case .exited(let code) = status { code } else { 3 }
    }
}
