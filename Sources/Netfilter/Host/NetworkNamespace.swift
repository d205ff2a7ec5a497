internal import CNetfilter
internal import Glibc

/// A network namespace, told apart by the inode of its file in /proc.
public struct NetworkNamespace: Hashable, Sendable {
    public var device: UInt64
    public var inode: UInt64

    /// That of the calling thread.
    public static func current() throws(NetlinkError) -> NetworkNamespace {
        try NetworkNamespace(path: "/proc/thread-self/ns/net")
    }

    /// That of another process; EACCES if this one may not look at it.
    public static func ofProcess(_ pid: Int32) throws(NetlinkError) -> NetworkNamespace {
        try NetworkNamespace(path: path(ofProcess: pid))
    }

    /// Where the kernel shows the network namespace of a process.
    public static func path(ofProcess pid: Int32) -> String { "/proc/\(pid)/ns/net" }

    /// That of a namespace file. The corresponding C function is `stat`.
    public init(path: String) throws(NetlinkError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .last("stat \(path)") }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Moves this process into the namespace that a file names, and returns which that is. To be called
    /// while there is one thread: those that exist stay where they are. Needs CAP_SYS_ADMIN, unless
    /// the process is there already. The corresponding C function is `setns`.
    ///
    /// - Throws: EINVAL if the file is no network namespace; EBUSY if there are other threads. The
    ///   process is where it was then.
    public static func enter(_ path: String) throws(NetlinkError) -> NetworkNamespace {
        // Whatever the path leads to is not to keep us waiting.
        let file = try unsafe Descriptor(
            open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), of: "open \(path)")
        var status = stat()
        guard unsafe fstat(file.number, &status) == 0 else { throw .last("stat \(path)") }
        let wanted = NetworkNamespace(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        guard try wanted != current() else { return wanted }
        guard threadCount() == 1 else { throw NetlinkError(call: "setns \(path)", errno: EBUSY) }
        guard bn_enter_network_namespace(file.number) == 0 else { throw .last("setns \(path)") }
        return wanted
    }

    private init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    private static func threadCount() -> Int {
        let status = readTextFile("/proc/self/status").split(separator: "\n")
        let line = status.first { $0.hasPrefix("Threads:") }
        return line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
    }

    /// Runs `body` on a thread of its own inside the namespace that `path` names, and waits for it.
    /// Sockets opened there act in that namespace for as long as they live, whoever uses them.
    /// Needs CAP_SYS_ADMIN. The corresponding C function is `setns`.
    public static func run<Value: Sendable>(
        inside path: String, _ body: @escaping @Sendable () throws(NetlinkError) -> Value
    ) throws(NetlinkError) -> Value {
        let file = try unsafe Descriptor(open(path, O_RDONLY | O_CLOEXEC), of: "open \(path)")
        let number = file.number
        let outcome = Handover<Result<Value, NetlinkError>>(done: try Signal())
        try LoopThread.start {
            guard bn_enter_network_namespace(number) == 0 else {
                return outcome.put(.failure(.last("setns \(path)")))
            }
            do throws(NetlinkError) {
                outcome.put(.success(try body()))
            } catch {
                outcome.put(.failure(error))
            }
        }
        guard let result = outcome.take() else {
            throw NetlinkError(call: "setns \(path)", errno: ECANCELED)
        }
        return try result.get()
    }
}
