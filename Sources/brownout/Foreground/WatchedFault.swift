import Control

/// A fault of ours, with the latest that is known of it.
struct WatchedFault: Equatable, Sendable {
    var fault: ArmedFault
    /// How it ended; nil while it is in force.
    var ending: Ending?

    init(_ fault: ArmedFault) { self.fault = fault }

    enum Ending: Equatable, Sendable {
        /// Its time was over.
        case time
        /// We lifted it.
        case lifted
        /// Nobody renewed it in time.
        case lease
        /// Somebody else ended it: who and why, in words.
        case others(String)
        /// It is no longer there, and no event said why.
        case gone
        /// The agent is gone or silent: these are the last numbers that it told.
        case lost
    }

    /// Takes in what the agent says of it.
    mutating func apply(_ event: AgentEvent) {
        guard event.fault == fault.id, ending == nil else { return }
        if let counts = event.counts { fault.counts = counts }
        switch event.event {
        case .end: ending = .time
        case .leaseEnd: ending = .lease
        case .lift: ending = .others(Self.words(event))
        default: break
        }
    }

    private static func words(_ event: AgentEvent) -> String {
        let who = event.who.map { "uid \($0.uid)\($0.pid > 0 ? ", pid \($0.pid)" : "")" }
        return [who.map { "by \($0)" }, event.why.map { "(\($0))" }].compactMap { $0 }
            .joined(separator: " ")
    }
}
