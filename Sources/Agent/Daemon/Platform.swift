/// What the daemon needs from below: the kernel, the fault files, the process. Closures, so that a
/// test runs the whole daemon without any of them.
public struct Platform: Sendable {
    public var spec: SpecReader
    /// Opens the kernel's sockets and starts *no thread*: capabilities belong to threads, and one
    /// that is there before `dropPrivileges` would keep them all.
    public var open: @Sendable (Daemon.Options, ProtectedNames) throws(DataPathError) -> OpenedPath
    /// Gives up every capability that is not needed any more.
    public var dropPrivileges: @Sendable () throws(DataPathError) -> Void
    /// sd_notify(3): sends a state to the service manager, if there is one.
    public var notify: @Sendable (_ state: String) -> Void
    public var process: ProcessActions
    /// The network namespace that everything is opened in; nil: nobody asked.
    public var network: AgentNetwork?

    public init(
        spec: SpecReader,
        open:
            @escaping @Sendable (Daemon.Options, ProtectedNames) throws(DataPathError)
            -> OpenedPath,
        dropPrivileges: @escaping @Sendable () throws(DataPathError) -> Void,
        notify: @escaping @Sendable (String) -> Void,
        process: ProcessActions = .real, network: AgentNetwork? = nil
    ) {
        self.spec = spec
        self.open = open
        self.dropPrivileges = dropPrivileges
        self.notify = notify
        self.process = process
        self.network = network
    }
}

/// A data path whose sockets are open and whose packet loop does not run yet.
public struct OpenedPath: Sendable {
    /// Starts the packet loop, on a thread without privileges. To be called once.
    public var start: @Sendable () throws(DataPathError) -> any DataPath

    public init(start: @escaping @Sendable () throws(DataPathError) -> any DataPath) {
        self.start = start
    }
}
