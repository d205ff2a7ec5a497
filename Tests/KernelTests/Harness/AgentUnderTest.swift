import Control
import Foundation

/// The built `brownoutd`, with a socket and a journal of its own.
struct AgentUnderTest: Sendable {
    let program: Program
    let client: AgentClient
    let journal: URL

    /// Where SwiftPM put the programs: beside the test bundle.
    static var products: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    static var path: String { products.appending(path: "brownoutd").path() }

    /// The built client.
    static var client: String { products.appending(path: "brownout").path() }

    /// Runs `body` beside an agent that answers, and ends the agent whatever becomes of `body`.
    ///
    /// - Parameters:
    ///   - wrapper: A program that starts the agent, such as `setpriv`, with its arguments.
    static func serving<Value>(
        _ more: [String] = [], wrapper: [String] = [], journal: URL? = nil,
        protecting: [String] = [], _ body: (AgentUnderTest) async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        let folder = try await Place.scratch()
        let socket = folder.appending(path: "s").path()
        let journal = journal ?? folder.appending(path: "journal.jsonl")
        let protected = folder.appending(path: "protected")
        try Data(protecting.map { "\($0)\n" }.joined().utf8).write(to: protected)
        let arguments =
            ["--socket", socket, "--journal", journal.path(), "--protect", protected.path()]
            + more
        let client = AgentClient(socket: socket)
        let command = wrapper + [path] + arguments
        return try await Program.serving(
            command[0], Array(command.dropFirst()),
            isReady: { _ in (try? await client.health().healthy) ?? false },
            { program in
                try await body(
                    AgentUnderTest(program: program, client: client, journal: journal))
            })
    }

    /// Arms a fault given as the lines of a fault file: `names` and `dns`, and others.
    func arm(
        _ effects: String, names: String, _ more: String..., name: String? = "drill",
        for duration: Duration = .seconds(60), lease: Duration? = nil, dryRun: Bool = false
    ) async throws -> ArmedFault {
        let lines = ["names: \(names)", "dns: \(effects)"] + more
        return try await client.arm(
            ArmRequest(
                body: lines.joined(separator: "\n") + "\n", name: name, for: duration,
                lease: lease, dryRun: dryRun))
    }

    /// Arms a fault, runs `body`, and lifts the fault again.
    func armed<Value>(
        _ effects: String, names: String, _ more: [String] = [], name: String? = "drill",
        dryRun: Bool = false, _ body: (ArmedFault) async throws -> Value
    ) async throws -> Value {
        let lines = ["names: \(names)", "dns: \(effects)"] + more
        let fault = try await client.arm(
            ArmRequest(
                body: lines.joined(separator: "\n") + "\n", name: name, for: .seconds(60),
                dryRun: dryRun))
        let value: Value
        do {
            value = try await body(fault)
        } catch {
            _ = try? await client.lift(fault.id)
            throw error
        }
        _ = try await client.lift(fault.id)
        return value
    }

    /// Runs the built client against this agent, to its end.
    func brownout(
        _ arguments: [String], within limit: Duration = .seconds(20)
    ) async throws -> Program.Ended {
        try await Program.run(
            Self.client, arguments, environment: ["BROWNOUT_SOCKET": client.socket],
            within: limit)
    }

    func counts(_ id: String) async throws -> FaultCounts {
        try await client.fault(id).counts
    }

    func counters() async throws -> PacketCounters {
        try await client.status().counters
    }

    /// The lines of the journal, oldest first.
    ///
    /// - Parameter tornLines: So many may be no JSON.
    func events(tornLines: Int = 0) throws -> [AgentEvent] {
        let decoder = JSONDecoder()
        var torn = 0
        return try Data(contentsOf: journal).split(separator: UInt8(ascii: "\n")).compactMap {
            do {
                return try decoder.decode(AgentEvent.self, from: Data($0))
            } catch {
                torn += 1
                if torn > tornLines { throw error }
                return nil
            }
        }
    }
}
