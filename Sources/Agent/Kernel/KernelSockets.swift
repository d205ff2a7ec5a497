import Netfilter

/// What has to be opened with privileges: the owner table and the packet queues of this thread's
/// network namespace. Nothing is intercepted yet.
struct KernelSockets: ~Copyable, Sendable {
    var table: OwnerTable
    var queues: PacketQueues

    /// - Parameter firstQueue: The first of the queue numbers; a free run if nil.
    /// - Throws: What the kernel refused; nothing is left behind.
    init(firstQueue: UInt16?) throws(DataPathError) {
        // The table first: it is what a second agent finds taken.
        let table = try Self.opened { () throws(NetlinkError) in try OwnerTable() }
        let queues = try Self.opened { () throws(NetlinkError) in
            try PacketQueues(first: firstQueue)
        }
        self.table = table
        self.queues = queues
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
