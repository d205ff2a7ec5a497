import Lab
import Testing
import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// The server over real sockets on loopback.
@Suite(.timeLimit(.minutes(1)))
struct LabDNSServerTests {
    static let name = "dynamodb.us-east-1.amazonaws.com"

    @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
    func answersOverBoth(_ listen: String) async throws {
        try await withServer(listen: [listen]) { endpoints in
            let endpoint = try #require(endpoints.first)
            let asked = try query(Self.name)
            let udp = try await exchangeUDP([asked], with: endpoint, answers: 1)
            let tcp = try await exchangeTCP([framed(asked)], with: endpoint, answers: 1)
            #expect(try Reply(try #require(udp.first)).answer.count == 4)
            #expect(udp == tcp)
        }
    }

    @Test func severalEndpoints() async throws {
        try await withServer(listen: ["127.0.0.1:0", "127.0.0.2:0", "[::1]:0"]) { endpoints in
            #expect(endpoints.count == 3)
            #expect(!endpoints.contains { $0.port == 0 })
            for endpoint in endpoints {
                let answers = try await exchangeUDP(
                    [try query(Self.name)], with: endpoint, answers: 1)
                #expect(answers.count == 1)
            }
        }
    }

    @Test func tooLongForUDP() async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let asked = try query("many.example.com")
            let udp = try await exchangeUDP([asked], with: endpoint, answers: 1)
            #expect(try Reply(try #require(udp.first)).flags == "qr aa tc rd ra")
            let tcp = try await exchangeTCP([framed(asked)], with: endpoint, answers: 1)
            #expect(try Reply(try #require(tcp.first)).answer.count == 100)
        }
    }

    @Test func garbageOverUDPGetsWhatItDeserves() async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let response = try query(Self.name) { $0.header.isResponse = true }
            let garbage = [
                [], [0], response, [UInt8](repeating: 0xFF, count: 60_000),
                [0, 1] + [UInt8](repeating: 0x55, count: 40),
            ]
            let answers = try await exchangeUDP(
                garbage + [try query(Self.name)], with: endpoint, answers: 2)
            let replies = try answers.map { try Reply($0) }
            #expect(replies.map(\.responseCode) == [.formErr, .noError])
        }
    }

    @Test func pipelined() async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let count = 500
            let segment = try (0..<count).flatMap {
                framed(try query(Self.name, id: UInt16($0)))
            }
            let answers = try await exchangeTCP([segment], with: endpoint, answers: count)
            // In order, which is more than RFC 7766 asks for.
            #expect(try answers.map { Int(try Reply($0).id) } == Array(0..<count))
        }
    }

    @Test func oneOctetASegment() async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let octets = framed(try query(Self.name)) + framed(try query("sts.amazonaws.com"))
            let answers = try await exchangeTCP(
                octets.map { [$0] }, with: endpoint, answers: 2)
            #expect(try answers.map { try Reply($0).answer.count } == [4, 3])
        }
    }

    @Test func lastQueryAndEndAtOnce() async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let answers = try await exchangeTCP(
                [framed(try query(Self.name))], with: endpoint, finishing: true)
            #expect(answers.count == 1)
        }
    }

    @Test func garbageOverTCPEndsTheConnectionOnly() async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let good = framed(try query(Self.name))
            let bad = framed([UInt8](repeating: 0x55, count: 65_535))
            // FORMERR for what has a header, then on; the connection ends at what has none.
            let answers = try await exchangeTCP(
                [good, bad, good, framed([]), good], with: endpoint)
            #expect(
                try answers.map { try Reply($0).responseCode } == [.noError, .formErr, .noError])
            // A message cut off by the end is nobody's question.
            let cut = try await exchangeTCP(
                [Array(good.dropLast())], with: endpoint, finishing: true)
            #expect(cut == [])
            let after = try await exchangeTCP([good], with: endpoint, answers: 1)
            #expect(after.count == 1)
        }
    }

    @Test func silentConnectionsAreClosed() async throws {
        try await withServer(idleTimeout: .seconds(3)) { endpoints in
            let endpoint = try #require(endpoints.first)
            // Returns only because the server closes.
            let answers = try await exchangeTCP([[0]], with: endpoint)
            #expect(answers == [])
        }
    }

    @Test func cancellationClosesOpenConnections() async throws {
        let client = try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let (answered, continuation) = AsyncStream.makeStream(of: Void.self)
            let client = Task {
                try await exchangeTCP([framed(try query(Self.name))], with: endpoint) {
                    continuation.yield()
                }
            }
            _ = await answered.first { true }
            return client
        }
        // It waits for more answers than it asked for: only the server's close ends it.
        #expect(try await client.value.count == 1)
    }

    @Test func takenPort() async throws {
        try await withServer { endpoints in
            let taken = try #require(endpoints.first)
            let server = LabDNSServer(zones: try .lab())
            let free = Endpoint(taken.address, port: 0)
            await #expect(
                throws: ListenError(endpoint: taken, transport: .udp, errno: EADDRINUSE)
            ) {
                try await server.run(listen: [free, taken]) { _ in Issue.record("bound") }
            }
        }
    }
}
