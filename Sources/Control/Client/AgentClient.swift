import NIOHTTP1

/// Talks to an agent: HTTP/1.1 over its unix socket, one connection a call.
///
/// A value without state: nothing to shut down. Every call returns within `timeout` or throws
/// `AgentError.timeout`; the event stream has no limit once it has begun.
public struct AgentClient: Sendable {
    /// Where an agent listens unless told otherwise.
    public static let defaultSocket = "/run/brownout.sock"

    /// Where the agent of another network namespace has its socket: beside the ordinary one.
    public static func socket(_ ordinary: String, ofNetwork inode: UInt64) -> String {
        let stem = ordinary.hasSuffix(".sock") ? ordinary.dropLast(5) : ordinary[...]
        return "\(stem)-netns-\(inode)\(ordinary.dropFirst(stem.count))"
    }

    public var socket: String
    /// The longest that one call may take.
    public var timeout: Duration

    public init(socket: String = AgentClient.defaultSocket, timeout: Duration = .seconds(5)) {
        self.socket = socket
        self.timeout = timeout
    }

    /// Arms a fault; returns once it is in force.
    public func arm(_ request: ArmRequest) async throws(AgentError) -> ArmedFault {
        try await value(
            Call(
                .POST, "/v1/faults", query: request.query, body: request.body,
                contentType: request.format.rawValue))
    }

    /// The faults in force, in arming order.
    public func faults() async throws(AgentError) -> [ArmedFault] {
        let list: FaultList = try await value(Call(.GET, "/v1/faults"))
        return list.faults
    }

    /// One fault in force.
    public func fault(_ id: String) async throws(AgentError) -> ArmedFault {
        try await value(Call(.GET, "/v1/faults", id))
    }

    /// Ends a fault; returns it with its last counts once the next answer is clean.
    public func lift(_ id: String) async throws(AgentError) -> ArmedFault {
        try await value(Call(.DELETE, "/v1/faults", id))
    }

    /// Ends every fault; returns those that were in force.
    public func liftAll() async throws(AgentError) -> [ArmedFault] {
        let list: FaultList = try await value(Call(.DELETE, "/v1/faults"))
        return list.faults
    }

    /// Starts a fault's lease anew; its `for` stays.
    public func renew(_ id: String) async throws(AgentError) -> ArmedFault {
        try await value(Call(.POST, "/v1/faults", id, "renew"))
    }

    /// Ends every fault and refuses new ones until `resume`.
    public func halt() async throws(AgentError) -> AgentStatus {
        try await value(Call(.POST, "/v1/halt"))
    }

    /// Takes new faults again.
    public func resume() async throws(AgentError) -> AgentStatus {
        try await value(Call(.POST, "/v1/resume"))
    }

    /// What the agent is, holds and has done.
    public func status() async throws(AgentError) -> AgentStatus {
        try await value(Call(.GET, "/v1/status"))
    }

    /// What the tables of others do to port 53; takes the agent up to two seconds.
    public func survey() async throws(AgentError) -> Survey {
        try await value(Call(.GET, "/v1/survey"))
    }

    /// Whether the data path is alive. An agent that says that it is not is a result, no error.
    public func health() async throws(AgentError) -> Health {
        let reply = try await reply(to: Call(.GET, "/healthz"))
        if let health = try? ControlJSON.decode(Health.self, from: reply.body) { return health }
        throw reply.failure
    }

    /// The agent's OpenAPI document, as JSON text.
    public func openAPI() async throws(AgentError) -> String {
        let reply = try await reply(to: Call(.GET, "/openapi.json"))
        guard reply.status == 200 else { throw reply.failure }
        return String(decoding: reply.body, as: UTF8.self)
    }

    private func value<Value: Decodable>(_ call: Call) async throws(AgentError) -> Value {
        let reply = try await reply(to: call)
        guard (200..<300).contains(reply.status) else { throw reply.failure }
        do {
            return try ControlJSON.decode(Value.self, from: reply.body)
        } catch {
            throw .unexpected("\(call.path): the reply is not a \(Value.self): \(error)")
        }
    }
}

extension ArmRequest {
    /// The query parameters of `POST /v1/faults`.
    var query: [(String, String)] {
        var query: [(String, String)] = []
        if let name { query.append(("name", name)) }
        if let duration { query.append(("for", duration.queryText)) }
        if let lease { query.append(("lease", lease.queryText)) }
        if dryRun { query.append(("dry-run", "true")) }
        if let session { query.append(("session", session)) }
        return query
    }
}

extension Duration {
    /// Spec's duration text; whole milliseconds are all that the API promises.
    var queryText: String { "\(wholeMilliseconds)ms" }
}
