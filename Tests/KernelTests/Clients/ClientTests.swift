import Control
import Foundation
import Testing

extension KernelTests {
    /// What software sees: glibc's getaddrinfo and dnspython, for every effect.
    @Suite("clients") struct ClientTests {
        /// What getaddrinfo made of a name.
        struct Seen: Codable, Equatable, Sendable {
            /// `EAI_…` as Python numbers it; 0 for success.
            var error: Int
            var addresses: [String]
            var seconds: Double
        }

        /// glibc's numbers (netdb.h).
        enum EAI {
            static let noName = -2
            static let again = -3
            static let fail = -4
            static let noData = -5
        }

        private static let lookup = """
            import json, socket, sys, time
            seen = []
            for name in json.load(sys.stdin):
                start = time.monotonic()
                try:
                    list = socket.getaddrinfo(name, 443, proto=socket.IPPROTO_TCP)
                    error, addresses = 0, sorted(item[4][0] for item in list)
                except socket.gaierror as problem:
                    error, addresses = problem.errno, []
                seen.append({"error": error, "addresses": addresses,
                    "seconds": time.monotonic() - start})
            print(json.dumps(seen))
            """

        static let real = [
            "198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "198.51.100.5",
            "198.51.100.6", "2001:db8:5::1", "2001:db8:5::2", "2001:db8:5::3",
        ]

