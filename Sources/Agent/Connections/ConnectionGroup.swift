import FaultKinds
import Spec
import Wire

/// Hosts of a fault that share their ports.
struct ConnectionGroup: Equatable, Sendable {
    /// Empty: all ports.
    var ports: [ClosedRange<UInt16>]
    var names: [NamePattern] = []
    var networks: [CIDR] = []
    /// No host is named: everybody.
    var everybody = false

    /// The groups of a fault by whose addresses they are.
    static func groups(of terms: NetTerms) -> [ConnectionGroup] {
        let named = named(in: terms)
        guard terms.sni, terms.direction == .inbound else { return named }
        // The names are those of this host; the others are who comes from the networks.
        return named.map { group in
            var group = group
            group.names = []
            group.everybody = group.networks.isEmpty
            return group
        }
    }

    /// The groups of a fault by the names that greetings ask for; none if greetings do not count.
    static func servers(of terms: NetTerms) -> [ConnectionGroup] {
        terms.sni ? named(in: terms).filter { !$0.names.isEmpty } : []
    }

    /// Hosts without a port of their own, and one group for each port.
    private static func named(in terms: NetTerms) -> [ConnectionGroup] {
        let common = merged(terms.ports.map(\.ports))
        guard !terms.hosts.isEmpty else {
            return [ConnectionGroup(ports: common, everybody: true)]
        }
        var order: [UInt16?] = []
        var groups: [UInt16?: ConnectionGroup] = [:]
        for host in terms.hosts {
            let new = ConnectionGroup(ports: host.port.map { [$0...$0] } ?? common)
            if groups[host.port] == nil { order.append(host.port) }
            switch host.target {
            case .name(let pattern): groups[host.port, default: new].names.append(pattern)
            case .network(let network): groups[host.port, default: new].networks.append(network)
            }
        }
        return order.compactMap { groups[$0] }
    }

    /// Runs that overlap are one.
    private static func merged(_ runs: [ClosedRange<UInt16>]) -> [ClosedRange<UInt16>] {
        var merged: [ClosedRange<UInt16>] = []
        for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, run.lowerBound <= last.upperBound {
                let end = max(last.upperBound, run.upperBound)
                merged[merged.count - 1] = last.lowerBound...end
            } else {
                merged.append(run)
            }
        }
        return merged
    }

    /// Whether it names so few ports that they, and not a host, are what is meant.
    var namesFewPorts: Bool {
        !ports.isEmpty && ports.reduce(0) { $0 + $1.count } <= NetTerms.mostPorts
    }

    func takes(_ port: UInt16) -> Bool {
        ports.isEmpty || ports.contains { $0.contains(port) }
    }
}
