import Control

extension Report {
    /// One line of `--json`: what happened to a fault, with its counts flat.
    struct Line: Encodable {
        enum Event: String, Encodable { case arm, progress, end }

        var event: Event
        var id: String
        var name: String
        var dryRun: Bool
        var seed: UInt64
        var armedAt: Timestamp
        var endsAt: Timestamp
        var remainingSeconds: Double
        var seen: UInt64
        var matched: UInt64
        var fired: UInt64
        var passed: UInt64
        /// With `end` alone: `end`, `interrupted`, `lift`, `lease-end`, `gone` or
        /// `agent-lost`.
        var reason: String?
        /// With `arm` alone: the whole fault.
        var fault: ArmedFault?

        init(_ event: Event, _ fault: ArmedFault, reason: String? = nil, now: Timestamp? = nil) {
            self.event = event
            id = fault.id
            name = fault.name
            dryRun = fault.dryRun
            seed = fault.seed
            armedAt = fault.armedAt
            endsAt = fault.endsAt
            remainingSeconds = max(0, (fault.endsAt - (now ?? fault.armedAt)).seconds)
            seen = fault.counts.seen
            matched = fault.counts.matched
            fired = fault.counts.fired
            passed = fault.counts.passed
            self.reason = reason
            if event == .end { remainingSeconds = 0 }
            if event == .arm { self.fault = fault }
        }
    }

    static func json(_ line: Line) -> String {
        // Plain values: encoding them cannot fail.
        (try? ControlJSON.text(line)) ?? ""
    }
}
