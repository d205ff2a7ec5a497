import FaultKinds
import Netfilter
import Spec
import Wire

extension ConnectionFault {
    /// What the kernel is to do for a fault; nil if it is about answers alone.
    init?(_ fault: PathFault, _ content: Fault, number: Int) {
        guard let terms = content.net else { return nil }
        self.init(
            number: number, isInbound: terms.direction == .inbound,
            groups: ConnectionGroup.groups(of: terms).map(Group.init),
            acts: terms.effects.map { Act($0.action) },
            onlyNew: terms.connections == .new && !terms.sni,
            share: content.probability,
            seed: UInt32(truncatingIfNeeded: SeededRandom.mix(fault.seed)),
            isDryRun: fault.dryRun, remaining: fault.remaining)
        readsGreetings = terms.sni
        rests = content.after > .zero
        scope = fault.fault.scope.map { scope in
            Scope(
                cgroup: scope.cgroup?.id, level: UInt32(clamping: scope.cgroup?.level ?? 0),
                user: scope.user)
        }
    }
}

extension ConnectionFault.Group {
    fileprivate init(_ group: ConnectionGroup) {
        self.init(
            follows: !group.names.isEmpty, networks: group.networks.map(Network.init),
            everybody: group.everybody, ports: group.ports)
    }
}

extension ConnectionFault.Act {
    fileprivate init(_ action: NetAction) {
        self =
            switch action {
            case .drop: .drop
            case .reset(let afterHandshake): .reset(afterHandshake: afterHandshake)
            case .reject(let rejection): .reject(code: rejection.code)
            case .lose(let fraction): .lose(fraction: fraction)
            case .silence: .silence
            case .hold(let bothWays): .queue(bothWays: bothWays)
            }
    }
}

extension NetRejection {
    /// NFT_REJECT_ICMPX_… of nf_tables.h.
    fileprivate var code: UInt8 {
        switch self {
        case .route: 0
        case .port: 1
        case .host: 2
        case .prohibited: 3
        }
    }
}

extension Network {
    init(_ network: CIDR) {
        self.init(octets: network.network.octets, prefix: network.prefix)
    }
}

extension SparedConnections {
    /// Whether it is one that no fault touches, as far as its ends tell: a mark they do not.
    func spares(own: Endpoint, other: Endpoint) -> Bool {
        ports.contains(own.port)
            || networks.contains { network in
                let octets = other.address.octets
                return octets.count == network.octets.count
                    && zip(zip(octets, network.octets), network.mask).allSatisfy {
                        $0.0 & $1 == $0.1 & $1
                    }
            }
    }

    init(_ protected: ProtectedNames) {
        self.init(
            mark: PacketMark.observer, ports: [ClientSession.sshPort],
            networks: protected.networks.map(Network.init))
    }
}
