import Agent
import Testing
import Wire

/// Lists that do not fit the answer: over UDP the client is sent to TCP; over TCP, where lengths
/// stay, the real answer passes and is counted.
@Suite struct OverflowTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let fault: String
        var name = "db.example.com"
        var edns = true
        let udp: String
        let tcp: String
        var passedOverTCP = false
    }

    static let many = (1...28).map { "10.9.9.\($0)" }.joined(separator: ", ")
    /// 4 labels: a question of 219 octets leaves room for 16 addresses in 512.
    static let long =
        ["a", "b", "c"].map { String(repeating: $0, count: 63) }
        .joined(separator: ".") + ".example.com"
    static let real = "NOERROR rd ra ad"

    static let cases = [
        Case(
            testDescription: "one fits both", fault: "redirect: 10.9.9.9",
            udp: "NOERROR rd ra [1", tcp: "NOERROR rd ra [1"),
        Case(
            testDescription: "many with EDNS fit UDP, not the room over TCP",
            fault: "redirect: [\(many)]", udp: "NOERROR rd ra [28", tcp: "\(real) [1",
            passedOverTCP: true),
        Case(
            testDescription: "many in 512 octets", fault: "redirect: [\(many)]", name: long,
            edns: false, udp: "NOERROR tc rd ra [0", tcp: "\(real) [1", passedOverTCP: true),
        Case(
            testDescription: "many old ones in 512 octets", fault: "stale: [\(many)]", name: long,
            edns: false, udp: "NOERROR tc rd ra [0", tcp: "\(real) [1", passedOverTCP: true),
    ]

    @Test(arguments: cases)
    func overflow(_ row: Case) throws {
        let message = try Answers.message(
            row.name, edns: row.edns, [(row.name, 60, .a(0x0A00_0001))])
        let fault = "names: '*.example.com'\ndns: {\(row.fault)}"
        var bench = Bench()
        let id = try bench.arm(fault)
        let outcome = bench.feed(try Answers.udp(message))
        #expect(Self.summary(outcome.payload) == row.udp)
        #expect(bench.counters(id)?.fired == 1)

        var connection = try StreamTests.Connection(fault: fault)
        try connection.send(Answers.framed(message))
        #expect(Self.summary(Array(connection.stream().dropFirst(2))) == row.tcp)
        #expect(connection.bench.counters("f1")?.passed == (row.passedOverTCP ? 1 : 0))
    }

    /// Code and flags, and how many records the answer section has.
    private static func summary(_ bytes: [UInt8]?) -> String {
        guard let bytes, let message = try? DNS.Message(parsing: bytes.span) else { return "-" }
        let words = described(bytes).prefix { $0 != "[" }
        return words + "[\(message.header.answerCount)"
    }
}
