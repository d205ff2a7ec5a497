import Testing

@testable import Netfilter

extension KernelTests {
    /// Rulesets as people write them, loaded by `nft`.
    @Suite struct SurveyTests {
        struct Case: CustomTestStringConvertible, Sendable {
            var id: String
            var nft = ""
            var findings: [String]
            var testDescription: String { id }
        }

        private static func table(_ chain: String, family: String = "inet", _ rules: String)
            -> String
        {
            "table \(family) t {\n\(rules)\n}\n"
                .split(separator: "CHAIN", omittingEmptySubsequences: false)
                .joined(separator: "type filter hook \(chain)")
        }

        private static let all = "udp+tcp ipv4+ipv6"

        static let cases = [
            Case(
                id: "nothing", findings: []),
            Case(
                id: "udp sport 53 drop, raw",
                nft: table("prerouting", "chain c {\nCHAIN priority raw\nudp sport 53 drop\n}"),
                findings: ["answers: drop udp ipv4+ipv6 always, named, at c (prerouting -300) 2"]),
            Case(
                id: "th sport 53 reject at input, and with our priority",
                nft: table(
                    "input",
                    "chain c {\nCHAIN priority -160\ntcp sport 53 reject with tcp reset\n}\n"
                        + "chain d {\nCHAIN priority mangle\nudp sport 53 drop\n}"),
                findings: [
                    "answers: reject tcp ipv4+ipv6 always, named, at c (input -160) 3",
                    "answers: drop udp ipv4+ipv6 maybe, named, at d (input -150) 4",
                ]),
            Case(
                id: "after ours",
                nft: table("input", "chain c {\nCHAIN priority filter\nudp sport 53 drop\n}"),
                findings: []),
            Case(
                id: "accept only",
                nft: table(
                    "prerouting",
                    "chain c {\nCHAIN priority raw\niif lo accept\nudp sport 53 accept\n}"
                ),
                findings: []),
            Case(
                id: "anonymous set, range, named set with intervals",
                nft: table(
                    "prerouting",
                    "set s {\ntype inet_service\nflags interval\nelements = { 1-20, 50-60 }\n}\n"
                        + "chain c {\nCHAIN priority raw\nip saddr 192.0.2.1 udp sport { 53, 5353 } drop\n"
                        + "ip saddr 192.0.2.1 udp sport 50-60 drop\nip saddr 192.0.2.1 udp sport @s drop\n"
                        + "ip saddr 192.0.2.1 udp sport { 54, 5353 } drop\nudp sport != { 53, 80 } drop\n}"
                ),
                findings: [4, 5, 6].map {
                    "answers: drop udp ipv4 maybe, named, at c (prerouting -300) \($0)"
                }),
            Case(
                id: "jump",
                nft: table(
                    "prerouting",
                    "chain d {\nip daddr 198.51.100.1 return\ndrop\n}\n"
                        + "chain c {\nCHAIN priority dstnat\nmeta l4proto udp th sport 53 jump d\n}"
                ),
                findings: [
                    "answers: drop udp ipv4 maybe, named, at c>d (prerouting -100) 4",
                    "answers: drop udp ipv6 always, named, at c>d (prerouting -100) 4",
                ]),
            Case(
                id: "verdict map",
                nft: table(
                    "prerouting",
                    "chain d {\ndrop\n}\nchain c {\nCHAIN priority raw\n"
                        + "udp sport vmap { 53 : jump d, 123 : accept }\n}"),
                findings: ["answers: drop udp ipv4+ipv6 always, named, at c>d (prerouting -300) 3"]),
            Case(
                id: "address . port",
                nft: table(
                    "prerouting",
                    "chain c {\nCHAIN priority raw\nip saddr . udp sport { 10.0.0.2 . 53 } drop\n"
                        + "ip saddr . udp sport { 10.0.0.0/8 . 50-60 } drop\n"
                        + "ip saddr . udp sport { 10.0.0.2 . 80 } drop\n}"),
                findings: [
                    "answers: drop udp ipv4 maybe, named, at c (prerouting -300) 3",
                    "answers: drop udp ipv4 maybe, named, at c (prerouting -300) 5",
                ]),
            Case(
                id: "notrack",
                nft: table("prerouting", "chain c {\nCHAIN priority raw\nudp sport 53 notrack\n}"),
                findings: ["answers: untrack udp ipv4+ipv6 always, named, at c (prerouting -300) 2"]
            ),
            Case(
                id: "policy drop",
                nft: table("prerouting", "chain c {\nCHAIN priority raw; policy drop\n}"),
                findings: ["answers: drop \(all) always, at c (prerouting -300) policy"]),
            Case(
                id: "policy drop that knows connections",
                nft: table(
                    "prerouting",
                    "chain c {\nCHAIN priority mangle; policy drop\n"
                        + "ct state established,related accept\n}"),
                findings: []),
            Case(
                id: "output",
                nft: table(
                    "output",
                    "chain c {\nCHAIN priority filter; policy drop\nct state established accept\n"
                        + "udp dport 53 accept\n}"),
                // A first query over TCP has no connection yet, and no rule of its own.
                findings: []),
            Case(
                id: "output closed for DNS",
                nft: table(
                    "output",
                    "chain c {\nCHAIN priority filter\nmeta l4proto { tcp, udp } th dport 53 drop\n}"
                ),
                findings: ["queries: drop \(all) always, named, at c (output 0) 3"]),
            Case(
                id: "nat",
                nft: """
                    table ip t {
                    chain o {
                    type nat hook output priority -100
                    udp dport 53 redirect to :5353
                    }
                    chain p {
                    type nat hook prerouting priority dstnat
                    tcp dport 53 dnat to 10.0.0.2:5353
                    udp dport 53 dnat to 10.0.0.3
                    }
                    }
                    """,
                findings: [
                    "queries: translate(port: nil) udp ipv4 always, named, at p (prerouting -100) 5",
                    "queries: translate(port: (5353)) tcp ipv4 always, named, at p (prerouting -100) 4",
                    "queries: redirect(port: (5353)) udp ipv4 always, named, at o (output -100) 3",
                ]),
            Case(
                id: "conditions",
                nft: table(
                    "prerouting",
                    "chain c {\nCHAIN priority raw\n"
                        + "udp sport 53 limit rate over 100/second drop\nudp sport 53 iifname eth9 drop\n"
                        + "fib saddr . iif oif missing drop\nmeta mark 7 drop\n"
                        + "ether saddr 00:00:00:00:00:01 udp sport 53 drop\n}"),
                findings: [2, 3, 6].map {
                    "answers: drop udp ipv4+ipv6 maybe, named, at c (prerouting -300) \($0)"
                }),
            Case(
                id: "netdev ingress",
                nft: """
                    table netdev t {
                    chain c {
                    type filter hook ingress device lo priority 0
                    udp sport 53 drop
                    }
                    }
                    """, findings: ["answers: drop udp ipv4+ipv6 always, named, at c (ingress 0) 2"]
            ),
            Case(
                id: "bridge and arp are on nobody's way",
                nft:
                    "table arp t {\nchain c {\ntype filter hook input priority -500; policy drop\n}\n}",
                findings: []),
        ]

