import Control

/// The agent's status as people read it.
struct StatusText {
    var status: AgentStatus
    var now: Timestamp

    init(_ status: AgentStatus, now: Timestamp) {
        self.status = status
        self.now = now
    }

    var text: String {
        var text = agent
        if status.halted {
            text += "halted: new faults are refused until `brownout resume`\n"
        }
        text += status.faults.isEmpty ? "nothing is armed\n" : "\n" + faults
        text += "\n" + counters
        if let problem = status.journal.problem {
            text += "journal: \(status.journal.lost) lines lost: \(problem)\n"
        }
        if let problem = status.unguarded { text += "\(problem)\n" }
        return text
    }

    private var agent: String {
        let kind = status.onDemand ? ", on demand" : ""
        let kernel =
            switch status.statement {
            case .none: "no kernel side"
            case .native, .compat:
                "queue \(status.queue.map { "\($0)" } ?? "-") (\(status.statement.rawValue)), "
                    + prefilter
            }
        let netns = status.netns?.name.map { "netns \($0)  " } ?? ""
        return "brownoutd \(status.version)  pid \(status.pid)  \(netns)"
            + "up \(Numbers.elapsed(status.uptimeSeconds))\(kind)  \(kernel)\n"
    }

    /// What is said of the agent of another network namespace.
    static func line(ofOther status: AgentStatus, socket: String) -> String {
        let count = status.faults.count
        let faults = count == 1 ? "1 fault" : "\(count == 0 ? "no" : "\(count)") faults"
        let more =
            status.netns?.name.map { "`brownout status --netns \($0)`" }
            ?? "`brownout status --socket \(socket)`"
        return "netns \(status.netns?.name ?? "of \(socket)"): \(faults) armed"
            + "\(status.halted ? ", halted" : ""): \(more)\n"
    }

    private var prefilter: String {
        switch status.prefilter {
        case .idle: "intercepts nothing"
        case .names: "intercepts answers with an armed name"
        case .labels: "intercepts answers with a label of an armed name"
        case .all: "intercepts every answer"
        }
    }

    private var faults: String {
        var table = Table(
            ["ID", "SEEN", "MATCHED", "FIRED", "PASSED", "LEFT", "EFFECTS", "NAME"],
            trailing: [1, 2, 3, 4, 5])
        for fault in status.faults {
            let effects = fault.effects.joined(separator: ", ")
            table.append(
                fault.id, Numbers.grouped(fault.counts.seen), Numbers.grouped(fault.counts.matched),
                Numbers.grouped(fault.counts.fired), Numbers.grouped(fault.counts.passed),
                Numbers.clock((fault.endsAt - now).seconds),
                effects + (fault.dryRun ? " (dry run)" : ""), fault.name)
        }
        return table.text + status.faults.compactMap(Self.scope).joined()
            + status.faults.compactMap(Self.connections).joined()
    }

    /// Whose traffic alone a fault is about, as it was asked for; nil: everybody's.
    private static func scope(of fault: ArmedFault) -> String? {
        guard case .object(let keys) = fault.spec, case .object(let scope)? = keys["scope"],
            !scope.isEmpty
        else { return nil }
        let order = ["cgroup", "unit", "pid", "container", "uid", "netns"]
        let words = order.compactMap { key -> String? in
            switch scope[key] {
            case .string(let text): "\(key) \(ErrorText.oneLine(text))"
            case .integer(let number): "\(key) \(number)"
            default: nil
            }
        }
        return "\(fault.id): only \(words.joined(separator: ", "))\n"
    }

    /// What people must know of a fault on connections, a line each.
    private static func connections(of fault: ArmedFault) -> String? {
        guard let report = fault.connections else { return nil }
        var lines: [String] = []
        if report.addresses > 0 {
            let addresses = report.addresses == 1 ? "1 address" : "\(report.addresses) addresses"
            lines.append("follows \(addresses)")
        }
        if report.evicted > 0 {
            lines.append("\(report.evicted) addresses had to make room for later ones")
        }
        if let unheard = report.unheard {
            lines.append("\(unheard) connections pass: no room to hear whom they ask for")
        }
        lines += misses(report.unresolved, report.unfollowed)
        for shared in report.shared {
            lines.append("\(shared.address) is hit for \(shared.name) as well, which shares it")
        }
        return lines.map { "\(fault.id): \($0)\n" }.joined()
    }

    private static func misses(
        _ unresolved: [String], _ unfollowed: [UnfollowedAddress]?
    ) -> [String] {
        unresolved.map { "no address seen for \($0): nothing of it is affected" }
            + (unfollowed ?? []).map { other in
                let why =
                    switch other.reason {
                    case .thisHost: "is this host: name its port to mean it"
                    case .noHost: "stands for no host"
                    case .session: "is left alone: this fault was armed from there"
                    }
                return "\(other.name) leads to \(other.address), which \(why)"
            }
    }

    /// What of a fault misses, as far as that is known when it is armed: of a pattern nothing is.
    static func misses(of fault: ArmedFault) -> [String] {
        guard let report = fault.connections else { return [] }
        return misses(report.unresolved.filter { !$0.contains("*") }, report.unfollowed)
    }

    private var counters: String {
        let counters = status.counters
        let parts: [(String, UInt64)] = [
            ("received", counters.received), ("passed", counters.accepted),
            ("rewritten", counters.rewritten), ("dropped", counters.dropped),
            ("held", counters.held), ("not understood", counters.unparsed),
            ("not rewritable", counters.unrewritable), ("errors", counters.errors),
        ]
        // The last four are told only when there is something to tell.
        let told = parts.enumerated().filter { $0.offset < 4 || $0.element.1 > 0 }
        return "packets: "
            + told.map { "\($0.element.0) \(Numbers.grouped($0.element.1))" }
            .joined(separator: ", ") + "\n"
    }
}
