import Control

/// Whether there is an agent, or may be one.
struct AgentChecks {
    var socket: String
    var privilege: Privilege
    /// What asking for its status gave.
    var result: Result<AgentStatus, AgentError>

    var privileges: Check {
        switch result {
        case .success:
            return Check("privilege", .pass, "this user may use the agent on \(socket)")
        case .failure(.permission):
            return Check(
                "privilege", .fail, "this user may not use \(socket)",
                advice: "use sudo, or `sudo adduser $USER brownout` and log in again")
        case .failure:
            if privilege.netAdmin {
                return Check("privilege", .pass, "CAP_NET_ADMIN: an agent can be started on demand")
            }
            return Check(
                "privilege", .fail,
                privilege.isRoot
                    ? "root without CAP_NET_ADMIN, as in a container"
                    : "neither root nor CAP_NET_ADMIN, and no agent to ask",
                advice: privilege.isRoot
                    ? "give the container that capability, or run this on the host"
                    : "use sudo, or `sudo systemctl start brownoutd`")
        }
    }

    var agent: Check {
        switch result {
        case .success(let status) where status.halted:
            return Check(
                "agent", .fail, "brownoutd \(status.version), pid \(status.pid), is halted",
                advice: "`brownout resume`")
        case .success(let status):
            if let problem = status.unguarded {
                return Check("agent", .warn, problem, advice: "start the agent anew")
            }
            let faults = status.faults.count
            return Check(
                "agent", .pass,
                "brownoutd \(status.version), pid \(status.pid), \(faults) faults armed")
        case .failure(.noAgent):
            return Check(
                "agent", privilege.mayStartAgent ? .warn : .fail, "no agent on \(socket)",
                advice: privilege.mayStartAgent
                    ? "one is started on demand by `dns`, `inject` and the proof below" : nil)
        case .failure(let error):
            return Check("agent", .fail, ErrorText(error).line)
        }
    }
}
