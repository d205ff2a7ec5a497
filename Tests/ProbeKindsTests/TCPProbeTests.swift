import Spec
import Testing

@testable import ProbeKinds

/// `tcp` against a server that says what it is told to.
@Suite(.timeLimit(.minutes(1))) struct TCPProbeTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        /// What the server says once it has heard a whole line.
        var answer: String
        var end = ScriptedServer.End.stay
        var reason: String?
        var hasFirstByte = true
        var timeout = Duration.seconds(20)
        var testDescription: String { id }
    }

    static let short = Duration.milliseconds(300)
    static let rows = [
        Row(id: "right", answer: "+PONG\r\n"),
        Row(id: "right, and more", answer: "+PONG\r\n+PING\r\n"),
        Row(id: "right, and closed", answer: "+PONG\r\n", end: .close),
        Row(id: "wrong", answer: "-ERR no\r\n", reason: "another answer than expected"),
        Row(id: "wrong at its end", answer: "+PONK\r\n", reason: "another answer than expected"),
        Row(
            id: "silence", answer: "", reason: "timed out", hasFirstByte: false, timeout: short),
        Row(
            id: "closed", answer: "", end: .close, reason: "closed without an answer",
            hasFirstByte: false),
        Row(id: "half, and silence", answer: "+PO", reason: "timed out", timeout: short),
        Row(id: "half, and closed", answer: "+PO", end: .close, reason: "the answer ended early"),
    ]

    @Test(arguments: rows)
    func answers(row: Row) async throws {
        let server = try await ScriptedServer(end: row.end) { _, request in
            request == "PING\r\n\r\n" ? row.answer : "-ERR \(request)"
        }
        let yaml = #"{to: "127.0.0.1:\#(server.port)", send: "PING\r\n\r\n", expect: "+PONG"}"#
        let one = try await Checked("tcp", yaml, timeout: row.timeout)
        #expect(one.seen.reason == row.reason)
        #expect(one.seen.passed == (row.reason == nil))
        // What a check saw of an answer before its time was up is not told.
        #expect((one.seen.ttfb != nil) == (row.hasFirstByte && row.timeout != Self.short))
        #expect(one.took < row.timeout + .seconds(30))
        await server.close()
    }

    @Test func `a greeting is waited for without a word`() async throws {
        let server = try await ScriptedServer(greets: true, end: .stay) { _, _ in "220 mail\r\n" }
        for (expected, reason) in [("220 ", nil), ("250 ", "another answer than expected")] {
            let yaml = #"{to: "127.0.0.1:\#(server.port)", expect: "\#(expected)"}"#
            #expect(try await Checked("tcp", yaml).seen.reason == reason)
        }
        await server.close()
    }
}
