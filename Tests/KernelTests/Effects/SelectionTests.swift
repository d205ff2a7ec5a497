import Control
import Testing

extension KernelTests {
    /// Which answers a fault means, and which it leaves alone: both are asserted each time.
    @Suite("selection") struct SelectionTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var id: String
            var names: String
            var more: [String] = []
            var hit: [Query]
            var missed: [Query]
            var testDescription: String { id }
        }

        static func a(_ name: String, _ type: UInt16 = RType.a) -> Query { Query(name, type) }

        static let cases = [
            Case(
                id: "an alias of a faulted name, and the names between",
                names: "many.example.test",
                hit: [
                    a("alias.example.test"), a("middle.example.test"), a("many.example.test"),
                    a("alias.example.test", RType.aaaa),
                ],
                missed: [a("plain.example.test"), a("other.example.test")]),
            Case(
                id: "the name behind a DNAME", names: "host.other.example.test",
                hit: [a("host.tree.example.test"), a("host.other.example.test")],
                missed: [a("other.example.test")]),
            Case(
                id: "upper and lower case", names: "MANY.Example.TEST",
                hit: [a("many.example.test"), a("mAnY.eXAMPLE.tEST")],
                missed: [a("PLAIN.example.test")]),
            Case(
                id: "a leading * is one or more labels, and not none",
                names: "'*.wild.example.test'",
                hit: [a("x.wild.example.test"), a("a.b.wild.example.test")],
                missed: [a("wild.example.test"), a("v4only.example.test")]),
            Case(
                id: "* elsewhere stays within its label", names: "'dynamodb.*.amazonaws.com'",
                hit: [
                    a("dynamodb.us-east-1.amazonaws.com"),
                    a("dynamodb.us-west-2.amazonaws.com"),
                ],
                missed: [
                    a("prod.ddb.us-east-1.amazonaws.com"), a("dynamodb.a.b.amazonaws.com"),
                ]),
            Case(
                id: "except wins", names: "'*.example.test'",
                more: ["except: [plain.example.test, '*.wild.example.test']"],
                hit: [a("many.example.test"), a("wild.example.test")],
                missed: [a("plain.example.test"), a("x.wild.example.test")]),
            Case(
                id: "except wins anywhere in the chain", names: "alias.example.test",
                more: ["except: many.example.test"],
                hit: [], missed: [a("alias.example.test"), a("many.example.test")]),
            Case(
                id: "types: those with addresses unless told otherwise",
                names: "other.example.test",
                hit: [a("other.example.test"), a("other.example.test", RType.aaaa)],
                missed: [
                    a("other.example.test", RType.mx), a("other.example.test", RType.txt),
                    a("other.example.test", RType.soa),
                ]),
            Case(
                id: "types: HTTPS among them", names: "svc.example.test",
                hit: [a("svc.example.test", RType.https)],
                missed: [a("svc.example.test", RType.txt)]),
            Case(
                id: "types: AAAA alone", names: "other.example.test", more: ["types: AAAA"],
                hit: [a("other.example.test", RType.aaaa)],
                missed: [a("other.example.test"), a("other.example.test", RType.mx)]),
            Case(
                id: "types: MX and TXT", names: "other.example.test",
                more: ["types: [MX, TYPE16]"],
                hit: [
                    a("other.example.test", RType.mx), a("other.example.test", RType.txt),
                ], missed: [a("other.example.test"), a("other.example.test", RType.aaaa)]),
            Case(
                id: "20 names, more than the kernel's prefilter takes",
                names: "[\((1...19).map { "host\($0).a\($0).test" }.joined(separator: ", ")), "
                    + "many.example.test]",
                hit: [a("alias.example.test"), a("many.example.test")],
                missed: [a("plain.example.test")]),
        ]

        @Test("names, exceptions and types", arguments: cases)
        func selects(_ selection: Case) async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let roads = [Road.udp, Road.tcp]
                    for road in roads {
                        let hit = try await Self.ask(selection.hit, road)
                        let missed = try await Self.ask(selection.missed, road)
                        try await agent.armed(
                            "refused", names: selection.names, selection.more
                        ) { fault in
                            for query in selection.hit {
                                let answer = try await RawDNS.answer(query, road)
                                #expect(answer?.code == RCode.refused, "\(query.name)")
                            }
                            #expect(try await Self.ask(selection.missed, road) == missed)
                            let counts = try await agent.counts(fault.id)
                            #expect(Int(counts.fired) == selection.hit.count)
                            #expect(counts.matched == counts.fired)
                        }
                        #expect(try await Self.ask(selection.hit, road) == hit)
                    }
                }
            }
        }

        private static func ask(_ queries: [Query], _ road: Road) async throws -> [[UInt8]] {
            var answers: [[UInt8]] = []
            for query in queries {
                answers.append(try #require(try await RawDNS.ask(query, road), "\(query.name)"))
            }
            return answers
        }

        @Test(
            "resolvers: only answers from these",
            arguments: [
                ("127.0.0.0/8", ["127.0.0.1"]), ("'::1'", ["::1"]),
                ("[192.0.2.0/24, '2001:db8::/32']", [Place.remoteV4, Place.remoteV6]),
            ])
        func resolvers(_ list: String, _ hit: [String]) async throws {
            try await Self.expectHits(hit, among: NSD.loopback + NSD.remote) {
                ["leg: any", "resolvers: \(list)"]
            }
        }

        /// What `leg` means depends on whether the host asks a cache of its own.
        @Test(
            "leg",
            arguments: [
                ("127.0.0.1", "auto", NSD.loopback), ("127.0.0.1", "wire", NSD.remote),
                ("127.0.0.1", "loopback", NSD.loopback),
                ("127.0.0.1", "any", NSD.loopback + NSD.remote),
                ("198.51.100.53", "auto", NSD.loopback + NSD.remote),
                ("198.51.100.53", "wire", NSD.remote),
                ("198.51.100.53", "loopback", NSD.loopback),
                // An address of the host itself that the host asks is its own cache.
                (Place.remoteV4, "loopback", NSD.loopback + [Place.remoteV4]),
            ])
        func leg(_ resolver: String, _ leg: String, _ hit: [String]) async throws {
            try await Place.setResolvers([resolver])
            try await Self.expectHits(hit, among: NSD.loopback + NSD.remote) {
                ["leg: \(leg)"]
            }
            try await Place.setResolvers(["127.0.0.1"])
        }

        @Test("leg: auto follows resolv.conf while a fault is armed")
        func newResolvers() async throws {
            let (query, road) = (
                Query("plain.example.test"), Road(address: Place.remoteV4, isTCP: false)
            )
            func isHit() async throws -> Bool {
                try #require(try await RawDNS.answer(query, road)).code == RCode.refused
            }
            try await Place.setResolvers(["198.51.100.53"])
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("refused", names: "plain.example.test") { _ in
                        #expect(try await isHit())
                        // The host has a cache of its own from now on; its upstream is spared.
                        try await Place.setResolvers(["127.0.0.1"])
                        #expect(try await eventually { try await !isHit() })
                        try await Place.setResolvers(["198.51.100.53"])
                        #expect(try await eventually { try await isHit() })
                    }
                }
            }
            try await Place.setResolvers(["127.0.0.1"])
        }

        private static func expectHits(
            _ hit: [String], among addresses: [String], _ more: () -> [String]
        ) async throws {
            let query = Query("plain.example.test")
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("refused", names: "plain.example.test", more()) { _ in
                        for address in addresses {
                            for isTCP in [false, true] {
                                let road = Road(address: address, isTCP: isTCP)
                                let answer = try #require(
                                    try await RawDNS.answer(query, road))
                                let isHit = answer.code == RCode.refused
                                #expect(isHit == hit.contains(address), "\(address)")
                            }
                        }
                    }
                }
            }
        }

        @Test("port: answers from there, and from 53 no more")
        func port() async throws {
            let query = Query("plain.example.test")
            let ports = [53, 5353]
            try await NSD.serving {
                try await NSD.serving(port: 5353) {
                    try await AgentUnderTest.serving { agent in
                        for hit in ports {
                            try await agent.armed(
                                "refused", names: "plain.example.test", ["port: \(hit)"]
                            ) { _ in
                                for port in ports {
                                    for road in Road.all {
                                        let road = Road(
                                            address: road.address, isTCP: road.isTCP,
                                            port: port)
                                        let code = try await RawDNS.answer(query, road)?.code
                                        #expect((code == RCode.refused) == (port == hit))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }

        @Test("dry run: counts what it would do, and changes nothing", arguments: Road.all)
        func dryRun(_ road: Road) async throws {
            let queries = [
                Query("alias.example.test"), Query("many.example.test"),
                Query("plain.example.test"),
            ]
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let before = try await Self.ask(queries, road)
                    for effect in ["empty", "timeout", "{delay: 5s}", "{partial: 1}"] {
                        try await agent.armed(
                            effect, names: "many.example.test", dryRun: true
                        ) { fault in
                            #expect(fault.dryRun)
                            #expect(try await Self.ask(queries, road) == before)
                            let counts = try await agent.counts(fault.id)
                            #expect(counts.fired == 2, "\(effect)")
                            #expect(counts.matched == 2, "\(effect)")
                        }
                    }
                    let counters = try await agent.counters()
                    #expect(counters.rewritten == 0)
                    #expect(counters.dropped == 0)
                }
            }
        }
    }
}
