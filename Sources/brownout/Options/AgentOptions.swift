import ArgumentParser
import Control
import FaultKinds
import FoundationEssentials

/// What every command takes.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of text for people.")
    var json = false
}

/// What every command that talks to an agent takes.
struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The agent's socket. (default: $BROWNOUT_SOCKET, else \(AgentClient.defaultSocket))",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "The agent of this network namespace: a name of ip-netns(8), or a path such as /proc/PID/ns/net.",
            valueName: "name|path"))
    var netns: String?

    @OptionGroup var output: OutputOptions

    var json: Bool { output.json }

    /// Those of other network namespaces are beside it.
    var ordinary: AgentPlace.Ordinary {
        let environment = ProcessInfo.processInfo.environment["BROWNOUT_SOCKET"] ?? ""
        if let named = socket ?? (environment.isEmpty ? nil : environment) {
            return AgentPlace.Ordinary(socket: named, isNamed: true)
        }
        return AgentPlace.Ordinary(socket: AgentClient.defaultSocket, isNamed: false)
    }

    /// The agent that is meant.
    func place() async throws(ClientError) -> AgentPlace {
        try await AgentPlace.find(netns, ordinary: ordinary)
    }

    /// The agent that faults of these scopes, which name `--netns` as well, are for.
    func place(_ scopes: [Scope?]) async throws(ClientError) -> AgentPlace {
        try await AgentPlace.find(scopes, ordinary: ordinary)
    }

    /// Calls the agent that is meant, and without `--netns` those of other network namespaces after it.
    ///
    /// - Returns: What each said that there is, the one that is meant first.
    /// - Throws: What kept one of them from it, once all were called; that there is none at all.
    func each<Reply>(
        _ call: (AgentClient) async throws(AgentError) -> Reply
    ) async throws -> [Reply] {
        var found: [Reply] = []
        var absent: AgentError?
        var problem: AgentError?
        let place = try await place()
        let others = netns == nil ? place.others(ordinary: ordinary.socket) : []
        for client in [place.client] + others {
            do throws(AgentError) {
                found.append(try await call(client))
            } catch .noAgent(let socket, let code) {
                absent = absent ?? .noAgent(socket: socket, errno: code)
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        if found.isEmpty, let absent { throw absent }
        return found
    }

    /// `sun_path` has 108 octets, one of them the final NUL (unix(7)).
    static let longestSocket = 107

    func validate() throws {
        guard (1...Self.longestSocket).contains(ordinary.socket.utf8.count) else {
            throw ValidationError("--socket: a socket's path has 1 to 107 octets")
        }
    }
}