        @Test("getaddrinfo, every effect", arguments: ["127.0.0.1", "::1"])
        func getaddrinfo(_ resolver: String) async throws {
            let name = "many.example.test"
            let real = Self.real
            let cases: [(dns: String, expected: @Sendable (Seen) -> Bool)] = [
                ("empty", { $0.error == EAI.noData && $0.seconds < 0.9 }),
                ("nxdomain", { $0.error == EAI.noName && $0.seconds < 0.9 }),
                ("servfail", { $0.error == EAI.again && $0.seconds < 0.9 }),
                ("refused", { $0.error == EAI.again && $0.seconds < 0.9 }),
                // Anything else than NXDOMAIN and SERVFAIL is final for res_nquery; a NOTIMP is
                // passed over as a refusal is.
                ("{rcode: NOTIMP}", { [EAI.again, EAI.fail].contains($0.error) }),
                ("timeout", { $0.error == EAI.again && (0.99...3).contains($0.seconds) }),
                ("{delay: 250ms}", { $0.addresses == real && $0.seconds >= 0.249 }),
                (
                    "{partial: 1}",
                    {
                        $0.addresses.count == 2 && $0.addresses[0].hasPrefix("198.51.100.")
                            && $0.addresses[1].hasPrefix("2001:db8:5::")
                    }
                ),
                (
                    "{stale: [192.0.2.10, '2001:db8::10']}",
                    {
                        $0.addresses == ["192.0.2.10", "2001:db8::10"]
                    }
                ),
                ("{redirect: 10.0.0.9}", { $0.addresses == ["10.0.0.9"] }),
                ("{ttl: 0s}", { $0.addresses == real }),
                ("truncate", { $0.addresses == real }),
            ]
            try await Place.setResolvers([resolver])
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    for (dns, expected) in cases {
                        try await agent.armed(dns, names: "many.example.test") { fault in
                            let seen: [Seen] = try await Python.run(
                                Self.lookup, [name, "plain.example.test"])
                            #expect(expected(seen[0]), "\(dns): \(seen[0])")
                            #expect(seen[1].addresses == ["192.0.2.1", "2001:db8:1::1"])
                            #expect(try await agent.counts(fault.id).fired >= 2)
                        }
                    }
                    let after: [Seen] = try await Python.run(Self.lookup, [name])
                    #expect(after[0].addresses == Self.real)
                }
            }
            try await Place.setResolvers(["127.0.0.1"])
        }

        /// glibc words an emptiness behind an alias otherwise (EAI_NONAME) than one without.
        @Test("getaddrinfo takes an empty answer for what it takes a real emptiness for")
        func realEmptiness() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("empty", names: "many.example.test") { _ in
                        let seen: [Seen] = try await Python.run(
                            Self.lookup,
                            ["many", "nodata", "alias", "nodata-alias"].map {
                                "\($0).example.test"
                            })
                        #expect(seen[0].error == EAI.noData)
                        #expect(seen[1].error == EAI.noData)
                        #expect(seen[2].error == seen[3].error)
                    }
                }
            }
        }

        @Test("getaddrinfo, only one family faulted: the other is used")
        func oneFamily() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    for (type, left) in [("AAAA", "198."), ("A", "2001:")] {
                        try await agent.armed(
                            "empty", names: "many.example.test", ["types: \(type)"]
                        ) { _ in
                            let seen: [Seen] = try await Python.run(
                                Self.lookup, ["alias.example.test"])
                            #expect(!seen[0].addresses.isEmpty)
                            #expect(seen[0].addresses.allSatisfy { $0.hasPrefix(left) })
                        }
                    }
                }
            }
        }

        /// What dnspython made of a name.
        struct Resolved: Codable, Equatable, Sendable {
            /// The class of what was raised, or the addresses.
            var error: String?
            var addresses: [String]
            var ttl: Int?
            var flags: String
            /// The texts of extended errors.
            var errors: [String]
            var seconds: Double
        }

        private static let resolve = """
            import json, sys, time
            import dns.edns, dns.exception, dns.flags, dns.resolver
            asked = json.load(sys.stdin)
            seen = []
            for name, tcp in asked["questions"]:
                resolver = dns.resolver.Resolver(configure=False)
                resolver.nameservers = [asked["server"]]
                resolver.lifetime = 1
                resolver.use_edns(0, 0, 1232)
                resolver.flags = dns.flags.RD | dns.flags.CD
                start = time.monotonic()
                result = {"error": None, "addresses": [], "ttl": None, "flags": "", "errors": []}
                try:
                    answer = resolver.resolve(name, "A", tcp=tcp)
                    result["addresses"] = sorted(item.address for item in answer)
                    result["ttl"] = answer.rrset.ttl
                    response = answer.response
                except dns.exception.DNSException as problem:
                    result["error"] = type(problem).__name__
                    response = None
                    if isinstance(problem, dns.resolver.NoAnswer): response = problem.response()
                    if isinstance(problem, dns.resolver.NXDOMAIN):
                        response = next(iter(problem.responses().values()))
                if response is not None:
                    result["flags"] = dns.flags.to_text(response.flags)
                    result["errors"] = [option.text for option in response.options
                        if isinstance(option, dns.edns.EDEOption)]
                result["seconds"] = time.monotonic() - start
                seen.append(result)
            print(json.dumps(seen))
            """

        private struct Asked: Encodable {
            var server: String
            var questions: [Question]

            struct Question: Encodable {
                var name: String
                var tcp: Bool

                func encode(to encoder: any Encoder) throws {
                    var list = encoder.unkeyedContainer()
                    try list.encode(name)
                    try list.encode(tcp)
                }
            }
        }

        @Test("dnspython, every effect", arguments: ["127.0.0.1", "::1"])
        func dnspython(_ server: String) async throws {
            let v4 = Array(Self.real.prefix(6))
            let cases: [(dns: String, expected: @Sendable (Resolved) -> Bool)] = [
                (
                    "empty",
                    { $0.error == "NoAnswer" && $0.errors.first?.hasPrefix("brown") == true }
                ),
                ("nxdomain", { $0.error == "NXDOMAIN" }),
                ("servfail", { $0.error == "NoNameservers" }),
                ("refused", { $0.error == "NoNameservers" }),
                ("{rcode: NOTIMP}", { $0.error == "NoNameservers" }),
                ("timeout", { $0.error == "LifetimeTimeout" && $0.seconds >= 0.99 }),
                ("{delay: 250ms}", { $0.addresses == v4 && $0.seconds >= 0.249 }),
                ("{partial: 2}", { $0.addresses.count == 2 && Set($0.addresses).isSubset(of: v4) }),
                ("{stale: 192.0.2.10}", { $0.addresses == ["192.0.2.10"] && $0.ttl == 300 }),
                ("{redirect: 10.0.0.9}", { $0.addresses == ["10.0.0.9"] }),
                ("{ttl: 0s}", { $0.addresses == v4 && $0.ttl == 0 }),
                ("{ttl: 2d}", { $0.addresses == v4 && $0.ttl == 172_800 }),
                // It asks again over TCP by itself.
                ("truncate", { $0.addresses == v4 }),
            ]
            let asked = Asked(
                server: server,
                questions: [
                    .init(name: "alias.example.test", tcp: false),
                    .init(name: "alias.example.test", tcp: true),
                    .init(name: "plain.example.test", tcp: false),
                ])
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    for (dns, expected) in cases {
                        try await agent.armed(dns, names: "many.example.test") { _ in
                            let seen: [Resolved] = try await Python.run(Self.resolve, asked)
                            #expect(expected(seen[0]), "UDP, \(dns): \(seen[0])")
                            #expect(expected(seen[1]), "TCP, \(dns): \(seen[1])")
                            #expect(seen[2].addresses == ["192.0.2.1"])
                            for flags in seen.map(\.flags) where !flags.isEmpty {
                                #expect(flags.contains("QR") && flags.contains("RD"))
                                #expect(!flags.contains("AD") && !flags.contains("TC"))
                            }
                        }
                    }
                }
            }
        }
    }
}
