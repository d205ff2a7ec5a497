/// What a command cannot do, apart from what the agent (`AgentError`) and the spec (`SpecError`)
/// say. `ErrorText` words it.
enum ClientError: Error, Equatable {
    /// The command line is well-formed and makes no sense.
    case usage(String)
    /// No catalogue entry has this name and no file is there.
    case unknownFault(String, similar: String?)
    /// The same of a game day.
    case unknownGameDay(String, similar: String?)
    /// What `doctor` found speaks against a game day.
    case unfit([String])
    /// An effect, a topic or a fault that `explain` or `catalog` does not know.
    case unknownTopic(String, known: [String])
    /// A fault file that cannot be read.
    case unreadable(file: String, problem: String)
    /// Nobody on the socket, and this user may not start an agent.
    case mayNotStart(socket: String)
    /// No network namespace of that name or path, and why.
    case noNetwork(String)
    /// A network namespace that this user may not look at.
    case hiddenNetwork(String)
    /// A network namespace that this user may not start an agent in.
    case mayNotEnter(String)
    /// Nobody on the socket, and no `brownoutd` beside us or in PATH.
    case noDaemon(socket: String)
    /// The agent that we started ended or stayed silent.
    case startFailed(line: String, exitCode: Int32)
    /// A program that the lab needs, and the package that has it.
    case missingTool(String, package: String)
    /// No namespace for the lab, and why.
    case noNamespace(String, isRoot: Bool)
    /// The lab's namespace could not be furnished, or the lab does not run in it.
    case noPlace(String)
    /// Standard output is gone.
    case outputClosed
    /// The agent was lost while faults of ours were armed.
    case agentLost(socket: String, problem: String)
    /// Told to stop; `left` are the faults that could not be lifted.
    case interrupted(by: String, left: [String])
    /// Somebody else ended our fault before its time.
    case liftedByOthers(String)
}
