import Agent
import Testing
import Wire

/// What each effect makes of the same answer over UDP.
@Suite struct EffectTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var fault: String
        var expected: String
        var testDescription: String { id }
    }

    static let names = "names: dynamodb.us-east-1.amazonaws.com\n"
    static let last = "prod.ddb.us-east-1.amazonaws.com."
    static let chain = "dynamodb.us-east-1.amazonaws.com. 60 CNAME \(last)"
    static let soa = "ddb.us-east-1.amazonaws.com."
    static let mark = "OPT EDE 4 brownout:drill"

    static let rows: [Row] = [
        Row(
            id: "empty", fault: "dns: empty",
            expected: "NOERROR rd ra [\(chain) | \(soa) 60 SOA min 60 | \(mark)]"),
        Row(
            id: "empty, own ttl and zone", fault: "dns: {empty: {ttl: 5s, zone: amazonaws.com}}",
            expected: "NOERROR rd ra [\(chain) | amazonaws.com. 5 SOA min 5 | \(mark)]"),
        Row(
            id: "empty, ttl 0s leaves no SOA", fault: "dns: {empty: {ttl: 0s}}",
            expected: "NOERROR rd ra [\(chain) |  | \(mark)]"),
        Row(
            id: "empty, unmarked", fault: "dns: empty\nmark: false",
            expected: "NOERROR rd ra [\(chain) | \(soa) 60 SOA min 60 | OPT]"),
        Row(
            id: "nxdomain", fault: "dns: nxdomain",
            expected: "NXDOMAIN rd ra [ | us-east-1.amazonaws.com. 60 SOA min 60 | \(mark)]"),
        Row(
            id: "servfail", fault: "dns: servfail",
            expected: "SERVFAIL rd ra [ |  | \(mark)]"),
        Row(
            id: "refused", fault: "dns: refused",
            expected: "REFUSED rd ra [ |  | \(mark)]"),
        Row(
            id: "rcode by name", fault: "dns: {rcode: NOTIMP}",
            expected: "NOTIMP rd ra [ |  | \(mark)]"),
        Row(
            id: "rcode by number", fault: "dns: {rcode: 9}",
            expected: "NOTAUTH rd ra [ |  | \(mark)]"),
        Row(
            id: "stale, given", fault: "dns: {stale: {addresses: [192.0.2.7, '2001:db8::7']}}",
            expected: "NOERROR rd ra [\(chain), \(last) 5 A 192.0.2.7 |  | \(mark)]"),
        Row(
            id: "redirect", fault: "dns: {redirect: [10.9.9.9, 10.9.9.8, 10.9.9.7]}",
            expected: "NOERROR rd ra [\(chain), \(last) 5 A 10.9.9.9, \(last) 5 A 10.9.9.8, "
                + "\(last) 5 A 10.9.9.7 |  | \(mark)]"),
        Row(
            id: "redirect to the other family only", fault: "dns: {redirect: '2001:db8::9'}",
            expected: "NOERROR rd ra [\(chain) |  | \(mark)]"),
        Row(
            id: "ttl", fault: "dns: {ttl: 2d}",
            expected: "NOERROR rd ra [dynamodb.us-east-1.amazonaws.com. 172800 CNAME \(last), "
                + "\(last) 172800 A 10.0.0.1, \(last) 172800 A 10.0.0.2 |  | \(mark)]"),
        Row(
            id: "truncate", fault: "dns: truncate",
            expected: "NOERROR tc rd ra [ |  | \(mark)]"),
        Row(
            id: "an address after a denial", fault: "dns: [nxdomain, redirect: 10.9.9.9]",
            expected: "NOERROR rd ra [dynamodb.us-east-1.amazonaws.com. 60 A 10.9.9.9 |  | \(mark)]"
        ),
        Row(
            id: "two effects, in order", fault: "dns: [redirect: 10.9.9.9, ttl: 1s]",
            expected: "NOERROR rd ra [dynamodb.us-east-1.amazonaws.com. 1 CNAME \(last), "
                + "\(last) 1 A 10.9.9.9 |  | \(mark)]"),
    ]

    @Test(arguments: rows)
    func rewrites(row: Row) throws {
        var bench = Bench()
        let id = try bench.arm(Self.names + row.fault)
        let outcome = bench.feed(try Answers.udp(Answers.dynamo()))
        #expect(outcome.verdict == .replace)
        #expect(described(outcome.payload) == row.expected)
        #expect(bench.counters(id)?.fired == 1)
        let rewritten = try #require(outcome.packet)
        let isSound = try Packet(parsing: rewritten.span).checksumsVerify(rewritten.span)
        #expect(isSound)
        #expect(outcome.payload?.prefix(2) == [0x12, 0x34], "the ID survives")
    }

    @Test(arguments: ["empty", "nxdomain", "servfail", "redirect: 10.9.9.9"])
    func `whatever the upstream said is replaced`(effect: String) throws {
        let answers = try [DNS.ResponseCode.nxDomain, .servFail, .refused, .noError].map {
            try Answers.message("a.example.com", code: $0)
        }
        var results: Set<String> = []
        for answer in answers {
            var bench = Bench()
            try bench.arm("names: a.example.com\ndns: [\(effect)]")
            results.insert(described(bench.feed(try Answers.udp(answer)).payload))
        }
        #expect(results.count == 1, "\(results)")
    }

    @Test func `the question keeps its case`() throws {
        var bench = Bench()
        try bench.arm(Self.names + "dns: empty")
        let message = try Answers.message("DyNaMoDb.us-EAST-1.amazonaws.COM")
        let payload = try #require(bench.feed(try Answers.udp(message)).payload)
        #expect(payload[12..<46] == message[12..<46])
    }

    @Test func `timeout drops`() throws {
        var bench = Bench()
        try bench.arm(Self.names + "dns: timeout")
        #expect(bench.feed(try Answers.udp(Answers.dynamo())).verdict == .drop)
    }

    @Test func `delays hold, and several add up`() throws {
        var bench = Bench()
        try bench.arm(Self.names + "dns: {delay: 300ms}")
        try bench.arm(Self.names + "dns: {delay: 50ms}")
        let outcome = bench.feed(try Answers.udp(Answers.dynamo()))
        // The last one that delays it is the one whose end lets it go.
        let until = bench.time + 350_000_000
        let token = try #require(bench.injector.faults.last?.holdToken)
        #expect(outcome.verdict == .hold(until: until, token: token, replaced: false))
    }

    @Test func `a delay and a rewrite hold the rewritten answer`() throws {
        var bench = Bench()
        try bench.arm(Self.names + "dns: [delay: 1s, empty]")
        let outcome = bench.feed(try Answers.udp(Answers.dynamo()))
        let until = bench.time + 1_000_000_000
        #expect(outcome.verdict == .hold(until: until, token: 1, replaced: true))
        #expect(described(outcome.payload).hasPrefix("NOERROR rd ra [\(Self.chain) |"))
    }

    @Test func `stale repeats the first answer`() throws {
        var bench = Bench()
        try bench.arm("names: api.example.com\ndns: stale")
        func answer(_ address: UInt32) throws -> [UInt8] {
            try Answers.udp(
                Answers.message("api.example.com", .a, [("api.example.com", 30, .a(address))]))
        }
        #expect(bench.feed(try answer(0x0A00_0001)).verdict == .accept)
        #expect(bench.feed(try answer(0x0A00_0001)).verdict == .accept)
        #expect(
            described(bench.feed(try answer(0x0A00_0002)).payload)
                == "NOERROR rd ra [api.example.com. 30 A 10.0.0.1 |  | \(Self.mark)]")
    }

    @Test func `what is stale was seen first, even before the fault acted`() throws {
        var bench = Bench()
        try bench.arm("names: a.example.com\nafter: 10s\ndns: stale")
        func answer(_ address: UInt32) throws -> [UInt8] {
            try Answers.udp(
                Answers.message("a.example.com", .a, [("a.example.com", 30, .a(address))]))
        }
        #expect(bench.feed(try answer(1)).verdict == .accept)
        bench.advance(.seconds(11))
        #expect(described(bench.feed(try answer(2)).payload).contains("A 0.0.0.1"))
    }

    @Test func `partial keeps the same addresses until it rotates`() throws {
        var bench = Bench()
        try bench.arm("names: nlb.example.com\ndns: {partial: {keep: 1, rotate: 10s}}", seed: 7)
        func kept(_ order: [UInt32]) throws -> String {
            let message = try Answers.message(
                "nlb.example.com", .a, order.map { ("nlb.example.com", 5, .a(0x0A00_0000 + $0)) })
            return described(bench.feed(try Answers.udp(message)).payload)
        }
        let first = try kept([1, 2, 3, 4, 5])
        #expect(try kept([5, 3, 1, 2, 4]) == first, "whatever the order")
        var seen: Set<String> = []
        for _ in 0..<60 {
            bench.advance(.seconds(10))
            seen.insert(try kept([1, 2, 3, 4, 5]))
        }
        #expect(seen.count == 5, "over time each address has its turn")
    }

    @Test func `partial leaves an answer that is small enough`() throws {
        var bench = Bench()
        let id = try bench.arm("names: '*.amazonaws.com'\ndns: {partial: 2}")
        #expect(bench.feed(try Answers.udp(Answers.dynamo())).verdict == .accept)
        #expect(bench.counters(id)?.fired == 0)
    }

    /// Signed messages and referrals are dropped or delayed, never rewritten.
    @Test func `what may not be rewritten passes or waits`() throws {
        let referral = try Answers.message("a.example.com", edns: false) { builder in
            builder.header.recursionAvailable = false
            let zone = try Answers.name("example.com")
            builder.add(zone, ttl: 60, .ns(try Answers.name("ns.example.com")), to: .authority)
        }
        let signed = try Answers.message("a.example.com", edns: false) { builder in
            let signature = DNS.TransactionSignature(
                algorithm: try Answers.name("hmac-sha256."), timeSigned: 1, fudge: 300,
                mac: [1, 2],
                originalID: 0x1234)
            builder.additionals.append(
                DNS.Builder.Resource(
                    try Answers.name("key."), ttl: 0, .tsig(signature), rrClass: 255))
        }
        for message in [referral, signed] {
            for (effect, verdict) in [
                ("empty", Verdict.accept), ("servfail", .accept), ("timeout", .drop),
                ("{delay: 1s}", .hold(until: 2_000_000_000, token: 1, replaced: false)),
            ] {
                var bench = Bench()
                try bench.arm("names: a.example.com\ndns: \(effect)")
                #expect(bench.feed(try Answers.udp(message)).verdict == verdict, "\(effect)")
            }
        }
    }
}
