import Netfilter
import Wire

/// Closes connections of this host that are open when a fault comes to be about them (`kill`).
struct ConnectionCloser: Sendable {
    let spared: SparedConnections
    let askers: SocketAskers

    /// Closes those that a fault is about, whose ends are not spared, in its scope; none before it begins
    /// and while it rests (`after`, `flap`).
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
        _ = try? open.end { own, other in
            guard let here = IPAddress(octets: own.address),
                let there = IPAddress(octets: other.address),
                addresses?.contains(there) ?? true
            else { return false }
            let ends = (Endpoint(here, port: own.port), Endpoint(there, port: other.port))
            guard live.hasConnection(own: ends.0, other: ends.1, at: now),
                !spared.spares(own: ends.0, other: ends.1)
            else { return false }
            guard let scope = fault.scope else { return true }
            return askers.find(.tcp, own: ends.0, other: ends.1).map(scope.includes) ?? false
        }
    }
}
