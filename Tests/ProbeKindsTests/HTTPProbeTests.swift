import NIOCore
import Spec
import Testing

@testable import ProbeKinds

/// Against a real server that says what it is told to.
@Suite(.timeLimit(.minutes(1))) struct HTTPProbeTests {
    static func probe(_ port: Int, _ keys: String = "") throws -> HTTPProbe {
        try HTTPProbe(
            Node.load(yaml: "{url: 'http://127.0.0.1:\(port)/a', \(keys)}", file: "g.yaml"))
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var answer: String
        var keys = ""
        var reason: String?
        var testDescription: String { id }
    }

    static let ok =
        "HTTP/1.1 200 OK\r\nX-Mode: read-only\r\nContent-Length: 30\r\n\r\n"
        + #"{"mode":"ok","list":[{"n":3}]}"#

    static let rows = [
        Row(id: "whole", answer: ok),
        Row(id: "until the end", answer: "HTTP/1.1 200 OK\r\n\r\nabc"),
        Row(
            id: "redirect",
            answer: "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"),
        Row(
            id: "status", answer: "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
            keys: "status: 200", reason: "status 503, not 200"),
        Row(
            id: "usual status", answer: "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
            reason: "status 404, not 2xx or 3xx"),
        Row(
            id: "expected failure", answer: "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
            keys: "status: [200, 5xx]"),
        Row(id: "header", answer: ok, keys: "header: {x-mode: read-only}"),
        Row(
            id: "other header", answer: ok, keys: "header: {X-Mode: full}",
            reason: "header X-Mode is not full"),
        Row(id: "no header", answer: ok, keys: "header: {X-B: c}", reason: "no header X-B"),
        Row(id: "text", answer: ok, keys: "contains: '\"ok\"'"),
        Row(
            id: "no text", answer: ok, keys: "contains: nope",
            reason: "the body does not contain nope"),
        Row(id: "json", answer: ok, keys: "json: {$.mode: ok, '$.list[0].n': 3}"),
        Row(
            id: "other json", answer: ok, keys: "json: {$.mode: bad}",
            reason: "json $.mode is not bad"),
        Row(
            id: "json place", answer: ok, keys: "json: {'$.list[1]': 3}",
            reason: "json $.list[1] is not there"),
        Row(
            id: "not json", answer: "HTTP/1.1 200 OK\r\n\r\n<p>", keys: "json: {$.a: b}",
            reason: "the body is not JSON"),
        Row(
            id: "half a body", answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            reason: "the answer ended early"),
        Row(
            id: "half a chunk",
            answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nabc",
            reason: "the answer ended early"),
        Row(id: "half a head", answer: "HTTP/1.1 200 O", reason: "the answer ended early"),
        Row(id: "nothing", answer: "", reason: "closed without an answer"),
        Row(id: "garbage", answer: "SSH-2.0-x\r\n\r\n", reason: "the answer is not HTTP"),
        Row(
            id: "too large",
            answer: "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "a", count: 1_100_000),
            reason: "the body is larger than 1 MiB"),
    ]

    @Test(arguments: rows)
    func answers(row: Row) async throws {
        let server = try await ScriptedServer { _, _ in row.answer }
        let session = try HTTPSession(try Self.probe(server.port, row.keys), wanted: [])
        let seen = await session.check()
        #expect(seen.reason == row.reason)
        #expect(seen.passed == (row.reason == nil))
        await server.close()
    }

    @Test func `facts are told, after a failure too`() async throws {
        let server = try await ScriptedServer { _, _ in Self.ok }
        let wanted: Set = [
            FactName("status"), FactName("header", "x-mode"), FactName("json", "$.list[0].n"),
            FactName("json", "$.none"), FactName("body"),
        ]
        let session = try HTTPSession(try Self.probe(server.port, "status: 500"), wanted: wanted)
        let seen = await session.check()
        #expect(!seen.passed)
        #expect(seen.facts[FactName("status")] == .number(200))
        #expect(seen.facts[FactName("header", "x-mode")] == .text("read-only"))
        #expect(seen.facts[FactName("json", "$.list[0].n")] == .number(3))
        #expect(seen.facts[FactName("json", "$.none")] == nil)
        let ttfb = try #require(seen.ttfb)
        #expect(ttfb > .zero && ttfb <= seen.latency)
        await server.close()
    }

    @Test func `nobody listens`() async throws {
        let server = try await ScriptedServer { _, _ in "" }
        let port = server.port
        await server.close()
        let seen = await (try HTTPSession(try Self.probe(port), wanted: [])).check()
        #expect(seen.reason == "connection refused")
    }

    @Test func `names are looked up by the system`() async throws {
        // No resolver is asked for a name that cannot be.
        let impossible = try HTTPProbe(Node.load(yaml: "http://a..b/", file: "g.yaml"))
        #expect(await (try HTTPSession(impossible, wanted: [])).check().reason == "no such host")
        let server = try await ScriptedServer { _, _ in Self.ok }
        let url = "http://localhost:\(server.port)/"
        let local = try HTTPProbe(Node.load(yaml: url, file: "g.yaml"))
        #expect(await (try HTTPSession(local, wanted: [])).check().reason == nil)
        await server.close()
    }

    @Test(arguments: [("fresh", [0, 1, 2]), ("kept", [0, 0, 0])])
    func connections(use: String, expected: [Int]) async throws {
        let server = try await ScriptedServer(end: .stay) { number, _ in
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)"
        }
        let probe = try Self.probe(server.port, "connection: \(use)")
        let session = try HTTPSession(probe, wanted: [FactName("body")])
        var numbers: [FactValue?] = []
        for _ in expected { numbers.append(await session.check().facts[FactName("body")]) }
        #expect(numbers == expected.map { .text("\($0)") })
        await session.close()
        await server.close()
    }

    @Test func `a kept connection that the server closes is made anew`() async throws {
        let server = try await ScriptedServer(end: .close) { number, _ in
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)"
        }
        let session = try HTTPSession(
            try Self.probe(server.port, "connection: kept"), wanted: [])
        for _ in 0..<20 { #expect(await session.check().reason == nil) }
        await session.close()
        await server.close()
    }

    @Test func `an endpoint that hangs ends with the task`() async throws {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let server = try await ScriptedServer(end: .stay) { _, _ in
            ask.yield()
            return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
        }
        let session = try HTTPSession(try Self.probe(server.port), wanted: [])
        let check = Task { await session.check() }
        for await _ in asked { break }
        check.cancel()
        #expect(await check.value.passed == false)
        await server.close()
    }

    @Test func `a name that hangs starves no other`() async throws {
        let server = try await ScriptedServer { _, _ in Self.ok }
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let lookups = Lookups { host, lane in
            begin.yield()
            if host == "hangs" { return lane.makePromise(of: [SocketAddress].self).futureResult }
            return lane.makeCompletedFuture { [try SocketAddress(ipAddress: "127.0.0.1", port: 0)] }
        }
        func session(_ host: String) throws -> HTTPSession {
            let url = "http://\(host):\(server.port)/"
            return try HTTPSession(
                try HTTPProbe(Node.load(yaml: url, file: "g.yaml")), wanted: [], lookups: lookups)
        }
        let hanging = try session("hangs")
        let checks = (0..<16).map { _ in Task { await hanging.check() } }
        var count = 0
        for await _ in begun {
            count += 1
            if count == Lookups.perName { break }
        }
        #expect(await (try session("works")).check().reason == nil)
        for check in checks { check.cancel() }
        for check in checks { #expect(await check.value.reason == "timed out") }
        await server.close()
    }
}
