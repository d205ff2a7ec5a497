internal import Glibc

/// A call to the kernel that failed: which one, its `errno`, and what that means here.
public struct NetlinkError: Error, Equatable, Sendable {
    /// What the code means for Brownout, as far as the place of the failure tells.
    public enum Reason: Equatable, Sendable {
        /// CAP_NET_ADMIN (or the capability that the call needs) is missing.
        case notPermitted
        /// Another process owns the table `inet brownout`, or the queue number asked for.
        case ownedByAnother
        /// The kernel lacks something that the text names.
        case unsupported(String)
        /// The reply did not arrive in time, or did not fit the socket's buffer.
        case noReply
        /// Anything else; `errno` says what.
        case other
    }

    /// The call or the message of a batch that failed, for instance `add table inet brownout`.
    public var call: String
    /// The code, as in errno(3).
    public var errno: Int32
    public var reason: Reason

    public init(call: String, errno: Int32, reason: Reason? = nil) {
        self.call = call
        self.errno = errno
        self.reason = reason ?? (errno == EPERM || errno == EACCES ? .notPermitted : .other)
    }

    /// The error of the C call that has just failed, with the thread's `errno`.
    static func last(_ call: String) -> NetlinkError {
        NetlinkError(call: call, errno: Glibc.errno)
    }
}

extension NetlinkError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        let code = "\(call): \(unsafe String(cString: strerror(errno))) (errno \(errno))"
        return switch reason {
        case .notPermitted: "\(code); CAP_NET_ADMIN in this network namespace is needed"
        case .ownedByAnother:
            "\(code); another brownoutd (or another program) owns it in this network namespace"
        case .unsupported(let what): "\(code); this kernel lacks \(what)"
        case .noReply: "\(code); the kernel's reply was lost or did not come in time"
        case .other: code
        }
    }
}
