import Control
import Foundation

/// A network namespace named blue, with an agent of its own on demand, and servers in this one that both
/// ask: a name server at `server` and HTTP at `web`.
struct Blue: Sendable {
    let neighbour: Neighbour
    /// Where the ordinary agent has its socket, if there is one.
    let ordinary: String

    static let network = "10.77.0"
    static let server = "10.77.0.1"
    static let web = "\(Reach.v4).9"

    static func onStage<Value>(_ body: (Blue) async throws -> Value) async throws -> Value {
        try await Place.setResolvers([server])
        return try await Neighbour.beside(network, "fd77:") { neighbour in
            try await neighbour.named("blue") {
                try await NSD.serving(on: NSD.loopback + [server]) {
                    try await Reach.serving {
                        let folder = try await Place.scratch()
                        return try await body(
                            Blue(
                                neighbour: neighbour,
                                ordinary: folder.appending(path: "s").path()))
                    }
                }
            }
        }
    }

    /// Its number: `net:[4026531840]`.
    static func inode(of process: Int32) throws -> UInt64 {
        let link = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(process)/ns/net")
        return UInt64(link.filter(\.isNumber)) ?? 0
    }

    /// Where its agent has its socket.
    func socket() throws -> String {
        AgentClient.socket(ordinary, ofNetwork: try Self.inode(of: neighbour.process))
    }

    func agent() throws -> AgentClient { AgentClient(socket: try socket()) }

    /// Runs the client in this namespace.
    func brownout(
        _ arguments: [String], within limit: Duration = .seconds(20)
    ) async throws -> Program.Ended {
        try await Program.run(
            AgentUnderTest.client, arguments, environment: ["BROWNOUT_SOCKET": ordinary],
            within: limit)
    }

    static let dig = [
        "dig", "+short", "+tries=1", "+time=1", "-r", "@\(server)", "plain.example.test",
    ]
    static let curl = [
        "curl", "-s", "-o", "/dev/null", "-m", "2", "http://\(web):\(Reach.port)/3",
    ]

    /// What `dig` prints here.
    func digHere() async throws -> String {
        try await Program.run(Self.dig[0], Array(Self.dig.dropFirst())).output
    }

    func digThere() async throws -> String { try await neighbour.run(Self.dig).output }

    func curlHere() async throws -> Int32 {
        try await Program.run(Self.curl[0], Array(Self.curl.dropFirst())).status
    }

    func curlThere() async throws -> Int32 { try await neighbour.run(Self.curl).status }

    /// Its rules.
    func ruleset() async throws -> String {
        try await neighbour.run(["nft", "list", "ruleset"]).output
    }

    /// Waits until its agent has left by itself, with nothing behind it.
    func isLeft() async throws -> Bool {
        try await eventually {
            let rules = try await ruleset()
            return try rules == "" && !FileManager.default.fileExists(atPath: socket())
        }
    }

    /// Lifts everything there, and waits until its agent on demand has left, with nothing behind it.
    func hasCleanEnd() async throws -> Bool {
        let agent = try agent()
        guard let pid = try? await agent.status().pid else { return false }
        _ = try? await agent.liftAll()
        let hasLeft = try await eventually {
            !FileManager.default.fileExists(atPath: "/proc/\(pid)/exe")
        }
        if !hasLeft { kill(pid, SIGKILL) }
        return try await isLeft() && hasLeft
    }
}
