/// What `POST /v1/faults` takes: a fault's text, and how to hold it.
public struct ArmRequest: Equatable, Sendable {
    /// The fault in YAML or JSON, with the keys of a fault file.
    public var body: String
    /// Says what the body is in the request; the agent reads both as YAML.
    public var format: Format
    /// What people see, and the file in the `file:line:column` of an error; nil: the agent's choice.
    public var name: String?
    /// Ends the fault after this long; nil: what the fault itself says.
    public var duration: Duration?
    /// Ends the fault when it has not been renewed for this long; nil: no renewal needed.
    public var lease: Duration?
    /// Count what would be changed, change nothing.
    public var dryRun: Bool
    /// The connection that the client is used over, as sshd(8) has it in SSH_CONNECTION: address and
    /// port of the person, then of this host. A fault that would cut it is refused.
    public var session: String?

    public enum Format: String, CaseIterable, Sendable {
        case json = "application/json"
        case yaml = "application/yaml"
    }

    public init(
        body: String, format: Format = .yaml, name: String? = nil, for duration: Duration? = nil,
        lease: Duration? = nil, dryRun: Bool = false, session: String? = nil
    ) {
        self.body = body
        self.format = format
        self.name = name
        self.duration = duration
        self.lease = lease
        self.dryRun = dryRun
        self.session = session
    }
}
