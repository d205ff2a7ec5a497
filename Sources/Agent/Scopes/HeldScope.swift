/// Whose traffic an armed fault is about: a scope whose processes and user have been found.
///
/// An answer is matched to its asker by the socket that is to receive it, which sock_diag(7) finds as
/// the kernel does. That one way was chosen over rules in the kernel because
///
/// - several faults look at one answer, each with a scope of its own, and a rule can tell the queue no
///   more than a mark, which may be the host's; labels and marks of conntrack have the same fault, and
///   asking for them turns conntrack on for every packet of a host that may have it off;
/// - `meta skuid` knows no receiver, while a socket has a user in both directions;
/// - it costs some microseconds for answers that a scoped fault is about, and nothing for all others.
///
/// With a cache on this host (127.0.0.53) the asker on the wire is the cache, and on loopback it is the
/// program itself: there a scope holds. A socket that is not found is in no scope.
///
/// Packets of connections are told apart in the kernel, by `socket cgroupv2` and `meta skuid`.
public struct HeldScope: Sendable {
    public var user: UInt32?
    public var cgroup: Cgroup?
    /// As people wrote it.
    public var text: String

    public init(user: UInt32?, cgroup: Cgroup?, text: String) {
        self.user = user
        self.cgroup = cgroup
        self.text = text
    }

    public func includes(_ asker: Asker) -> Bool {
        if let user, user != asker.user { return false }
        return cgroup?.includes(asker.cgroup) ?? true
    }
}
