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
    /// All at once: one that does not answer keeps no other waiting.
    ///
    /// - Throws: That there is none at all, or none that did it.
    func each<Reply: Sendable>(
        _ call: @escaping @Sendable (AgentClient) async throws(AgentError) -> Reply
    ) async throws -> Replies<Reply> {
        let place = try await place()
        let others = netns == nil ? place.others(ordinary: ordinary.socket) : []
        let clients = [place.client] + others
        let outcomes = await withTaskGroup(
            of: (index: Int, outcome: Result<Reply, AgentError>).self
        ) { group in
            for (index, client) in clients.enumerated() {
                group.addTask {
                    do throws(AgentError) {
                        return (index, .success(try await call(client)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.index < $1.index }
        }
        var replies = Replies<Reply>()
        var absent: AgentError?
        for (_, outcome) in outcomes {
            switch outcome {
            case .success(let reply): replies.found.append(reply)
            case .failure(.noAgent(let socket, let code)):
                absent = absent ?? .noAgent(socket: socket, errno: code)
            case .failure(let problem): replies.problems.append(problem)
            }
        }
        if replies.found.isEmpty, let problem = replies.problems.first ?? absent { throw problem }
        return replies
    }

    /// What several agents said.
    struct Replies<Reply: Sendable>: Sendable {
        /// The one that is meant first.
        var found: [Reply] = []
        /// Of those that did not do it.
        var problems: [AgentError] = []

        /// To be called when what was done has been said: one failed, and is told.
        func check() throws {
            for problem in problems.dropFirst() { Console.complain(ErrorText(problem).line) }
            if let problem = problems.first { throw problem }
        }
    }

    /// `sun_path` has 108 octets, one of them the final NUL (unix(7)).
    static let longestSocket = 107

    func validate() throws {
        guard (1...Self.longestSocket).contains(ordinary.socket.utf8.count) else {
            throw ValidationError("--socket: a socket's path has 1 to 107 octets")
        }
    }
}
