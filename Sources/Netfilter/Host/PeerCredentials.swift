internal import CNetfilter

/// Who is at the other end of a connected unix socket, as of the time of the connection.
public struct PeerCredentials: Equatable, Sendable {
    public var pid: Int32
    public var uid: UInt32
    public var gid: UInt32

    public init(pid: Int32, uid: UInt32, gid: UInt32) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }

    /// Asks the kernel about the socket `descriptor`. The corresponding C call is `getsockopt` with
    /// SO_PEERCRED.
    public init(of descriptor: Int32) throws(NetlinkError) {
        pid = 0
        uid = .max
        gid = .max
        guard unsafe bn_peer_credentials(descriptor, &pid, &uid, &gid) == 0
        else { throw .last("getsockopt SO_PEERCRED") }
    }
}
