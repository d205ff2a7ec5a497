/// Why a call to the agent gave no result.
public enum AgentError: Error, Equatable, Sendable {
    /// Nobody listens on the socket: `ENOENT` (no socket) or `ECONNREFUSED` (its agent is dead).
    case noAgent(socket: String, errno: Int32)
    /// The socket is there and this user may not use it (`EACCES`, `EPERM`).
    case permission(socket: String)
    /// The connection failed in another way, or was cut.
    case connection(socket: String, problem: String)
    /// No answer in time.
    case timeout(socket: String)
    /// The agent answered that it will not.
    case refused(APIError, status: Int)
    /// What came is not what the API says: another program, or an agent of another version.
    case unexpected(String)
}

extension AgentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noAgent(let socket, _): "no agent answers on \(socket)"
        case .permission(let socket): "no permission to use \(socket)"
        case .connection(let socket, let problem): "\(socket): \(problem)"
        case .timeout(let socket): "the agent on \(socket) does not answer in time"
        case .refused(let reply, _): reply.error
        case .unexpected(let what): "unexpected reply of the agent: \(what)"
        }
    }
}
