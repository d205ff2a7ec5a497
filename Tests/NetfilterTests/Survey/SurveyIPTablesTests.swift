import Testing

@testable import Netfilter

extension KernelTests {
    /// Rules of iptables-nft: compat matches and targets, where nf_tables has no words for them.
    @Suite struct SurveyIPTablesTests {
        static let scripts = [
            SurveyTests.Case(
                id: "drop",
                nft: """
                    iptables-nft -t raw -A PREROUTING -p udp --sport 53 -j DROP
                    ip6tables-nft -t mangle -A PREROUTING -p tcp --sport 53 -j DROP
                    """,
                findings: [
                    "answers: drop udp ipv4 always, named, at PREROUTING (prerouting -300) 2",
                    "answers: drop tcp ipv6 always, named, at PREROUTING (prerouting -150) 2",
                ]),
            SurveyTests.Case(
                id: "multiport, notrack, drop",
                nft: """
                    iptables-nft -t raw -A PREROUTING -p udp --sport 53 -j CT --notrack
                    iptables-nft -t raw -A PREROUTING -p udp -m multiport --sports 22,54:60 -j DROP
                    iptables-nft -t raw -A PREROUTING -p udp -m multiport --sports 22,50:60 -j DROP
                    """,
                findings: [
                    "answers: untrack udp ipv4 always, named, at PREROUTING (prerouting -300) 2",
                    "answers: drop udp ipv4 always, named, at PREROUTING (prerouting -300) 4",
                ]),
            SurveyTests.Case(
                id: "NFQUEUE",
                nft:
                    "iptables-nft -t mangle -A PREROUTING -p tcp --sport 53 -j NFQUEUE --queue-num 7",
                findings: [
                    "answers: queue((7)) tcp ipv4 always, named, at PREROUTING (prerouting -150) 2"
                ]),
            SurveyTests.Case(
                id: "nat",
                nft: """
                    iptables-nft -t nat -A OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 5353
                    iptables-nft -t nat -A OUTPUT -p tcp --dport 53 -j DNAT --to-destination 10.0.0.2:5354
                    ip6tables-nft -t nat -A OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 5355
                    """,
                findings: [
                    "queries: redirect(port: (5353)) udp ipv4 always, named, at OUTPUT (output -100) 2",
                    "queries: translate(port: (5354)) tcp ipv4 always, named, at OUTPUT (output -100) 3",
                    "queries: redirect(port: (5355)) udp ipv6 always, named, at OUTPUT (output -100) 2",
                ]),
            SurveyTests.Case(
                id: "a firewall that knows connections",
                nft: """
                    iptables-nft -t mangle -A PREROUTING -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
                    iptables-nft -t mangle -A PREROUTING -i lo -m comment --comment x -j ACCEPT
                    iptables-nft -t mangle -P PREROUTING DROP
                    """, findings: []),
            SurveyTests.Case(
                id: "REJECT in a chain of its own",
                nft: """
                    iptables-nft -N dns
                    iptables-nft -A OUTPUT -p udp --dport 53 -j dns
                    iptables-nft -A dns -d 192.0.2.1 -j ACCEPT
                    iptables-nft -A dns -j REJECT
                    """,
                findings: ["queries: reject udp ipv4 maybe, named, at OUTPUT>dns (output 0) 5"]),
        ]

        @Test(.enabled(if: Sandbox.hasIPTables, "needs iptables-nft"), arguments: scripts)
        func findings(_ one: SurveyTests.Case) throws {
            try Sandbox.load("")
            try Sandbox.run("set -e; " + one.nft)
            defer { try? Sandbox.load("") }
            let survey = try TableSurvey.readHere()
            #expect(survey.findings.map(\.words) == one.findings)
            #expect(survey.unread == 0 && survey.cut == nil)
        }
    }
}

extension Sandbox {
    static var hasIPTables: Bool {
        (try? run("command -v iptables-nft && command -v ip6tables-nft")) != nil
    }
}
