import Control

/// What the rules of others mean for faults.
struct TablesCheck {
    var survey: Survey
    /// The IP versions of this host's resolvers; empty where none are known.
    var resolvers: Set<SurveyFinding.Family> = []

    /// More findings than these are counted only.
    private static let mostTold = 3

    var check: Check {
        let told = survey.findings.map { (finding: $0, level: level(of: $0)) }
            .filter { $0.level != .pass }
        // Failures first; among equals the order in which packets meet them.
        let sorted = told.filter { $0.level == .fail } + told.filter { $0.level != .fail }
        guard let worst = sorted.first else { return nothing }
        var parts = sorted.prefix(Self.mostTold).map { Self.sentence($0.finding) }
        if sorted.count > Self.mostTold {
            parts.append("and \(Self.rules(sorted.count - Self.mostTold)) more")
        }
        return Check(
            "tables", worst.level, (parts + remarks).joined(separator: "; "),
            advice: advice(for: worst.finding))
    }

    /// What is wrong with none of them.
    private var nothing: Check {
        let looked = "none of \(Self.rules(survey.rules)) of others on the way"
        guard survey.cut == nil else {
            return Check(
                "tables", .warn,
                ([looked + " that were read keeps DNS from the agent"] + remarks).joined(
                    separator: "; "),
                advice: "a proof that counts says that nothing decides port 53 earlier")
        }
        let notes = survey.findings.map { Self.sentence($0) + ", which faults do not mind" }
        let finding =
            survey.rules == 0
            ? "no rules of others on the way of DNS" : looked + " keeps DNS from the agent"
        return Check(
            "tables", .pass, ([finding] + notes.prefix(1) + remarks).joined(separator: "; "),
            advice: survey.legacy.isEmpty
                ? nil : "`iptables-legacy-save` and `ip6tables-legacy-save` show them")
    }

    /// What the survey could not see.
    private var remarks: [String] {
        var remarks: [String] = []
        if survey.unread > 0 {
            remarks.append("\(Self.rules(survey.unread)) could not be read whole")
        }
        if !survey.legacy.isEmpty {
            let tables = survey.legacy.joined(separator: ", ")
            remarks.append("legacy iptables has tables \(tables), which are not looked into")
        }
        if let cut = survey.cut { remarks.append("not everything was looked at: \(cut)") }
        return remarks
    }

    /// `fail`: no answer over UDP, the way of nearly all, can reach this host's programs.
    func level(of finding: SurveyFinding) -> Check.Level {
        switch finding.action {
        // Our rules do not ask connection tracking.
        case .untrack: return .pass
        // The answer comes from port 53 all the same, of another server.
        case .translate where finding.port ?? 53 == 53: return .pass
        case .drop, .reject, .divert:
            let isOnTheWay =
                resolvers.isEmpty || finding.families.contains { resolvers.contains($0) }
            return finding.certain && isOnTheWay && finding.transports.contains(.udp)
                && finding.hook != "forward" ? .fail : .warn
        case .queue, .translate, .redirect, .intercept, .offload: return .warn
        }
    }

    /// `inet t, chain c (prerouting, priority -300), rule 4: drops answers over UDP`.
    static func sentence(_ finding: SurveyFinding) -> String {
        let rule = finding.handle.map { "rule \($0)" } ?? "its policy"
        let base = finding.base == finding.chain ? "" : "from \(finding.base), "
        let some = finding.certain ? "" : "some "
        let transports = finding.transports.map { $0.rawValue.uppercased() }
        let only = finding.families == [.ipv4] ? " over IPv4" : " over IPv6"
        return "\(finding.family) \(finding.table), chain \(finding.chain) "
            + "(\(base)\(finding.hook), priority \(finding.priority)), \(rule): "
            + "\(verb(finding)) \(some)\(transports.joined(separator: " and ")) "
            + "\(finding.packets.rawValue)" + (finding.families.count == 1 ? only : "")
            + object(finding)
    }

    private static func verb(_ finding: SurveyFinding) -> String {
        switch finding.action {
        case .drop: "drops"
        case .reject: "rejects"
        case .queue: "queues"
        case .translate, .redirect, .intercept, .divert: "sends"
        case .untrack: "does not track"
        case .offload: "offloads"
        }
    }

    private static func object(_ finding: SurveyFinding) -> String {
        let port = finding.port.map { " \($0)" }
        return switch finding.action {
        case .drop, .reject, .untrack: ""
        case .queue: " to another program" + (finding.queue.map { " (queue \($0))" } ?? "")
        case .translate: " to another address" + (port.map { ", port" + $0 } ?? "")
        case .redirect: " to this host" + (port.map { ", port" + $0 } ?? "")
        case .intercept: " to a program of this host"
        case .offload: " past all rules once a flow is known"
        case .divert: " out of another interface"
        }
    }

    private static func rules(_ count: Int) -> String {
        count == 1 ? "1 rule" : "\(count) rules"
    }

    private func advice(for finding: SurveyFinding) -> String {
        let listing =
            "`nft --handle list chain \(finding.family) \(finding.table) \(finding.chain)`"
        return switch finding.action {
        case .drop, .reject, .divert:
            finding.certain
                ? "let \(Self.port(finding)) pass there: \(listing)"
                : "see whether that is what your resolver sends: \(listing)"
        case .queue:
            "the program there comes first: it may hold, change or drop answers, and where none "
                + "listens they are dropped unless the rule has `bypass`: \(listing)"
        case .translate:
            "answers come from port \(finding.port ?? 53) then: give the fault `port: "
                + "\(finding.port ?? 53)` (`--port`)"
        case .redirect where finding.hook == "output":
            "answers come over loopback then: use `--leg any`"
        case .redirect, .intercept:
            "a server of this host answers containers then, past all faults; those that act on "
                + "what it asks in turn still do"
        case .offload:
            "faults miss answers to containers that belong to a flow which is already known, such "
                + "as a TCP connection that is used again: \(listing)"
        case .untrack: listing
        }
    }

    private static func port(_ finding: SurveyFinding) -> String {
        let transport = finding.transports.map(\.rawValue).joined(separator: " and ")
        return finding.packets == .answers
            ? "\(transport) source port 53" : "\(transport) destination port 53"
    }
}

extension KernelChecks {
    /// Rules of others that decide about port 53 before ours.
    var tables: Check {
        switch survey {
        case .success(let survey)?:
            return TablesCheck(survey: survey, resolvers: resolvers).check
        case .failure(let error)?:
            return Check(
                "tables", .skip,
                "the agent could not look at the rules of others: \(ErrorText(error).line)")
        case nil:
            return Check(
                "tables", .skip,
                "needs the agent: only root may see whether other tables decide port 53 earlier",
                advice: "`nft list ruleset` shows them: look for hooks below priority -150")
        }
    }
}
