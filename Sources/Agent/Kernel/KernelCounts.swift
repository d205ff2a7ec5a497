import Control
import Netfilter
import Wire

// What injector and packet loop have counted, as the agent tells it.

extension FaultCounts {
    /// What the injector has counted: answers, and packets that it held back.
    init(_ counters: FaultCounters, _ connections: LiveConnections?) {
        self.init(
            seen: counters.seen, matched: counters.matched,
            fired: counters.fired + (connections?.fired ?? 0), passed: counters.passed)
    }

    static func + (left: Self, right: Self) -> Self {
        FaultCounts(
            seen: left.seen + right.seen, matched: left.matched + right.matched,
            fired: left.fired + right.fired, passed: left.passed + right.passed)
    }
}

extension ConnectionReport {
    init(_ live: LiveConnections, at now: UInt64) {
        self.init(
            addresses: live.books.reduce(0) { $0 + $1.count(at: now) },
            evicted: live.books.reduce(0) { $0 + $1.evicted },
            unheard: live.unheard > 0 ? live.unheard : nil, unresolved: live.unresolved,
            shared: live.shared.map { SharedAddress(address: $0.key.description, name: $0.value) }
                .sorted { $0.address < $1.address },
            unfollowed: live.unfollowed.isEmpty
                ? nil
                : live.unfollowed.map { address, why in
                    UnfollowedAddress(
                        address: address.description, name: why.name,
                        reason: .init(why.reason))
                }.sorted { $0.address < $1.address })
    }
}

extension UnfollowedAddress.Reason {
    fileprivate init(_ reason: Unfollowed.Reason) {
        self =
            switch reason {
            case .thisHost: .thisHost
            case .noHost: .noHost
            case .session: .session
            }
    }
}

extension PacketCounters {
    init(_ injector: InjectorCounters, loop: LoopCounters, heldNow: UInt64) {
        self.init(
            received: loop.received,
            accepted: loop.accepted,
            rewritten: injector.rewritten,
            dropped: injector.dropped,
            held: heldNow,
            unparsed: injector.unparsed + loop.unparsed,
            unrewritable: injector.unrewritable + injector.unfollowed,
            errors: injector.errors + loop.replacementUnfit + loop.refusedVerdicts
                + loop.failedSends + loop.holdOverflow)
    }
}
