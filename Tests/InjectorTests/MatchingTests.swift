import Agent
import FaultKinds
import Testing
import Wire

/// Which answers a fault is meant for, and when it acts on them.
@Suite struct MatchingTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var fault: String
        var question: String
        var type = DNS.RecordType.a
        var fires: Bool
        var testDescription: String { id }
    }

    static let rows: [Row] = [
        Row(id: "exact", fault: "names: a.example.com", question: "a.example.com", fires: true),
        Row(id: "case", fault: "names: A.example.COM", question: "a.EXAMPLE.com", fires: true),
        Row(id: "below", fault: "names: example.com", question: "a.example.com", fires: false),
        Row(id: "star", fault: "names: '*.example.com'", question: "a.b.example.com", fires: true),
        Row(id: "apex", fault: "names: '*.example.com'", question: "example.com", fires: false),
        Row(
            id: "inner star", fault: "names: sts.*.example.com", question: "sts.x.example.com",
            fires: true),
        Row(
            id: "inner star, two labels", fault: "names: sts.*.example.com",
            question: "sts.x.y.example.com", fires: false),
        Row(
            id: "except", fault: "names: '*.example.com'\nexcept: a.example.com",
            question: "a.example.com", fires: false),
        Row(
            id: "except another", fault: "names: '*.example.com'\nexcept: a.example.com",
            question: "b.example.com", fires: true),
        Row(
            id: "alias", fault: "names: dynamodb.us-east-1.amazonaws.com",
            question: "shop.example.com", fires: true),
        Row(
            id: "alias, last name", fault: "names: prod.ddb.us-east-1.amazonaws.com",
            question: "shop.example.com", fires: true),
        Row(
            id: "alias excepted",
            fault: "names: '*.example.com'\nexcept: dynamodb.us-east-1.amazonaws.com",
            question: "shop.example.com", fires: false),
        Row(
            id: "type by default", fault: "names: a.example.com", question: "a.example.com",
            type: .https, fires: true),
        Row(
            id: "type not by default", fault: "names: a.example.com", question: "a.example.com",
            type: .txt, fires: false),
        Row(
            id: "type asked for", fault: "names: a.example.com\ntypes: TXT",
            question: "a.example.com", type: .txt, fires: true),
        Row(
            id: "type left out", fault: "names: a.example.com\ntypes: [AAAA]",
            question: "a.example.com", fires: false),
        Row(
            id: "resolver", fault: "names: a.example.com\nresolvers: 127.0.0.0/8",
            question: "a.example.com", fires: true),
        Row(
            id: "another resolver", fault: "names: a.example.com\nresolvers: [10.0.0.0/8]",
            question: "a.example.com", fires: false),
        Row(
            id: "another port", fault: "names: a.example.com\nport: 5353",
            question: "a.example.com", fires: false),
    ]

    @Test(arguments: rows)
    func fires(row: Row) throws {
        var bench = Bench()
        let id = try bench.arm(row.fault + "\ndns: servfail")
        let message =
            row.question == "shop.example.com"
            ? try Answers.dynamo(question: row.question)
            : try Answers.message(row.question, row.type)
        let outcome = bench.feed(try Answers.udp(message))
        #expect(outcome.verdict == (row.fires ? .replace : .accept))
        #expect(bench.counters(id)?.fired == (row.fires ? 1 : 0))
    }

    @Test(arguments: [8, 9, 1000])
    func `many patterns match as few do`(count: Int) throws {
        var bench = Bench()
        let list =
            (0..<count).map { "host\($0).example.com" } + ["*.wild.example.net", "x.*.org.uk"]
        try bench.arm("names: [\(list.map { "'\($0)'" }.joined(separator: ", "))]\ndns: servfail")
        for (question, fires) in [
            ("host0.example.com", true), ("host\(count - 1).example.com", true),
            ("host\(count).example.com", false), ("example.com", false),
            ("a.b.wild.example.net", true), ("wild.example.net", false),
            ("x.y.org.uk", true), ("x.y.z.org.uk", false), (".", false),
        ] {
            let outcome = bench.feed(try Answers.udp(Answers.message(question)))
            #expect(outcome.verdict == (fires ? .replace : .accept), "\(question)")
        }
    }

    struct LegRow: CustomTestStringConvertible, Sendable {
        var leg: Leg
        var resolver: String
        /// Fires on answers from loopback, from the wire, and on forwarded ones.
        var expected: [Bool]
        var testDescription: String { "\(leg), resolver \(resolver)" }
    }

    @Test(arguments: [
        LegRow(leg: .auto, resolver: "127.0.0.53", expected: [true, false, true]),
        LegRow(leg: .auto, resolver: "10.0.0.53", expected: [true, true, true]),
        LegRow(leg: .wire, resolver: "127.0.0.53", expected: [false, true, true]),
        LegRow(leg: .loopback, resolver: "127.0.0.53", expected: [true, false, false]),
        LegRow(leg: .any, resolver: "127.0.0.53", expected: [true, true, true]),
    ])
    func legs(row: LegRow) throws {
        var bench = Bench(resolver: row.resolver)
        try bench.arm("names: a.example.com\nleg: \(row.leg)\ndns: timeout")
        let message = try Answers.message("a.example.com")
        let server = Endpoint(.v4(0x0A00_0035), port: 53)
        let host = Endpoint(.v4(0x0A00_0001), port: 4000)
        let remote = try Answers.udp(message, from: server, to: host)
        let fires = [
            bench.feed(try Answers.udp(message)),
            bench.feed(remote, overLoopback: false),
            bench.feed(remote, forwarded: true, overLoopback: false),
        ].map { $0.verdict == .drop }
        #expect(fires == row.expected)
    }

    @Test(arguments: [30, 50, 70])
    func `the rate is what was asked for`(percent: Int) throws {
        var bench = Bench()
        let id = try bench.arm(
            "names: a.example.com\nprobability: \(percent)%\ndns: servfail", seed: 42)
        let packet = try Answers.udp(Answers.message("a.example.com"))
        let trials = 10_000
        var fired = 0
        for _ in 0..<trials where bench.feed(packet).verdict == .replace { fired += 1 }
        // Four standard deviations: a fair generator is outside once in 16,000 seeds.
        let expected = Double(trials * percent) / 100
        let bound = 4 * (expected * (1 - Double(percent) / 100)).squareRoot()
        #expect(abs(Double(fired) - expected) <= bound, "fired \(fired), seed 42")
        #expect(bench.counters(id)?.fired == UInt64(fired))
        #expect(bench.counters(id)?.matched == UInt64(trials))
    }

    @Test func `the same seed makes the same choices`() throws {
        func choices(_ seed: UInt64) throws -> [Bool] {
            var bench = Bench()
            try bench.arm("names: a.example.com\nprobability: 50%\ndns: timeout", seed: seed)
            let packet = try Answers.udp(Answers.message("a.example.com"))
            return (0..<64).map { _ in bench.feed(packet).verdict == .drop }
        }
        #expect(try choices(3) == choices(3))
        #expect(try choices(3) != choices(4))
    }

    @Test func `it begins after its delay and flaps`() throws {
        var bench = Bench()
        try bench.arm("names: a.example.com\nafter: 5s\nflap: {on: 3s, off: 2s}\ndns: timeout")
        let packet = try Answers.udp(Answers.message("a.example.com"))
        var timeline = ""
        for _ in 0..<20 {
            timeline += bench.feed(packet).verdict == .drop ? "#" : "."
            bench.advance(.seconds(1))
        }
        #expect(timeline == ".....###..###..###..")
    }

    @Test func `a dry run counts and changes nothing`() throws {
        var bench = Bench()
        let id = try bench.arm("names: a.example.com\ndns: [delay: 1s, empty]", dryRun: true)
        let none = try bench.arm("names: a.example.com\ndns: {partial: 3}", dryRun: true)
        let outcome = bench.feed(try Answers.udp(Answers.message("a.example.com")))
        #expect(outcome.verdict == .accept)
        #expect(bench.counters(id) == counters(seen: 1, matched: 1, fired: 1))
        #expect(bench.counters(none) == counters(seen: 1, matched: 1, fired: 0))
    }

    @Test func `a timeout ends what comes after it`() throws {
        var bench = Bench()
        let first = try bench.arm("names: a.example.com\ndns: empty")
        let second = try bench.arm("names: a.example.com\ndns: timeout")
        let third = try bench.arm("names: a.example.com\ndns: {delay: 1s}")
        #expect(bench.feed(try Answers.udp(Answers.message("a.example.com"))).verdict == .drop)
        #expect(bench.counters(first)?.fired == 1)
        #expect(bench.counters(second)?.fired == 1)
        #expect(bench.counters(third)?.fired == 0)
    }

    @Test func `a protected name is spared, and so is an alias of it`() throws {
        var bench = Bench(protected: ["dynamodb.us-east-1.amazonaws.com"])
        let id = try bench.arm("names: ['*.example.com', '*.amazonaws.com']\ndns: timeout")
        #expect(bench.feed(try Answers.udp(Answers.dynamo())).verdict == .accept)
        let alias = try Answers.dynamo(question: "shop.example.com")
        #expect(bench.feed(try Answers.udp(alias)).verdict == .accept)
        #expect(bench.counters(id)?.matched == 0)
        #expect(bench.feed(try Answers.udp(Answers.message("b.example.com"))).verdict == .drop)
    }

    @Test func `lifting leaves the next answer clean`() throws {
        var bench = Bench()
        let id = try bench.arm("names: a.example.com\ndns: empty")
        let packet = try Answers.udp(Answers.message("a.example.com"))
        #expect(bench.feed(packet).verdict == .replace)
        #expect(bench.injector.lift(id)?.counters.fired == 1)
        #expect(bench.injector.lift(id) == nil)
        #expect(bench.feed(packet).verdict == .accept)
    }

    private func counters(seen: UInt64, matched: UInt64, fired: UInt64) -> FaultCounters {
        var counters = FaultCounters()
        (counters.seen, counters.matched, counters.fired) = (seen, matched, fired)
        return counters
    }
}