        @Test(arguments: cases)
        func findings(_ one: Case) throws {
            try Sandbox.load(one.nft)
            defer { try? Sandbox.load("") }
            let survey = try TableSurvey.readHere()
            #expect(survey.findings.map(\.words) == one.findings)
            #expect(survey.unread == 0 && survey.cut == nil)
        }

        /// A queue in the form that this kernel has; `nft` writes the native one only.
        @Test(arguments: [QueueStatement.native, .compat]) func queue(statement: QueueStatement)
            throws
        {
            try Sandbox.load("")
            guard try KernelSupport.probe().has(statement == .native ? .nativeQueue : .compatQueue)
            else { return }
            var batch = Batch(sequence: 1)
            batch.createTable("t", owned: false)
            batch.createChain("t", "input", hook: 1)
            batch.addRule(
                "t", "input",
                [
                    .transportProtocol, .equals([17]), .transportField(offset: 0),
                    .equals([0, 53]),
                    .queue(7, statement),
                ])
            try batch.send(over: NetlinkSocket())
            defer { try? Sandbox.load("") }
            #expect(
                try TableSurvey.readHere().findings.map(\.words)
                    == ["answers: queue((7)) udp ipv4+ipv6 maybe, named, at input (input -150) 2"])
        }

        /// What all of this rests on: `accept` ends a base chain, and ours comes all the same.
        @Test func acceptElsewhereHidesNothing() throws {
            let rig = try Rig { _, _, _ in .drop }
            let pair = try Pair()
            try Sandbox.run("nft flush ruleset || true")
            try Sandbox.run(
                """
                nft -f - <<'END'
                table inet t {
                chain r {
                type filter hook prerouting priority raw
                udp sport 53 accept
                }
                chain i {
                type filter hook input priority -200
                iif lo accept
                }
                }
                END
                """)
            defer { _ = try? Sandbox.run("nft delete table inet t") }
            #expect(try TableSurvey.readHere().findings.isEmpty)
            try pair.answer("dropped")
            try rig.waitUntilJudged()
            // And a drop does hide it.
            try Sandbox.run("nft insert rule inet t r udp sport 53 drop")
            try pair.answer("dropped earlier")
            #expect(pair.next(within: 100) == nil)
            #expect(rig.seen == 1)
            #expect(try TableSurvey.readHere().findings.map(\.action) == [.drop])
        }

        /// A host with more rules than anybody reads: an end in time, and it says so.
        @Test func itIsBounded() throws {
            try Sandbox.load("")
            try Sandbox.run(
                """
                nft -f - <<'END'
                table inet t {
                    chain c {
                        type filter hook prerouting priority raw
                        udp sport 53 drop
                    }
                }
                END
                # In pieces: an ordinary user's socket takes no transaction of 30,000 rules.
                for piece in $(seq 300); do
                    yes 'add rule inet t c ip saddr 192.0.2.1 udp sport 54 drop' 2>/dev/null |
                        head -n 100 | nft -f -
                done
                """)
            defer { try? Sandbox.load("") }
            let survey = try TableSurvey.readHere(patience: .seconds(20))
            #expect(survey.rules == TableSurvey.mostRules && survey.cut != nil)
            #expect(survey.findings.map(\.action) == [.drop])
            let late = try TableSurvey.readHere(patience: .milliseconds(1))
            #expect(late.cut != nil)
        }

        @Test func onItsOwnThread() async throws {
            try Sandbox.load(
                "table inet t {\nchain c {\ntype filter hook prerouting priority raw\ndrop\n}\n}")
            defer { try? Sandbox.load("") }
            #expect(try await TableSurvey.read() == TableSurvey.readHere())
        }
    }
}

extension Sandbox {
    /// Puts a ruleset in place of all there is.
    static func load(_ ruleset: String) throws {
        try enter()
        try run("nft -f - <<'END'\nflush ruleset\n\(ruleset)\nEND")
    }
}
