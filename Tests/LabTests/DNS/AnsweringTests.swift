import Testing
import Wire

@testable import Lab

/// `ZoneSet.answer(to:over:)`: bytes in, bytes out.
struct AnsweringTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var name: String
        var type = DNS.RecordType.a
        var code = DNS.ResponseCode.noError
        var flags = "qr aa rd ra"
        var answer: [String] = []
        var authority: [String] = []

        var testDescription: String { id }
    }

    static let cases = [
        Case(
            id: "addresses", name: "host.one.test",
            answer: ["host.one.test. 30 A 192.0.2.1", "host.one.test. 30 A 192.0.2.2"]),
        Case(
            id: "IPv6", name: "host.one.test", type: .aaaa,
            answer: ["host.one.test. 30 AAAA 2001:db8::1"]),
        Case(
            id: "case of the question", name: "hOsT.oNe.TeSt", type: .aaaa,
            answer: ["hOsT.oNe.TeSt. 30 AAAA 2001:db8::1"]),
        Case(
            id: "HTTPS", name: "host.one.test", type: .https,
            answer: ["host.one.test. 30 HTTPS 18 octets"]),
        Case(
            id: "SOA", name: "one.test", type: .soa,
            answer: ["one.test. 60 SOA ns-1.one.test."]),
        Case(id: "NS", name: "one.test", type: .ns, answer: ["one.test. 60 NS ns-1.one.test."]),
        Case(id: "no data", name: "host.one.test", type: .txt, authority: [oneSOA]),
        Case(id: "no such name", name: "x.one.test", code: .nxDomain, authority: [oneSOA]),
        Case(
            id: "a chain through two zones", name: "a.one.test",
            answer: [
                "a.one.test. 20 CNAME b.two.test.", "b.two.test. 10 CNAME Host.One.test.",
                "Host.One.test. 30 A 192.0.2.1", "Host.One.test. 30 A 192.0.2.2",
            ]),
        Case(
            id: "a chain to no data", name: "a.one.test", type: .txt,
            answer: ["a.one.test. 20 CNAME b.two.test.", "b.two.test. 10 CNAME Host.One.test."],
            authority: [oneSOA]),
        Case(
            id: "a chain to no name", name: "gone.one.test", code: .nxDomain,
            answer: ["gone.one.test. 20 CNAME none.two.test."],
            authority: ["two.test. 5 SOA ns-1.two.test."]),
        Case(
            id: "a chain out of the zones", name: "out.one.test",
            answer: ["out.one.test. 20 CNAME host.elsewhere."]),
        Case(
            id: "a loop", name: "loop.one.test", code: .servFail,
            answer: Array(repeating: "loop.one.test. 20 CNAME loop.one.test.", count: 16)),
        Case(
            id: "the more specific zone", name: "host.sub.one.test", code: .nxDomain,
            authority: ["sub.one.test. 60 SOA ns-1.sub.one.test."]),
        Case(id: "outside", name: "one.example", code: .refused, flags: "qr rd ra"),
        Case(id: "the root", name: ".", type: .ns, code: .refused, flags: "qr rd ra"),
        Case(id: "AXFR", name: "one.test", type: .axfr, code: .refused, flags: "qr rd ra"),
        Case(id: "IXFR", name: "one.test", type: .ixfr, code: .refused, flags: "qr rd ra"),
    ]

    static let oneSOA = "one.test. 60 SOA ns-1.one.test."

    @Test(arguments: cases, [ZoneSet.Transport.udp, .tcp])
    func answer(_ expected: Case, over transport: ZoneSet.Transport) throws {
        let reply = try ask(try query(expected.name, expected.type), over: transport)
        #expect(reply.responseCode == expected.code)
        #expect(reply.flags == expected.flags)
        let asked = try #require(DNS.Name(expected.name))
        #expect(reply.question == "\(asked) \(expected.type)")
        #expect(reply.answer == expected.answer)
        #expect(reply.authority == expected.authority)
        #expect(reply.additional == ["OPT version 0 size 1232 "])
        #expect(reply.id == 0x1234)
    }

    @Test func everythingForAny() throws {
        let reply = try ask(try query("host.one.test", .any))
        #expect(reply.answer.count == 4)
    }

    @Test func withoutEDNSThereIsNone() throws {
        #expect(try ask(try query("host.one.test", edns: nil)).additional == [])
    }

    @Test func dnssecOKComesBackAndSignsNothing() throws {
        let reply = try ask(try query("host.one.test", edns: DNS.EDNS(dnssecOK: true)))
        #expect(reply.additional == ["OPT version 0 size 1232 do"])
        #expect(reply.answer.count == 2)
    }

    @Test func unknownVersionOfEDNS() throws {
        var edns = DNS.EDNS()
        edns.version = 1
        let reply = try ask(try query("host.one.test", edns: edns))
        #expect(reply.responseCode == .badVers)
        #expect(reply.additional == ["OPT version 0 size 1232 "])
        #expect(reply.answer == [])
    }

    @Test func flagsOfTheQuery() throws {
        let reply = try ask(
            try query("host.one.test") {
                $0.header.recursionDesired = false
                $0.header.checkingDisabled = true
                $0.header.authenticData = true
            })
        #expect(reply.flags == "qr aa ra cd")
    }

    @Test func otherOpcodesAndClasses() throws {
        let notify = try ask(try query("one.test", .soa) { $0.header.opcode = 4 })
        #expect(notify.responseCode == .notImp)
        let chaos = try ask(try query("version.bind", .txt) { $0.questions[0].rrClass = 3 })
        #expect(chaos.responseCode == .refused)
    }

    @Test func oneQuestionOnly() throws {
        let two = try query("one.test") { $0.questions += $0.questions }
        #expect(try ask(two).responseCode == .formErr)
        let none = try query("one.test") { $0.questions = [] }
        #expect(try ask(none).responseCode == .formErr)
    }

    /// Names of the sizes on both sides of each limit.
    @Test(
        arguments: [
            (nil, 512, "qr tc aa"), (100, 512, "qr tc aa"), (700, 700, ""), (4096, 1232, ""),
        ] as [(UInt16?, Int, String)])
    func lengthOverUDP(_ size: UInt16?, _ limit: Int, _ id: String) throws {
        let edns = size.map { DNS.EDNS(udpSize: $0) }
        var lengths: [Int] = []
        for count in 20...80 {
            let question = try query("n\(count).big.test", edns: edns)
            let reply = try ask(question)
            let whole = try ask(question, over: .tcp)
            #expect(whole.answer.count == count)
            #expect(!whole.flags.contains("tc"))
            if whole.length <= limit {
                #expect(reply == whole)
                lengths.append(reply.length)
            } else {
                #expect(reply.flags == "qr aa tc rd ra")
                #expect(reply.answer == [])
                #expect(reply.question == whole.question)
            }
        }
        #expect(try #require(lengths.last) > limit - 16)
    }

    @Test func outsideAsNoSuchName() throws {
        let zones = try ZoneSet([ZoneDraft("one.test").zone()], outside: .nxDomain)
        let bytes = try #require(zones.answer(try query("one.example")))
        let reply = try Reply(bytes)
        #expect(reply.responseCode == .nxDomain)
        #expect(reply.flags == "qr rd ra")
        #expect(reply.authority == [])
    }

    private func ask(
        _ bytes: [UInt8], over transport: ZoneSet.Transport = .udp
    ) throws -> Reply {
        try Reply(try #require(try Self.zones.get().answer(bytes, over: transport)))
    }

    private static let zones = Result {
        var one = ZoneDraft("one.test")
        one.addresses("host", ttl: 30, ["192.0.2.1", "2001:db8::1", "192.0.2.2"])
        one.https("host", ttl: 30, hints: ["192.0.2.1"])
        one.alias("a", ttl: 20, to: "b.two.test.")
        one.alias("gone", ttl: 20, to: "none.two.test.")
        one.alias("out", ttl: 20, to: "host.elsewhere.")
        one.alias("loop", ttl: 20, to: "loop")
        var two = ZoneDraft("two.test", minimum: 5)
        two.alias("b", ttl: 10, to: "Host.One.test.")
        var big = ZoneDraft("big.test")
        for count in 20...80 {
            big.addresses("n\(count)", ttl: 30, (0..<count).map { "192.0.2.\($0)" })
        }
        return try ZoneSet([
            one.zone(), two.zone(), big.zone(), ZoneDraft("sub.one.test").zone(),
        ])
    }
}
