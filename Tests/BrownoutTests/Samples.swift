import Control

@testable import brownout

/// Values that several tests start from.
enum Samples {
    static let start = Timestamp(milliseconds: 1_760_942_880_000)

    static func fault(
        _ id: String = "f1", name: String = "dns empty a.test", counts: FaultCounts = FaultCounts(),
        lasts: Duration = .seconds(60), dryRun: Bool = false
    ) -> ArmedFault {
        ArmedFault(
            id: id, name: name, names: ["a.test"], effects: ["empty"], dryRun: dryRun, seed: 7,
            armedAt: start, endsAt: start + lasts, leaseEndsAt: start + .seconds(10),
            remainingSeconds: 10, counts: counts, owner: Owner(uid: 1000, pid: 42),
            spec: .object(["names": .array([.string("a.test")])]))
    }

    static func event(
        _ kind: AgentEvent.Kind, _ id: String = "f1", counts: FaultCounts? = nil,
        who: Owner? = nil, why: String? = nil
    ) -> AgentEvent {
        AgentEvent(time: start, event: kind, fault: id, who: who, why: why, counts: counts)
    }

    static func status(queue: UInt16?) -> AgentStatus {
        AgentStatus(
            version: "0.1.0", pid: 77, uptimeSeconds: 3720, halted: false, onDemand: false,
            queue: queue, queues: queue.map { QueueRun(first: $0, count: 18) }, statement: .native,
            prefilter: .idle, faults: [],
            counters: PacketCounters(), journal: JournalStatus(path: "/j"))
    }
}
