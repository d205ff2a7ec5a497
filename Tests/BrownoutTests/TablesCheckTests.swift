import Control
import Testing

@testable import brownout

/// What `doctor` says of the rules of others.
@Suite struct TablesCheckTests {
    static func finding(
        _ action: SurveyFinding.Action, _ packets: SurveyFinding.Packets = .answers,
        hook: String = "prerouting", chain: String = "c", handle: UInt64? = 4, queue: UInt16? = nil,
        port: UInt16? = nil, transports: [SurveyFinding.Transport] = [.udp],
        families: [SurveyFinding.Family] = [.ipv4, .ipv6], certain: Bool = true
    ) -> SurveyFinding {
        SurveyFinding(
            family: "inet", table: "t", chain: chain, base: "c", hook: hook, priority: -300,
            handle: handle, action: action, queue: queue, port: port, packets: packets,
            transports: transports, families: families, certain: certain, namesPort: true)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var id: String
        var findings: [SurveyFinding]
        var level: Check.Level
        var says: String
        var advice: String?
        var testDescription: String { id }
    }

    static let rows = [
        Row(
            id: "nothing", findings: [], level: .pass,
            says: "none of 9 rules of others on the way keeps DNS"),
        Row(
            id: "drop", findings: [finding(.drop)], level: .fail,
            says: "inet t, chain c (prerouting, priority -300), rule 4: drops UDP answers",
            advice: "let udp source port 53 pass there: `nft --handle list chain inet t c`"),
        Row(
            id: "drop by policy",
            findings: [finding(.drop, handle: nil, transports: [.udp, .tcp])], level: .fail,
            says: "-300), its policy: drops UDP and TCP answers"),
        Row(
            id: "drop behind a jump", findings: [finding(.drop, chain: "d")], level: .fail,
            says: "chain d (from c, prerouting, priority -300), rule 4"),
        Row(
            id: "drop of some", findings: [finding(.drop, certain: false)], level: .warn,
            says: "drops some UDP answers", advice: "what your resolver sends"),
        Row(
            id: "TCP only", findings: [finding(.reject, transports: [.tcp])], level: .warn,
            says: "rejects TCP answers"),
        Row(
            id: "of the IP version that no resolver has",
            findings: [finding(.drop, families: [.ipv6])], level: .warn,
            says: "drops UDP answers over IPv6"),
        Row(
            id: "queries out", findings: [finding(.reject, .queries, hook: "output")], level: .fail,
            says: "rejects UDP queries", advice: "udp destination port 53"),
        Row(
            id: "containers only", findings: [finding(.drop, .queries, hook: "forward")],
            level: .warn, says: "(forward, priority -300)"),
        Row(
            id: "queue", findings: [finding(.queue, queue: 7)], level: .warn,
            says: "queues UDP answers to another program (queue 7)", advice: "bypass"),
        Row(
            id: "redirect", findings: [finding(.redirect, .queries, hook: "output", port: 5_353)],
            level: .warn, says: "sends UDP queries to this host, port 5353", advice: "--leg any"),
        Row(
            id: "redirect for containers",
            findings: [finding(.redirect, .queries, port: 5_353)], level: .warn,
            says: "sends UDP queries to this host, port 5353", advice: "answers containers"),
        Row(
            id: "dnat to another port",
            findings: [finding(.translate, .queries, hook: "output", port: 5_353)], level: .warn,
            says: "to another address, port 5353", advice: "`port: 5353`"),
        Row(
            id: "dnat to port 53", findings: [finding(.translate, .queries, port: 53)],
            level: .pass, says: "to another address, port 53, which faults do not mind"),
        Row(
            id: "notrack", findings: [finding(.untrack)], level: .pass,
            says: "does not track UDP answers, which faults do not mind"),
        Row(
            id: "offload", findings: [finding(.offload, .queries, hook: "forward")], level: .warn,
            says: "offloads", advice: "already known"),
        Row(
            id: "the worst first, and not too many",
            findings: [
                finding(.queue, queue: 1), finding(.queue, queue: 2), finding(.untrack),
                finding(.drop), finding(.queue, queue: 3),
            ], level: .fail, says: "and 1 rule more", advice: "let udp source port 53 pass"),
    ]

    @Test(arguments: rows)
    func says(_ row: Row) {
        let check = TablesCheck(
            survey: Survey(findings: row.findings, chains: 2, rules: 9), resolvers: [.ipv4]
        ).check
        #expect(check.level == row.level)
        #expect(check.finding.contains(row.says), "\(check.finding)")
        #expect((check.advice != nil) == (row.level != .pass))
        if let part = row.advice { #expect(check.advice?.contains(part) == true) }
    }

    @Test func whatWasNotSeen() {
        let cut = TablesCheck(survey: Survey(rules: 9, cut: "too many")).check
        #expect(
            cut.level == .warn && cut.finding.contains("not everything was looked at: too many"))
        let legacy = TablesCheck(survey: Survey(unread: 2, legacy: ["ip filter", "ip raw"])).check
        #expect(
            legacy.finding
                == "no rules of others on the way of DNS; 2 rules could not be read whole; "
                + "legacy iptables has tables ip filter, ip raw, which are not looked into")
        #expect(legacy.level == .pass && legacy.advice?.contains("iptables-legacy-save") == true)
    }

    @Test func withoutASurvey() throws {
        let host = try HostFolder([:]).host
        #expect(KernelChecks(host: host, config: nil, status: nil).tables.level == .skip)
        let failed = KernelChecks(
            host: host, config: nil, status: nil,
            survey: .failure(.refused(APIError(.notFound, "no such path"), status: 404))
        ).tables
        #expect(failed.level == .skip && failed.finding.contains("no such path"))
        let seen = KernelChecks(
            host: host, config: nil, status: nil,
            survey: .success(Survey(findings: [Self.finding(.drop, families: [.ipv6])])),
            resolvers: [.ipv4]
        ).tables
        #expect(seen.level == .warn)
    }
}
