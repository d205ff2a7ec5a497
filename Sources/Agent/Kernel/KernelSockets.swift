import Netfilter

/// What has to be opened with privileges: the owner table and the packet queues of this thread's
/// network namespace. Nothing is intercepted yet.
struct KernelSockets: ~Copyable, Sendable {
    var table: OwnerTable
    var queues: PacketQueues
    /// Whether the kernel can look for a label in an answer; if not, every answer is queued.
    let matchesLabels: Bool

    /// - Parameter firstQueue: The first of the queue numbers; a free run if nil.
    /// - Throws: What the kernel refused; nothing is left behind.
    init(firstQueue: UInt16?) throws(DataPathError) {
        // The table first: it is what a second agent finds taken.
        var table = try Self.opened { () throws(NetlinkError) in try OwnerTable() }
        let queues = try Self.opened { () throws(NetlinkError) in
            try PacketQueues(first: firstQueue)
        }
        matchesLabels = try Self.triesLabels(&table, queues: queues.numbers)
        self.table = table
        self.queues = queues
    }

    /// Puts a label rule in force and takes it away. Nothing can match it: the heartbeat is not set.
    ///
    /// Done at the start, so that a kernel without it is known before a fault is armed, and so that
    /// the first fault does not wait for what the kernel loads on first use.
    private static func triesLabels(
        _ table: inout OwnerTable, queues: QueueNumbers
    ) throws(DataPathError) -> Bool {
        var ruleset = Ruleset(queue: queues.datagrams, streamQueue: queues.streams)
        ruleset.tcp = [53: .seconds(1)]
        ruleset.udp = [Ruleset.Prefilter(label: Array("brownout".utf8), ports: ruleset.tcp)]
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
