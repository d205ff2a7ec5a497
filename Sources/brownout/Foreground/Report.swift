import Control

/// How a foreground command tells what its faults do: the texts, without writing them.
struct Report: Sendable {
    enum Style: Equatable, Sendable {
        /// Lines redrawn in place.
        case live(styled: Bool)
        /// A line at arming, now and then, and at the end.
        case plain
        /// The same as JSON, one object a line.
        case json
    }

    var style: Style
    /// More live lines than this would scroll: then one line has the total.
    static let liveLines = 8
    /// Seconds between two progress lines that are not redrawn.
    static let interval = 10

    /// Once, after arming.
    func armed(_ faults: [ArmedFault], now: Timestamp) -> String {
        switch style {
        case .json: return faults.map { Self.json(.init(.arm, $0)) + "\n" }.joined()
        case .plain, .live:
            let lines = faults.map { fault in
                let dry = fault.dryRun ? ", dry run: nothing is changed" : ""
                let left = Numbers.clock((fault.endsAt - now).seconds)
                return "armed \(fault.id)  \(fault.name)  for \(left), seed \(fault.seed)\(dry)\n"
                    + StatusText.misses(of: fault).map { "\(fault.id): \($0)\n" }.joined()
            }
            let live = style != .plain
            return lines.joined() + (live ? styled("Ctrl-C lifts.", .dim) + "\n" : "")
        }
    }

    /// The live lines, or nil where the style has none.
    func live(_ watched: [WatchedFault], now: Timestamp) -> [String]? {
        guard case .live = style else { return nil }
        let inForce = watched.filter { $0.ending == nil }
        guard !inForce.isEmpty else { return [] }
        if inForce.count > Self.liveLines { return [total(inForce, now: now)] }
        let idWidth = inForce.map(\.fault.id.count).max() ?? 0
        return inForce.map { watched in
            let fault = watched.fault
            let id = fault.id + String(repeating: " ", count: idWidth - fault.id.count)
            return line(
                id, fault.counts, (fault.endsAt - now).seconds, dryRun: fault.dryRun,
                about: fault.name)
        }
    }

    /// Every `interval` seconds; nothing for the live style.
    func progress(_ watched: [WatchedFault], now: Timestamp) -> String {
        let inForce = watched.filter { $0.ending == nil }.map(\.fault)
        switch style {
        case .live: return ""
        case .json: return inForce.map { Self.json(.init(.progress, $0, now: now)) + "\n" }.joined()
        case .plain:
            return inForce.map { fault in
                line(
                    fault.id, fault.counts, (fault.endsAt - now).seconds, dryRun: fault.dryRun,
                    about: fault.name) + "\n"
            }.joined()
        }
    }

    /// Once, at the end: what each fault did and how it ended.
    func ended(_ watched: [WatchedFault], now: Timestamp) -> String {
        if style == .json {
            return watched.map { watched in
                Self.json(.init(.end, watched.fault, reason: watched.ending?.reason, now: now))
                    + "\n"
            }.joined()
        }
        var text = watched.map { watched in
            let fault = watched.fault
            let counts = fault.counts
            let after = Numbers.elapsed((now - fault.armedAt).seconds)
            let how = watched.ending?.words ?? "still armed"
            let passed = counts.passed > 0 ? ", passed \(Numbers.grouped(counts.passed))" : ""
            return "\(fault.id)  \(how) after \(after): seen \(Numbers.grouped(counts.seen)), "
                + "matched \(Numbers.grouped(counts.matched)), \(fired(fault.dryRun)) "
                + "\(Numbers.grouped(counts.fired))\(passed)  \(fault.name)\n"
        }.joined()
        // Of a lost agent nothing is known to have missed.
        if watched.allSatisfy({ $0.fault.counts.matched == 0 && $0.ending != .lost }) {
            let missed =
                watched.contains { $0.fault.connections != nil }
                ? "Nothing matched. If something connected there, or asked"
                : "No answer matched. If something asked"
            text += """
                \(missed) for these names,
                `brownout doctor` says what may have kept the answers away.

                """
        }
        return text
    }

    // Numbers first: where the terminal is too narrow, it is the name that is cut.
    private func line(
        _ id: String, _ counts: FaultCounts, _ left: Double, dryRun: Bool, about: String
    ) -> String {
        let seen = "seen \(Numbers.grouped(counts.seen))"
        let fires = "\(fired(dryRun)) \(Numbers.grouped(counts.fired))"
        let rest = "\(Numbers.clock(left)) left"
        return "\(styled(id, .bold))  \(seen)  \(styled(fires, .bold))  \(rest)"
            + (about.isEmpty ? "" : "  \(styled(about, .dim))")
    }

    private func total(_ watched: [WatchedFault], now: Timestamp) -> String {
        var counts = FaultCounts()
        for fault in watched.map(\.fault) {
            counts.seen &+= fault.counts.seen
            counts.fired &+= fault.counts.fired
        }
        let left = watched.map { ($0.fault.endsAt - now).seconds }.max() ?? 0
        return line(
            "\(watched.count) faults", counts, left,
            dryRun: watched.allSatisfy(\.fault.dryRun), about: "")
    }

    private func fired(_ dryRun: Bool) -> String { dryRun ? "would have fired" : "fired" }

    /// Attributes of ECMA-48 section 8.3.117, by number.
    private enum Weight: Int {
        case bold = 1
        case dim = 2
    }

    private func styled(_ text: String, _ weight: Weight) -> String {
        guard style == .live(styled: true), !text.isEmpty else { return text }
        return "\u{1B}[\(weight.rawValue)m\(text)\u{1B}[0m"
    }
}

extension WatchedFault.Ending {
    /// For programs.
    var reason: String {
        switch self {
        case .time: "end"
        case .lifted: "interrupted"
        case .lease: "lease-end"
        case .others: "lift"
        case .gone: "gone"
        case .lost: "agent-lost"
        }
    }

    /// For people, before "after 12s".
    var words: String {
        switch self {
        case .time: "ended"
        case .lifted: "lifted"
        case .lease: "lifted, as its lease ran out,"
        case .others(let who): who.isEmpty ? "lifted" : "lifted \(who)"
        case .gone: "gone"
        case .lost: "lost with its agent"
        }
    }
}
