import Testing
import Wire

@testable import Lab

/// The stub resolver of `orders` against the lab's DNS server, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct NameServerTests {
    @Test func addressesWithTheShortestTTLOfTheChain() async throws {
        try await withServer { endpoints in
            let server = NameServer(endpoint: try #require(endpoints.first))
            let reply = await server.ask("dynamodb.us-east-1.amazonaws.com")
            // The alias says 60 s, the addresses 5 s.
            guard case .addresses(let list, ttl: .seconds(5)) = reply else {
                Issue.record("\(reply)")
                return
            }
            #expect(Set(list.map(\.description)) == ["10.1.20.10", "10.1.20.20", "10.1.20.30"])
        }
    }

    @Test func whatDoesNotFitUDPComesOverTCP() async throws {
        try await withServer { endpoints in
            let server = NameServer(endpoint: try #require(endpoints.first))
            let reply = await server.ask("many.example.com")
            guard case .addresses(let list, _) = reply else {
                Issue.record("\(reply)")
                return
            }
            #expect(list.count == 100)
        }
    }

    @Test(arguments: [
        ("text.example.com", NameServer.Reply.nothing(.noError)),
        ("gone.example.com", .nothing(.nxDomain)), ("example.org", .failure(.refused)),
        ("two words", .failure(.formErr)),
    ])
    func otherReplies(name: String, expected: NameServer.Reply) async throws {
        try await withServer { endpoints in
            let server = NameServer(endpoint: try #require(endpoints.first))
            let name = name.contains(" ") ? String(repeating: "a", count: 64) + ".test" : name
            #expect(await server.ask(name) == expected)
        }
    }

    @Test func silenceEnds() async throws {
        // Nobody answers on a port that was just given back.
        let gone = try await withServer { endpoints in try #require(endpoints.first) }
        let server = NameServer(endpoint: gone, patience: .milliseconds(50))
        #expect(await server.ask("example.com") == .silence)
    }

    @Test(arguments: [
        ("nameserver 10.0.0.2\n", "10.0.0.2:53"),
        ("# nameserver 10.9.9.9\noptions x\nnameserver  ::1 \nnameserver 10.0.0.3\n", "[::1]:53"),
        ("", "127.0.0.1:53"),
    ])
    func readsResolvConf(text: String, expected: String) {
        #expect(NameServer.endpoint(of: text).description == expected)
    }
}
