import Control
import Foundation
import Testing

extension KernelTests {
    /// Answers that pass through the host to a container: the forward hook.
    @Suite("forwarding") struct ForwardTests {
        /// dig, within another network namespace.
        private static func ask(_ client: Neighbour, _ server: String, _ more: String...)
            async throws
            -> String
        {
            let ended = try await client.run(
                [
                    "dig", "-r", "+tries=1", "+time=2", "@\(server)", "many.example.test", "A",
                ] + more)
            return ended.output
        }

        /// server (own namespace) – this host, the router, with the agent – client (own namespace)
        @Test("an answer for a container is rewritten on its way, over UDP and TCP")
        func forwarded() async throws {
            try await Place.prepare()
            try await Neighbour.beside("10.1.0", "fd01:") { client in
                try await Neighbour.beside("10.2.0", "fd02:") { server in
                    for path in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] {
                        try Data("1".utf8).write(to: URL(filePath: "/proc/sys/net/\(path)"))
                    }
                    let folder = try await Place.scratch()
                    try await Self.nsd(in: server, folder, ["10.2.0.2", "fd02::2"]) {
                        try await AgentUnderTest.serving { agent in
                            for address in ["10.2.0.2", "fd02::2"] {
                                for transport in ["+notcp", "+tcp"] {
                                    try await Self.expect(agent, client, address, transport)
                                }
                            }
                        }
                    }
                }
            }
        }

        private static func expect(
            _ agent: AgentUnderTest, _ client: Neighbour, _ address: String, _ transport: String
        ) async throws {
            let what: Comment = "\(address) \(transport)"
            let before = try await ask(client, address, transport)
            #expect(before.contains("ANSWER: 6"), what)
            try await agent.armed("empty", names: "many.example.test") { _ in
                let after = try await ask(client, address, transport)
                #expect(after.contains("NOERROR"), what)
                #expect(after.contains("ANSWER: 0"), what)
                #expect(after.contains("brownout:drill"), what)
            }
            // Its own resolver is none of a container's: `leg: loopback` leaves it alone.
            try await agent.armed(
                "empty", names: "many.example.test", ["leg: loopback"]
            ) { _ in
                let after = try await ask(client, address, transport)
                #expect(after.contains("ANSWER: 6"), what)
            }
            try await agent.armed("{delay: 200ms}", names: "many.example.test") { _ in
                let clock = ContinuousClock()
                let start = clock.now
                let after = try await ask(client, address, transport)
                #expect(after.contains("ANSWER: 6"), what)
                #expect(clock.now - start >= .milliseconds(199), what)
            }
        }

        private static func nsd(
            in neighbour: Neighbour, _ folder: URL, _ addresses: [String],
            _ body: () async throws -> Void
        ) async throws {
            let configuration = try NSD.configuration(in: folder, addresses: addresses)
            try await neighbour.serving(
                ["nsd", "-d", "-c", configuration.path()],
                isReady: { _ in
                    try await NSD.isAnswering(addresses, name: "example.test")
                },
                { _ in try await body() })
        }
    }
}
