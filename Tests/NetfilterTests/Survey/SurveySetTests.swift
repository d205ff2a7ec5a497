import Testing

@testable import Netfilter

/// Rules that look into sets and maps.
@Suite struct SurveySetTests {
    private static let both = "udp ipv4+ipv6"
    private static let all = "udp+tcp ipv4+ipv6"
    private static let raw = "(prerouting -300)"
    private static let answers = Nft.udp + Nft.sport(53)

    static let cases = [
        SurveyWalkTests.Case(
            id: "anonymous set",
            tables: FakeTables(
                [Nft.udp + lookup() + Nft.drop], sets: ["s": Nft.set(22, 53, 80)]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "not in it",
            tables: FakeTables([Nft.udp + lookup() + Nft.drop], sets: ["s": Nft.set(22, 80)]),
            findings: []),
        SurveyWalkTests.Case(
            id: "empty set",
            tables: FakeTables([Nft.udp + lookup() + Nft.drop], sets: ["s": Nft.set()]),
            findings: []),
        SurveyWalkTests.Case(
            id: "inverted",
            tables: FakeTables(
                [Nft.udp + lookup(inverted: true) + Nft.drop], sets: ["s": Nft.set(22, 53)]),
            findings: []),
        SurveyWalkTests.Case(
            id: "inverted, not in it",
            tables: FakeTables(
                [Nft.udp + lookup(inverted: true) + Nft.drop], sets: ["s": Nft.set(22)]),
            findings: ["answers: drop \(both) always, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "set that cannot be read", tables: FakeTables([answers + lookup() + Nft.drop]),
            findings: ["answers: drop \(both) maybe, named, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "intervals",
            tables: FakeTables(
                [Nft.udp + lookup() + Nft.drop],
                sets: ["s": intervals((.start, 40), (.end, 60), (.start, 0), (.end, 10))]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "between intervals",
            tables: FakeTables(
                [Nft.udp + lookup() + Nft.drop],
                sets: ["s": intervals((.start, 54), (.end, 60), (.start, 0), (.end, 53))]),
            findings: []),
        SurveyWalkTests.Case(
            id: "the last interval has no end",
            tables: FakeTables(
                [Nft.udp + lookup() + Nft.drop], sets: ["s": intervals((.start, 50))]),
            findings: ["answers: drop \(both) always, named, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "concatenation: address . port",
            tables: FakeTables(
                [
                    [
                        .load(.network(12), at: 0, length: 4), .load(.ports(0), at: 4, length: 2),
                        .lookup(at: 0, set: "s", inverted: false, gives: .nothing),
                    ] + Nft.drop
                ],
                sets: [
                    "s": SurveySet(
                        isInterval: true,
                        elements: [
                            .init(
                                key: [10, 0, 0, 0, 0, 50, 0, 0],
                                keyEnd: [10, 255, 255, 255, 0, 60, 0, 0])
                        ])
                ]), findings: ["answers: drop \(all) maybe, named, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "concatenation with another port",
            tables: FakeTables(
                [
                    [
                        .load(.network(12), at: 0, length: 4), .load(.ports(0), at: 4, length: 2),
                        .lookup(at: 0, set: "s", inverted: false, gives: .nothing),
                    ] + Nft.drop
                ],
                sets: [
                    "s": SurveySet(
                        isInterval: false, elements: [.init(key: [10, 0, 0, 0, 0, 80, 0, 0])])
                ]), findings: []),
        SurveyWalkTests.Case(
            id: "verdict map",
            tables: FakeTables(
                [Nft.udp + lookup(gives: .verdict)], chains: ["d": [Nft.drop]],
                sets: [
                    "s": SurveySet(
                        isInterval: false,
                        elements: [
                            .init(key: [0, 22], verdict: .drop),
                            .init(key: [0, 53], verdict: .jump("d")),
                        ])
                ]), findings: ["answers: drop \(both) always, named, at c>d \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "verdict map, everything else",
            tables: FakeTables(
                [Nft.udp + lookup(gives: .verdict)],
                sets: [
                    "s": SurveySet(
                        isInterval: false,
                        elements: [
                            .init(key: [0, 22], verdict: .accept),
                            .init(key: [], catchesAll: true, verdict: .drop),
                        ])
                ]), findings: ["answers: drop \(both) always, at c \(raw) 1"]),
        SurveyWalkTests.Case(
            id: "verdict map that accepts port 53",
            tables: FakeTables(
                dropsByPolicy: true, [lookup(gives: .verdict)],
                sets: [
                    "s": SurveySet(
                        isInterval: false, elements: [.init(key: [0, 53], verdict: .accept)])
                ]), findings: []),
    ]

    private static func lookup(
        inverted: Bool = false, gives: RuleTerm.Gives = .nothing
    ) -> [RuleTerm] {
        [
            .load(.ports(0), at: 0, length: 2),
            .lookup(at: 0, set: "s", inverted: inverted, gives: gives),
        ]
    }

    private enum Edge { case start, end }

    private static func intervals(_ edges: (Edge, UInt16)...) -> SurveySet {
        SurveySet(
            isInterval: true,
            elements: edges.map { .init(key: Nft.octets($1), endsInterval: $0 == .end) })
    }

    @Test(arguments: cases)
    func findings(_ one: SurveyWalkTests.Case) throws {
        #expect(try one.tables.findings() == one.findings)
    }
}
