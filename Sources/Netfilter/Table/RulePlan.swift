/// A ruleset with times of CLOCK_MONOTONIC in place of durations, nothing twice, and the names of
/// its sets.
struct RulePlan: Equatable {
    /// One rule of the chain `datagrams`.
    struct Filter: Equatable {
        var label: [UInt8]?
        var names: NameFilter.ID?
        /// The set that holds its ports.
        var set: String
        /// When each port ends, in ns.
        var ends: [UInt16: UInt64]

        /// Whether this picks the same answers, whatever the ports.
        func picks(as other: Filter) -> Bool { label == other.label && names == other.names }
    }

    /// What turns one plan into another without removing a rule.
    struct Additions: Equatable {
        var filters: [Filter] = []
        /// Ports whose end moves, by set.
        var moved: [String: [UInt16: UInt64]] = [:]
    }

    /// Ends that differ by less than this are the same: callers compute durations again and again.
    static let tolerance: UInt64 = 10_000_000
    static let streamsSet = "tcp"

    var queue: UInt16
    var streamQueue: UInt16
    var filters: [Filter] = []
    var tcp: [UInt16: UInt64]

    init(_ ruleset: Ruleset, now: UInt64) {
        queue = ruleset.queue
        streamQueue = ruleset.streamQueue
        tcp = Self.ends(ruleset.tcp, now)
        for filter in ruleset.udp {
            let ends = Self.ends(filter.ports, now)
            guard !ends.isEmpty else { continue }
            let new = Filter(
                label: filter.label, names: filter.names, set: "udp\(filters.count)", ends: ends)
            if let index = filters.firstIndex(where: { $0.picks(as: new) }) {
                filters[index].ends.merge(ends, uniquingKeysWith: max)
            } else {
                filters.append(new)
            }
        }
    }

    /// Source ports of UDP that any rule names.
    var udpPorts: Set<UInt16> { Set(filters.flatMap(\.ends.keys)) }
    var tcpPorts: Set<UInt16> { Set(tcp.keys) }

    /// All sets of this plan that end.
    var sets: [String] { filters.map(\.set) + (tcp.isEmpty ? [] : [Self.streamsSet]) }

    /// What `wanted` has that this one has not; nil if it also lacks something, or its rules
    /// differ: then all are made anew.
    func additions(for wanted: RulePlan) -> Additions? {
        guard queue == wanted.queue, streamQueue == wanted.streamQueue,
            udpPorts == wanted.udpPorts, tcpPorts == wanted.tcpPorts
        else { return nil }
        var additions = Additions()
        additions.moved[Self.streamsSet] = Self.moved(tcp, wanted.tcp)
        for filter in filters {
            guard let new = wanted.filters.first(where: filter.picks),
                new.ends.keys == filter.ends.keys
            else { return nil }
            additions.moved[filter.set] = Self.moved(filter.ends, new.ends)
        }
        for filter in wanted.filters where !filters.contains(where: filter.picks) {
            var filter = filter
            filter.set = "udp\(filters.count + additions.filters.count)"
            additions.filters.append(filter)
        }
        return additions
    }

    mutating func add(_ additions: Additions) {
        filters += additions.filters
        for (set, ends) in additions.moved {
            if set == Self.streamsSet { tcp.merge(ends) { $1 } }
            for index in filters.indices where filters[index].set == set {
                filters[index].ends.merge(ends) { $1 }
            }
        }
    }

    private static func moved(
        _ old: [UInt16: UInt64], _ new: [UInt16: UInt64]
    ) -> [UInt16: UInt64]? {
        let moved = new.filter { port, end in
            guard let before = old[port] else { return true }
            return max(before, end) - min(before, end) >= tolerance
        }
        return moved.isEmpty ? nil : moved
    }

    private static func ends(_ ports: [UInt16: Duration], _ now: UInt64) -> [UInt16: UInt64] {
        ports.filter { $0.value > .zero }.mapValues { now &+ $0.kernelMilliseconds * 1_000_000 }
    }
}
