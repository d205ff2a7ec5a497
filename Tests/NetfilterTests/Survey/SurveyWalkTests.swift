import Testing

@testable import Netfilter

/// Rules as values, and what the survey says of them.
@Suite struct SurveyWalkTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var id: String
        var tables: FakeTables
        var findings: [String]
        var testDescription: String { id }
    }

    private static let both = "udp ipv4+ipv6"
    private static let all = "udp+tcp ipv4+ipv6"
    private static let raw = "(prerouting -300)"
    /// `udp sport 53`.
    private static let answers = Nft.udp + Nft.sport(53)
    private static let queries = Nft.udp + Nft.dport(53)

    static let matching = [
        Case(
            id: "udp sport 53 drop", tables: FakeTables([answers + Nft.drop]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "tcp only", tables: FakeTables([Nft.tcp + Nft.sport(53) + Nft.drop]),
            findings: ["answers: drop tcp ipv4+ipv6 always, named, at c \(raw) 1"]),
        Case(
            id: "another port", tables: FakeTables([Nft.udp + Nft.sport(54) + Nft.drop]),
            findings: []),
        Case(
            id: "udp dport 53 is no answer", tables: FakeTables([queries + Nft.drop]),
            findings: []),
        Case(
            id: "sport != 53 drop",
            tables: FakeTables([Nft.udp + Nft.sport(.notEqual, 53) + Nft.drop]), findings: []),
        Case(
            id: "sport != 5353 drop",
            tables: FakeTables([Nft.udp + Nft.sport(.notEqual, 5_353) + Nft.drop]),
            findings: ["answers: drop \(both) always, at c \(raw) 1"]),
        Case(
            id: "sport < 1024 drop",
            tables: FakeTables([Nft.sport(.less, 1_024) + Nft.drop]),
            findings: ["answers: drop \(all) always, named, at c \(raw) 1"]),
        Case(
            id: "dport < 1024 drop", tables: FakeTables([Nft.dport(.less, 1_024) + Nft.drop]),
            findings: []),
        Case(
            id: "sport 50-60 drop",
            tables: FakeTables([
                [
                    .load(.ports(0), at: 16, length: 2),
                    .range(at: 16, inverted: false, from: [0, 50], to: [0, 60]),
                ] + Nft.drop
            ]), findings: ["answers: drop \(all) always, named, at c \(raw) 1"]),
        Case(
            id: "sport != 50-60 drop",
            tables: FakeTables([
                [
                    .load(.ports(0), at: 16, length: 2),
                    .range(at: 16, inverted: true, from: [0, 50], to: [0, 60]),
                ] + Nft.drop
            ]), findings: []),
        Case(
            id: "an address too",
            tables: FakeTables([Nft.someAddress + answers + Nft.drop]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 1"]),
        Case(
            id: "an address alone is not about port 53",
            tables: FakeTables([Nft.someAddress + Nft.drop]), findings: []),
        Case(
            id: "ports in one load, merged by nft",
            tables: FakeTables([
                Nft.udp + [
                    .load(.ports(0), at: 0, length: 4),
                    .compare(at: 0, .equal, [0, 53] + Nft.octets(SurveyPacket.ephemeral)),
                ] + Nft.drop
            ]), findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "IPv6 by nfproto",
            tables: FakeTables([
                [.load(.family, at: 0, length: 1), .compare(at: 0, .equal, [10])] + answers
                    + Nft.drop
            ]), findings: ["answers: drop udp ipv6 always, named, at c \(raw) 1"]),
        Case(
            id: "IPv4 by EtherType",
            tables: FakeTables([
                [.load(.etherType, at: 0, length: 2), .compare(at: 0, .equal, [8, 0])] + answers
                    + Nft.drop
            ]), findings: ["answers: drop udp ipv4 always, named, at c \(raw) 1"]),
        Case(
            id: "family ip", tables: FakeTables(family: NFPROTO.ip, [answers + Nft.drop]),
            findings: ["answers: drop udp ipv4 always, named, at c \(raw) 1"]),
        Case(
            id: "a limit", tables: FakeTables([answers + [.condition] + Nft.drop]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 1"]),
        Case(
            id: "a counter and a log", tables: FakeTables([answers + [.statement] + Nft.drop]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "what cannot be read may hold",
            tables: FakeTables([answers + [.unread] + Nft.drop]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 1"]),
        Case(
            id: "untracked answers are invalid before conntrack",
            tables: FakeTables([Nft.state(1) + answers + Nft.drop]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "and established after it",
            tables: FakeTables(
                .prerouting, -190,
                [
                    Nft.state(1) + Nft.drop, Nft.state(2 | 4) + Nft.accept, Nft.drop,
                ]), findings: []),
    ]

    static let flow = [
        Case(
            id: "accept before drop",
            tables: FakeTables([answers + Nft.accept, Nft.udp + Nft.drop]), findings: []),
        Case(
            id: "accept of some before drop",
            tables: FakeTables([Nft.someAddress + Nft.accept, answers + Nft.drop]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 2"]),
        Case(
            id: "drop before accept",
            tables: FakeTables([answers + Nft.drop, answers + Nft.accept]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "policy drop", tables: FakeTables(dropsByPolicy: true, []),
            findings: ["answers: drop \(all) always, at c \(raw) policy"]),
        Case(
            id: "policy drop after accept of UDP",
            tables: FakeTables(dropsByPolicy: true, [answers + Nft.accept]),
            findings: ["answers: drop tcp ipv4+ipv6 always, at c \(raw) policy"]),
        Case(
            id: "policy drop with exceptions",
            tables: FakeTables(dropsByPolicy: true, [Nft.someAddress + Nft.accept]), findings: []),
        Case(
            id: "jump",
            tables: FakeTables(
                [answers + [.verdict(.jump("d"))]], chains: ["d": [Nft.tcp + Nft.accept, Nft.drop]]),
            findings: ["answers: drop \(both) always, named, at c>d \(raw) 2"]),
        Case(
            id: "jump that may be taken",
            tables: FakeTables(
                [Nft.someAddress + [.verdict(.jump("d"))], Nft.udp + Nft.drop],
                chains: ["d": [answers + Nft.drop]]),
            findings: [
                "answers: drop \(both) maybe, named, at c>d \(raw) 1"
                // Not told: after the jump it is not certain, and it names no port.
            ]),
        Case(
            id: "jump that comes back",
            tables: FakeTables(
                [[.verdict(.jump("d"))], answers + Nft.drop],
                chains: ["d": [[.verdict(.goBack)], Nft.drop]]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 2"]),
        Case(
            id: "jump that ends there",
            tables: FakeTables(
                dropsByPolicy: true, [[.verdict(.jump("d"))]], chains: ["d": [Nft.accept]]),
            findings: []),
        Case(
            id: "return of some, then drop",
            tables: FakeTables(
                [[.verdict(.jump("d"))], answers + Nft.drop],
                chains: ["d": [Nft.someAddress + [.verdict(.goBack)], Nft.accept]]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 2"]),
        Case(
            id: "goto does not come back",
            tables: FakeTables(
                [[.verdict(.goto("d"))], answers + Nft.drop], chains: ["d": []]), findings: []),
        Case(
            id: "goto comes out at the policy",
            tables: FakeTables(
                dropsByPolicy: true, [[.verdict(.goto("d"))]],
                chains: ["d": [Nft.tcp + Nft.accept]]),
            findings: ["answers: drop \(both) always, at c \(raw) policy"]),
        Case(
            id: "goto that may be taken",
            tables: FakeTables(
                [Nft.someAddress + [.verdict(.goto("d"))], answers + Nft.drop],
                chains: ["d": []]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 2"]),
        Case(
            id: "a chain that jumps to itself ends",
            tables: FakeTables([[.verdict(.jump("c"))]]), findings: []),
        Case(
            id: "the policy of a chain that was not read whole is not told",
            tables: FakeTables(dropsByPolicy: true, [answers + Nft.drop], cut: "late"),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
    ]

    static let actions = [
        Case(
            id: "queue", tables: FakeTables([answers + [.act(.queue(7))]]),
            findings: ["answers: queue((7)) \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "queue by verdict", tables: FakeTables([answers + [.verdict(.queue(7))]]),
            findings: ["answers: queue((7)) \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "after a queue the base chain is over",
            tables: FakeTables([answers + [.act(.queue(7))], answers + Nft.drop]),
            findings: ["answers: queue((7)) \(both) always, named, at c \(raw) 1"]),
        Case(
            id: "reject", tables: FakeTables(.output, 0, [queries + [.act(.reject)]]),
            findings: ["queries: reject \(both) always, named, at c (output 0) 1"]),
        Case(
            id: "notrack goes on",
            tables: FakeTables([answers + [.act(.untrack)], answers + Nft.drop]),
            findings: [
                "answers: untrack \(both) always, named, at c \(raw) 1",
                "answers: drop \(both) always, named, at c \(raw) 2",
            ]),
        Case(
            id: "redirect of queries",
            tables: FakeTables(
                .output, -100, type: "nat",
                [
                    queries + [.constant([0x14, 0xe9], at: 0), .act(.redirect(.at(0)))]
                ]),
            findings: [
                "queries: redirect(port: (5353)) \(both) always, named, at c (output -100) 1"
            ]),
        Case(
            id: "dnat of queries to one server",
            tables: FakeTables(
                .prerouting, -100, type: "nat",
                [
                    Nft.someAddress + queries + [.act(.translate(.none))]
                ]),
            findings: [
                "queries: translate(port: nil) \(both) maybe, named, at c (prerouting -100) 1"
            ]),
        Case(
            id: "answers do not go through chains of type nat",
            tables: FakeTables(.prerouting, -100, type: "nat", [answers + Nft.drop]), findings: []),
        Case(
            id: "flow offload", tables: FakeTables(.forward, 0, [[.act(.offload)]]),
            findings: ["queries: offload \(all) always, at c (forward 0) 1"]),
        Case(
            id: "fwd on ingress",
            tables: FakeTables(.ingress, 0, family: NFPROTO.netdev, [answers + [.act(.divert)]]),
            findings: ["answers: divert \(both) always, named, at c (ingress 0) 1"]),
    ]

    @Test(arguments: matching + flow + actions)
    func findings(_ one: Case) throws {
        #expect(try one.tables.findings() == one.findings)
    }

    struct Spot: Sendable, CustomTestStringConvertible {
        var hook: SurveyStop.Hook
        var priority: Int32
        /// What is found of `sport 53 drop`, and of `dport 53 drop`.
        var answers: Bool?
        var queries: Bool?
        var testDescription: String { "\(hook) \(priority)" }
    }

    /// Hook and priority against ours, input and forward at -150; nil: nothing is found, true: certain.
    static let spots = [
        Spot(hook: .ingress, priority: 0, answers: true),
        Spot(hook: .prerouting, priority: -450, answers: true),
        Spot(hook: .prerouting, priority: 0, answers: true),
        Spot(hook: .prerouting, priority: 300, answers: true),
        Spot(hook: .input, priority: -151, answers: true),
        Spot(hook: .input, priority: -150, answers: false),
        Spot(hook: .input, priority: -149),
        Spot(hook: .input, priority: 0),
        Spot(hook: .forward, priority: -300, answers: true, queries: true),
        Spot(hook: .forward, priority: -150, answers: false, queries: true),
        Spot(hook: .forward, priority: 0, queries: true),
        Spot(hook: .output, priority: -300, queries: true),
        Spot(hook: .output, priority: 0, queries: true),
        Spot(hook: .postrouting, priority: 100, queries: true),
    ]

    @Test(arguments: spots)
    func spot(_ spot: Spot) throws {
        let found = try FakeTables(
            spot.hook, spot.priority,
            [Nft.sport(53) + Nft.drop, Nft.dport(53) + Nft.drop]
        ).surveyed().findings
        #expect(found.first { $0.packets == .answers }?.certain == spot.answers)
        #expect(found.first { $0.packets == .queries }?.certain == spot.queries)
        #expect(found.count == [spot.answers, spot.queries].count { $0 != nil })
    }

    @Test func ourOwnTableIsNotLookedAt() throws {
        var tables = FakeTables([Nft.drop])
        tables.bases[0].name.table = OwnerTable.name
        #expect(try tables.surveyed() == TableSurvey())
        // Of another family it is somebody else's.
        tables.bases[0].name.family = NFPROTO.ip
        #expect(try tables.surveyed().findings.count == 1)
    }

    /// Hosts that forward nothing drop it all; that is not about DNS.
    @Test func aForwardPolicyIsNotToldOf() throws {
        #expect(try FakeTables(.forward, 0, dropsByPolicy: true, []).findings().isEmpty)
    }

    @Test func itCountsAndStops() throws {
        let rules = Array(repeating: Nft.udp + [.unread], count: 100)
        let survey = try FakeTables(rules).surveyed()
        #expect((survey.chains, survey.rules, survey.unread) == (1, 100, 100))
        #expect(survey.cut == nil)
        let late = try SurveyWalk(
            FakeTables(Array(repeating: [], count: 300) + [Nft.drop]), isLate: { true }
        ).run()
        #expect(late.cut != nil && late.findings.isEmpty)
        let many = try FakeTables(
            Array(repeating: Nft.someAddress + Nft.sport(53) + Nft.drop, count: 100)
        ).surveyed()
        #expect(many.findings.count == 64 && many.cut != nil)
    }
}
