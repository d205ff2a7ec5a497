import Spec
import Testing

@testable import ProbeKinds

/// `http` against a server of another make, in a process of its own.
@Suite(.timeLimit(.minutes(2))) struct HTTPEndpointTests {
    @Test func `method, headers and body are sent`() async throws {
        try await RealServer.with("endpoint.py") { port in
            let yaml = """
                {url: "http://127.0.0.1:\(port)/echo?a=b", method: POST, status: 404}
                """
            // The path with its query is another one to the server.
            let other = try await Checked("http", yaml).seen
            #expect(other.reason == "closed without an answer")
            let echo = """
                url: "http://127.0.0.1:\(port)/echo"
                method: PATCH
                headers: {X-Token: a b, Host: shop.example}
                body: '{"n": 1}'
                status: 2xx
                header: {x-mode: read-only}
                """
            let seen = try await Checked(
                "http", echo, wanted: [FactName("body"), FactName("header", "x-mode")]
            ).seen
            #expect(seen.reason == nil)
            #expect(seen.facts[FactName("header", "x-mode")] == .text("read-only"))
            guard case .text(let request)? = seen.facts[FactName("body")] else {
                Issue.record("no body")
                return
            }
            #expect(request.hasPrefix("PATCH /echo HTTP/1.1\r\n"))
            #expect(request.contains("X-Token: a b\r\n"))
            #expect(request.contains("Host: shop.example\r\n"))
            #expect(request.contains("Content-Length: 8\r\n"))
            #expect(request.hasSuffix("\r\n\r\n{\"n\": 1}"))
        }
    }

    @Test(arguments: [
        ("/status/200", "status: 200", nil), ("/status/201", "status: 200", "status 201, not 200"),
        ("/status/204", "status: 2xx", nil),
        ("/status/503", "status: 2xx", "status 503, not 2xx"),
        ("/status/503", "status: 503", nil),
        ("/echo", "contains: GET /echo", nil),
        ("/echo", "contains: POST", "the body does not contain POST"),
        ("/echo", "header: {X-Mode: full}", "header X-Mode is not full"),
        ("/json", "json: {$.mode: ok, '$.list[0].n': 3}", nil),
        ("/json", "json: {$.mode: full}", "json $.mode is not full"),
    ])
    func expected(path: String, keys: String, reason: String?) async throws {
        try await RealServer.with("endpoint.py") { port in
            let yaml = "{url: 'http://127.0.0.1:\(port)\(path)', \(keys)}"
            let seen = try await Checked("http", yaml).seen
            #expect(seen.reason == reason)
        }
    }

    @Test func `the first byte and the last are timed apart`() async throws {
        try await RealServer.with("endpoint.py") { port in
            let seen = try await Checked("http", "http://127.0.0.1:\(port)/late").seen
            #expect(seen.reason == nil)
            let ttfb = try #require(seen.ttfb)
            // The server waits 150 ms between them.
            #expect(seen.latency - ttfb >= .milliseconds(145))
            #expect(seen.latency >= .milliseconds(150))
        }
    }

    @Test(arguments: [("fresh", [0.0, 1, 2]), ("kept", [0, 0, 0])])
    func connections(use: String, expected: [Double]) async throws {
        try await RealServer.with("endpoint.py") { port in
            let yaml = "{url: 'http://127.0.0.1:\(port)/number', connection: \(use)}"
            let name = FactName("json", "$")
            let session = try await Checked.open("http", yaml, wanted: [name])
            var numbers: [FactValue?] = []
            for _ in expected { numbers.append(await session.check().facts[name]) }
            #expect(numbers == expected.map { .number($0) })
            await session.close()
        }
    }

    @Test func `facts of a large answer are whole`() async throws {
        let long = String(repeating: "b", count: 60_000)
        let body = #"{"a": "\#(long)", "last": "here"}"#
        let server = try await ScriptedServer { _, _ in
            "HTTP/1.1 200 OK\r\nX-Long: \(long)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let wanted: [FactName: FactValue] = [
            FactName("header", "x-long"): .text(long), FactName("body"): .text(body),
            FactName("json", "$.a"): .text(long), FactName("json", "$.last"): .text("here"),
        ]
        let yaml =
            "{url: 'http://127.0.0.1:\(server.port)/', contains: 'here', json: {$.last: here}}"
        let seen = try await Checked("http", yaml, wanted: Set(wanted.keys)).seen
        #expect(seen.reason == nil)
        #expect(seen.facts == wanted)
        await server.close()
    }

    struct Attack: CustomTestStringConvertible, Sendable {
        var path: String
        var reason: String
        /// The time it has; those that would go on for ever use it up.
        var timeout = Duration.seconds(20)
        var testDescription: String { path }
    }

    static let short = Duration.milliseconds(700)
    static let attacks = [
        Attack(path: "/half", reason: "the answer ended early"),
        Attack(path: "/half-head", reason: "the answer ended early"),
        Attack(path: "/half-chunk", reason: "the answer ended early"),
        Attack(path: "/endless", reason: "the body is larger than 1 MiB"),
        Attack(path: "/endless-head", reason: "the head of the answer is too large"),
        Attack(path: "/endless-field", reason: "the head of the answer is too large"),
        Attack(path: "/headers", reason: "the head of the answer is too large"),
        Attack(path: "/loris", reason: "timed out", timeout: short),
        Attack(path: "/hang", reason: "timed out", timeout: short),
        Attack(path: "/continue", reason: "timed out", timeout: short),
        Attack(path: "/reset", reason: "connection reset"),
        Attack(path: "/reset-at-once", reason: "connection reset"),
        Attack(path: "/garbage", reason: "the answer is not HTTP"),
        Attack(path: "/unknown", reason: "closed without an answer"),
    ]

    @Test(arguments: attacks, ["fresh", "kept"])
    func failures(attack: Attack, use: String) async throws {
        try await RealServer.with("endpoint.py") { port in
            let before = Own.memory("VmRSS")
            let yaml = "{url: 'http://127.0.0.1:\(port)\(attack.path)', connection: \(use)}"
            let one = try await Checked("http", yaml, timeout: attack.timeout)
            #expect(one.seen.passed == false)
            #expect(one.seen.reason == attack.reason)
            #expect(one.took < attack.timeout + .seconds(10))
            // KiB. An endless body comes with hundreds of MiB a second.
            #expect(Own.memory("VmRSS") - before < 100_000)
        }
    }

    @Test func `a connection that hangs ends in time`() async throws {
        try await RealServer.with("deaf.py") { port in
            for (kind, yaml) in [
                ("http", "http://127.0.0.1:\(port)/"), ("tcp", "127.0.0.1:\(port)"),
                ("tls", "{to: '127.0.0.1:\(port)', insecure: true}"),
                ("prometheus", "{url: 'http://127.0.0.1:\(port)/', query: up}"),
            ] {
                let one = try await Checked(kind, yaml, timeout: .milliseconds(300))
                #expect(one.seen.reason == "timed out", "\(kind)")
                #expect(one.took < .seconds(10), "\(kind)")
            }
        }
    }

    @Test func `what a probe opened is closed`() async throws {
        try await RealServer.with("endpoint.py") { port in
            for attack in Self.attacks {
                let yaml = "http://127.0.0.1:\(port)\(attack.path)"
                _ = try await Checked("http", yaml, timeout: .milliseconds(200))
            }
            // The other ends: the server's connections that nobody has closed.
            let limit = ContinuousClock.now + .seconds(10)
            var open = ""
            repeat {
                open = try await RealServer.output(
                    "ss", "-Htn", "state", "established", "sport", "=", ":\(port)", "or", "dport",
                    "=", ":\(port)")
            } while !open.isEmpty && .now < limit
            #expect(open.isEmpty)
        }
    }
}
