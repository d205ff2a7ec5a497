import Netfilter
import Wire

/// Closes connections of this host that are open when a fault comes to be about them (`kill`).
struct ConnectionCloser: Sendable {
    let spared: SparedConnections
    let askers: SocketAskers

    /// Closes those that a fault is about, in its share of them and its scope, whose ends and mark are not
    /// spared; none before it begins and while it rests (`after`, `flap`).
    ///
    /// The kernel lists all connections of the host for it: about 2 µs each.
    ///
    /// - Parameter addresses: Only those to these; nil: to all that the fault knows.
    func closeConnections(
        of fault: LiveFault, to addresses: [IPAddress]? = nil, at now: UInt64
    ) {
        var phase = fault
        guard !fault.isDryRun, phase.isOn(at: fault.elapsed(at: now)), let live = fault.connections,
            var open = try? OpenConnections()
        else { return }
        let addresses = addresses.map { Set($0) }
        _ = try? open.end { connection in
            guard !connection.hasMark(spared.mark),
                let here = IPAddress(octets: connection.own.address),
                let there = IPAddress(octets: connection.other.address),
                addresses?.contains(there) ?? true
            else { return false }
            let own = Endpoint(here, port: connection.own.port)
            let other = Endpoint(there, port: connection.other.port)
            guard live.hasConnection(own: own, other: other, at: now),
                !spared.spares(own: own, other: other), fault.isChosen(own, other)
            else { return false }
            guard let scope = fault.scope else { return true }
            return askers.find(.tcp, own: own, other: other).map(scope.includes) ?? false
        }
    }
}
