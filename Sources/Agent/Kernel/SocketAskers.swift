import Netfilter
import Synchronization
import Wire

/// Finds the program at this host's end of a packet by its socket.
final class SocketAskers: Sendable {
    /// Why none can be found; nil: they can.
    let problem: NetlinkError?
    private let owners: Mutex<SocketOwners?>

    init() {
        do throws(NetlinkError) {
            owners = Mutex(try SocketOwners.open())
            problem = nil
        } catch {
            owners = Mutex(nil)
            problem = error
        }
    }

    func find(_ transport: Packet.Transport, own: Endpoint, other: Endpoint) -> Asker? {
        owners.withLock { owners in
            let found = owners?.owner(
                transport: transport == .udp ? 17 : 6, own: .init(own), other: .init(other))
            return found.map { Asker(user: $0.user, cgroup: $0.cgroup) }
        }
    }
}

extension OpenConnections.End {
    fileprivate init(_ end: Endpoint) {
        self.init(address: end.address.octets, port: end.port)
    }
}
