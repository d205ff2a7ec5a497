import Control
import Testing

extension KernelTests {
    /// Caches that validate (RFC 4035): what was forged between them and the upstream, they see.
    @Suite("validating caches") struct ValidatingCacheTests {
        static let real: Set = ["198.51.100.1", "198.51.100.2"]

        enum Outcome: Sendable {
            /// The real addresses, validated.
            case secure
            /// SERVFAIL: the cache will not pass on what does not verify.
            case bogus
            /// The real addresses, or the question again over TCP.
            case secureOverTCP
        }

        /// With the fault on the upstream leg. `timeout` is CacheTests' matter.
        static let onWire: [(dns: String, outcome: Outcome)] = [
            ("empty", .bogus), ("nxdomain", .bogus), ("{partial: 1}", .bogus),
            ("{stale: 192.0.2.10}", .bogus), ("{redirect: 10.0.0.9}", .bogus),
            ("{delay: 150ms}", .secure), ("{ttl: 0s}", .secure), ("{ttl: 1h}", .secure),
            ("truncate", .secureOverTCP), ("servfail", .bogus),
        ]

        private static func query(_ number: Int) -> Query {
            var query = Query("n\(number).signed.test", edns: .init(wantsDNSSEC: true))
            query.authenticData = true
            return query
        }

        @Test(
            "forged on the upstream leg: SERVFAIL; late or with another TTL: still secure",
            arguments: Cache.allCases)
        func upstream(_ cache: Cache) async throws {
            try await Self.onStage(cache) { agent in
                for (number, (dns, outcome)) in Self.onWire.enumerated() {
                    let name = "n\(number).signed.test"
                    try await agent.armed(dns, names: name, ["leg: wire"]) { fault in
                        let answer = try #require(
                            try await RawDNS.answer(Self.query(number), within: .seconds(5)),
                            "\(dns)")
                        let isSecure = answer.authenticData && answer.addresses == Self.real
                        switch outcome {
                        case .secure: #expect(isSecure, "\(dns): \(answer)")
                        case .secureOverTCP: #expect(isSecure || answer.truncated, "\(dns)")
                        case .bogus:
                            #expect(answer.code == RCode.servFail, "\(dns): \(answer)")
                            #expect(answer.addresses == [], "\(dns)")
                        }
                        #expect(try await agent.counts(fault.id).fired >= 1, "\(dns)")
                    }
                }
            }
        }

        @Test(
            "on the client leg: what the effect says, and AD is cleared",
            arguments: Cache.allCases)
        func client(_ cache: Cache) async throws {
            try await Self.onStage(cache) { agent in
                for (number, item) in CacheTests.cases.enumerated()
                where !item.dns.contains("ttl") && !item.dns.contains("delay") {
                    let query = Self.query(number)
                    let before = try #require(try await RawDNS.answer(query))
                    #expect(before.authenticData, "\(item.dns)")
                    try await agent.armed(item.dns, names: query.name) { _ in
                        let answer = try await RawDNS.answer(query, within: .milliseconds(600))
                        if item.dns.contains("partial") {
                            #expect(answer == before)
                        } else {
                            #expect(item.onLoopback(answer, .zero), "\(item.dns)")
                            #expect(answer?.authenticData != true, "\(item.dns)")
                            #expect(answer?.data(RType.rrsig) ?? [] == [], "\(item.dns)")
                        }
                    }
                    let after = try #require(try await RawDNS.answer(query))
                    #expect(after.authenticData && after.addresses == Self.real)
                }
            }
        }

        /// The incident's name is in no signed zone: validation does not save anybody.
        @Test(
            "an insecure name is emptied through a validating cache, and stays so",
            arguments: Cache.allCases)
        func insecure(_ cache: Cache) async throws {
            try await Self.onStage(cache) { agent in
                let query = Query("dynamodb.us-east-1.amazonaws.com")
                // unbound follows aliases itself; so the fault is on the name at the end.
                let fault = try await agent.arm(
                    "empty", names: "prod.ddb.us-east-1.amazonaws.com", "leg: wire",
                    for: .seconds(30))
                let empty = try #require(try await RawDNS.answer(query))
                #expect(empty.code == RCode.noError)
                #expect(empty.addresses == [])
                _ = try await agent.client.lift(fault.id)
                let cached = try #require(try await RawDNS.answer(query))
                #expect(cached.code == RCode.noError)
                #expect(cached.addresses == [])
                #expect((1...60).contains(cached.authority.first?.ttl ?? 0))
            }
        }

        private static func onStage(
            _ cache: Cache, _ body: (AgentUnderTest) async throws -> Void
        ) async throws {
            let root = try await SignedRoot()
            var zones = NSD.zones
            zones["."] = root.text
            try await NSD.serving(on: NSD.remote, zones: zones) {
                try await cache.serving(anchor: root) {
                    try await AgentUnderTest.serving { try await body($0) }
                }
            }
        }
    }
}
