import Control
import FaultKinds
import Netfilter
import Spec

/// What the kernel has to queue for some faults.
struct RulesetPlan: Equatable {
    var ruleset: Ruleset
    /// Which answers are queued.
    var prefilter: AgentStatus.Prefilter
    /// What the name filter has to hold; nothing if it is not used.
    var keys: Set<NameKey> = []

    /// A fault and how long it may still last.
    typealias Term = (fault: Fault, remaining: Duration)

    /// - Parameter names: The kernel's name filter, if it has one: cheaper and sharper than labels.
    init(
        _ all: [Term], queues: QueueNumbers, names: NameFilter.ID? = nil,
        matchesLabels: Bool = true
    ) {
        // A fault on addresses alone needs no answer.
        let terms = all.filter { !$0.fault.watchedNames.isEmpty }
        ruleset = Ruleset(queue: queues.datagrams, streamQueue: queues.streams)
        ruleset.tcp = Self.ports(of: terms)
        guard !terms.isEmpty else {
            prefilter = .idle
            return
        }
        // Only whoever sees every answer can tell that another name has one of the addresses.
        if terms.contains(where: { $0.fault.net != nil }) {
            prefilter = .all
            ruleset.udp = [Ruleset.Prefilter(label: nil, ports: ruleset.tcp)]
            return
        }
        if let names, let keys = NameKey.keys(of: terms.map(\.fault)) {
            prefilter = .names
            self.keys = keys
            ruleset.udp = [Ruleset.Prefilter(names: names, ports: ruleset.tcp)]
            return
        }
        guard matchesLabels, let labels = PrefilterPlan(faults: terms.map(\.fault)).labels else {
            prefilter = .all
            ruleset.udp = [Ruleset.Prefilter(label: nil, ports: ruleset.tcp)]
            return
        }
        prefilter = .labels
        ruleset.udp = labels.map { label in
            let needing = terms.filter { term in
                term.fault.watchedNames.contains { $0.literalLabels.contains(label) }
            }
            return Ruleset.Prefilter(label: label, ports: Self.ports(of: needing))
        }
    }

    /// Each port with the end of the longest fault on it.
    private static func ports(of terms: [Term]) -> [UInt16: Duration] {
        var ports: [UInt16: Duration] = [:]
        for (fault, remaining) in terms {
            ports[fault.port] = max(ports[fault.port] ?? .zero, remaining)
        }
        return ports
    }
}
