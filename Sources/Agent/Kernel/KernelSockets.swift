import Netfilter

/// What has to be opened with privileges: the owner table and the packet queues of this thread's
/// network namespace. Nothing is intercepted yet.
struct KernelSockets: ~Copyable, Sendable {
    var table: OwnerTable
    var queues: PacketQueues
    /// The kernel's filter on names; nil without CAP_BPF, or where the kernel does not take it.
    var names: NameFilter?
    /// Whether the kernel can look for a label in an answer; if not, every answer is queued unless
    /// there is a name filter.
    let matchesLabels: Bool

    /// - Parameter firstQueue: The first of the queue numbers; a free run if nil.
    /// - Throws: What the kernel refused; nothing is left behind.
    init(firstQueue: UInt16?) throws(DataPathError) {
        // The table first: it is what a second agent finds taken.
        var table = try Self.opened { () throws(NetlinkError) in try OwnerTable() }
        let queues = try Self.opened { () throws(NetlinkError) in
            try PacketQueues(first: firstQueue)
        }
        let matchesLabels = try Self.tries(
            .init(label: Array("brownout".utf8), ports: [:]), in: &table, queues.numbers)
        let names = try Self.nameFilter(in: &table, queues.numbers)
        self.matchesLabels = matchesLabels
        self.names = names
        self.table = table
        self.queues = queues
    }

    /// Loads the name filter while privileges are there.
    private static func nameFilter(
        in table: inout OwnerTable, _ queues: QueueNumbers
    ) throws(DataPathError) -> NameFilter? {
        // Without CAP_PERFMON the kernel takes a second to find the program too long.
        guard Privileges.has(.bpf), Privileges.has(.perfmon), let names = try? NameFilter(),
            try tries(.init(names: names.id, ports: [:]), in: &table, queues)
        else { return nil }
        return names
    }

    /// Puts a rule with a prefilter in force and takes it away. Nothing can match it: the heartbeat is not set.
    ///
    /// Done at the start, so that a kernel without it is known before a fault is armed, and so that
    /// the first fault does not wait for what the kernel loads on first use.
    private static func tries(
        _ filter: Ruleset.Prefilter, in table: inout OwnerTable, _ queues: QueueNumbers
    ) throws(DataPathError) -> Bool {
        var ruleset = Ruleset(queue: queues.datagrams, streamQueue: queues.streams)
        ruleset.tcp = [53: .seconds(1)]
        ruleset.udp = [filter]
        ruleset.udp[0].ports = ruleset.tcp
        do throws(NetlinkError) {
            try table.apply(ruleset)
            try table.disarm()
            return true
        } catch {
            guard case .unsupported = error.reason else { throw DataPathError(error) }
            return false
        }
    }

    private static func opened<Socket: ~Copyable>(
        _ open: () throws(NetlinkError) -> Socket
    ) throws(DataPathError) -> Socket {
        do throws(NetlinkError) {
            return try open()
        } catch {
            throw DataPathError(error)
        }
    }
}
