internal import ProbeKinds
internal import Spec

extension Plan {
    /// The timeline for people, as `brownout gameday plan` prints it.
    public var text: String {
        var lines = [gameDay.title]
        if let runbook = gameDay.runbook { lines.append("runbook: \(runbook)") }
        for role in gameDay.roles { lines.append("\(role.name): \(role.about)") }
        let speed = speed == 1 ? "" : " at speed \(speed.words)"
        lines += ["", "\(isOpen ? "At most" : "Up to") \(Self.clock(length))\(speed)."]
        if self.speed != 1 {
            lines.append("Expectations are shown as written; their times too pass at it.")
        }
        lines.append("")
        let width = gameDay.probes.map(\.name.count).max() ?? 0
        for probe in gameDay.probes {
            let name = probe.name.padding(to: width)
            lines.append(
                "probe \(name)  \(probe.kind) \(probe.probe.target), every \(probe.every.spec), "
                    + "timeout \(probe.timeout.spec)")
        }
        for phase in phases {
            lines.append("")
            let length = phase.length.map { "for \($0.spec)" } ?? "until its steps are done"
            let early = phase.until.isEmpty ? "" : " at most"
            lines.append("\(Self.clock(phase.begins))  \(phase.name), \(length)\(early)")
            lines += rows(of: phase).map { "          \($0)" }
        }
        if !stop.isEmpty {
            lines += ["", "Stops at once if"]
            lines += stop.map { "          \($0.words)" }
        }
        if !gameDay.always.isEmpty {
            lines += ["", "At the end, whatever happened"]
            lines += gameDay.always.map { "          \($0.words)" }
        }
        if !warnings.isEmpty {
            lines += [""] + warnings.map { "warning: \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func rows(of phase: PlannedPhase) -> [String] {
        var rows: [String] = []
        if !phase.lift.isEmpty { rows.append("lift    " + phase.lift.joined(separator: ", ")) }
        for arming in phase.arm {
            rows.append(
                "arm     \(arming.name)" + (arming.endsItself ? " for \(arming.lifetime.spec)" : "")
            )
        }
        rows += phase.steps.map { "step    \($0.words)" }
        rows += phase.expect.map { "expect  \($0.words)" }
        rows += phase.until.map { "until   \($0.words)" }
        return rows
    }

    /// `00:02:30`, with tenths where there are some.
    private static func clock(_ duration: Duration) -> String {
        let tenths = duration.nanoseconds / 100_000_000
        let (seconds, rest) = (tenths / 10, tenths % 10)
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { part in
            part < 10 ? "0\(part)" : "\(part)"
        }
        return parts.joined(separator: ":") + (rest == 0 ? "" : ".\(rest)")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
