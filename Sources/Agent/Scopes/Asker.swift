/// The program at this host's end of a packet, as far as its socket tells.
public struct Asker: Equatable, Sendable {
    public var user: UInt32
    /// The id of its control group (cgroup v2).
    public var cgroup: UInt64

    public init(user: UInt32, cgroup: UInt64) {
        self.user = user
        self.cgroup = cgroup
    }
}
