import Netfilter
import Synchronization

/// The owner table, for the actor that arms and for the packet loop, which adds addresses before it
/// lets an answer go. The kernel takes changes from the socket that owns the table alone.
final class SharedTable: Sendable {
    let statement: QueueStatement
    private let table: Mutex<OwnerTable?>

    init(_ table: consuming OwnerTable) {
        statement = table.statement
        self.table = Mutex(table)
    }

    /// Runs `body` with the table; nil once it is closed.
    func with<Value: Sendable>(
        _ body: (inout OwnerTable) throws(NetlinkError) -> Value
    ) throws(NetlinkError) -> Value? {
        try table.withLock { (table) throws(NetlinkError) -> Value? in
            guard var open = table.take() else { return nil }
            do throws(NetlinkError) {
                let value = try body(&open)
                table = consume open
                return value
            } catch {
                table = consume open
                throw error
            }
        }
    }

    func close() {
        table.withLock { $0 = nil }
    }
}
