import NIOCore
import SystemPackage

/// Why the daemon did not start, or did not end well: one line for people and an exit code.
public struct DaemonFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public var exit: Exit
    public var problem: String

    /// DESIGN.md, "Command line".
    public enum Exit: Int32, Sendable {
        /// A flag, or a file that does not load.
        case usage = 2
        /// No privilege, or another agent is there.
        case unavailable = 3
        case `internal` = 70
    }

    public init(_ exit: Exit, _ problem: String) {
        self.exit = exit
        self.problem = problem
    }

    public var description: String { problem }

    /// Writes a line on standard error; where there is none, there is nobody to tell.
    public static func report(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll((line + "\n").utf8)
    }

    init(_ error: any Error) {
        switch error {
        case let failure as DaemonFailure: self = failure
        case let error as DataPathError: self.init(.unavailable, error.problem)
        case let problem as UnixSocket.Problem: self.init(.unavailable, problem.description)
        case let problem as ProtectedNames.Problem: self.init(.usage, problem.description)
        // Binding the socket, mostly: no permission, a read-only file system.
        case let error as IOError: self.init(.unavailable, "the socket: \(error.description)")
        default: self.init(.internal, "\(error)")
        }
    }
}
