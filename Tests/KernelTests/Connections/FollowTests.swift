import Control
import Foundation
import Testing

extension KernelTests {
    /// Faults on connections that follow a name wherever answers say that it is.
    @Suite("connections: names") struct FollowTests {
        /// Seconds of the long test: 60 with BROWNOUT_FULL set.
        static let duration =
            ProcessInfo.processInfo.environment["BROWNOUT_FULL"] == nil ? 8.0 : 60

        /// What each of the two names came to: outcomes and how often.
        private struct Tally: Decodable {
            var meant: [String: Int]
            var other: [String: Int]
            /// Addresses of the name that were tried.
            var addresses: Int
        }

        @Test(
            "200 addresses, 8 at a time, TTL 1 s: not one connection is made, none elsewhere fails",
            arguments: [("blackhole", "timeout"), ("reset", "refused")], [false, true])
        func rotating(_ effect: (net: String, seen: String), isV6: Bool) async throws {
            try await Place.setResolvers(["127.0.0.1"])
            let script = Self.rotation
            try await Reach.serving {
                try await ScriptedUpstream.serving(script) {
                    try await AgentUnderTest.serving { agent in
                        try await agent.broken(
                            effect.net, ["hosts: 'rotating.example.test:8080'"],
                            for: .seconds(300)
                        ) { fault in
                            let tally = try await Python.run(
                                Self.client, [Self.duration, isV6 ? 1 : 0], as: Tally.self,
                                within: .seconds(Self.duration * 2 + 20))
                            #expect(Set(tally.meant.keys) == [effect.seen], "\(tally)")
                            #expect(Set(tally.other.keys) == ["ok"], "\(tally)")
                            let made = tally.meant.values.reduce(0, +)
                            #expect(Double(made) > 50 * Self.duration * 0.8, "\(tally)")
                            // The name has moved through its addresses while they were tried.
                            #expect(tally.addresses > (Self.duration > 30 ? 190 : 100))
                            let report = try #require(
                                try await agent.client.fault(fault.id).connections)
                            #expect(report.unresolved.isEmpty)
                            #expect(report.evicted == 0)
                            #expect(report.addresses >= tally.addresses)
                            // Both families are asked for when it is armed and again.
                            #expect(report.addresses <= 400)
                            #expect(try await agent.counters().errors == 0)
                        }
                        // Nothing of the sets is left.
                        #expect(try await !ruleset().contains("198.51.100."))
                        #expect(try await !ruleset().contains("net1"))
                    }
                }
            }
        }

        /// `rotating` has 8 of 200 addresses, others a quarter of a second later; every other name
        /// has the last one.
        private static let rotation: ScriptedUpstream.Script = { asked in
            let now = Int(Date().timeIntervalSince1970 * 4)
            let isMeant = asked.question.starts(with: [8] + Array("rotating".utf8))
            let isV6 = asked.type == RType.aaaa
            guard isV6 || asked.type == RType.a else { return [.message(asked.answer())] }
            let records = (0..<8).map { index in
                let host = isMeant ? UInt8((now * 8 + index) % 200 + 1) : 250
                let octets: [UInt8] =
                    isV6
                    ? [0x20, 0x01, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]
                    : [198, 51, 100, host]
                return Records.record(Records.question, asked.type, ttl: 1, octets)
            }
            return [.message(asked.answer(records))]
        }

        /// Two names, each asked for and connected to 50 times a second.
        private static let client = """
            import collections, json, random, socket, struct, sys, threading, time
            from concurrent.futures import ThreadPoolExecutor

            duration, v6 = json.load(sys.stdin)
            family = socket.AF_INET6 if v6 else socket.AF_INET
            kind, size = (28, 16) if v6 else (1, 4)
            lock = threading.Lock()
            tried = set()
            tally = {"meant": collections.Counter(), "other": collections.Counter()}

            def resolve(name):
                number = random.randrange(65536)
                question = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.settimeout(2)
                    s.connect(("127.0.0.1", 53))
                    s.send(struct.pack("!6H", number, 256, 1, 0, 0, 0) + question + b"\\0"
                           + struct.pack("!2H", kind, 1))
                    answer = s.recv(2000)
                count = struct.unpack("!H", answer[6:8])[0]
                assert answer[:2] == struct.pack("!H", number)
                at = 12 + len(question) + 5
                found = []
                for _ in range(count):
                    found.append(socket.inet_ntop(family, answer[at + 12:at + 12 + size]))
                    at += 12 + size
                return random.choice(found)

            def once(key, name):
                try:
                    host = resolve(name)
                except OSError as e:
                    with lock:
                        tally[key]["dns: " + str(e)] += 1
                    return
                try:
                    with socket.socket(family) as s:
                        s.settimeout(0.5 if key == "meant" else 5)
                        s.bind(("2001:db8::53" if v6 else "192.0.2.53", 0))
                        s.connect((host, 8080))
                        what = "ok"
                        if key == "other":
                            s.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                            what = "ok" if s.recv(100) else "closed"
                except TimeoutError:
                    what = "timeout"
                except ConnectionRefusedError:
                    what = "refused"
                except OSError as e:
                    what = str(e)
                with lock:
                    tally[key][what] += 1
                    if key == "meant":
                        tried.add(host)

            start = time.monotonic()
            with ThreadPoolExecutor(120) as pool:
                for i in range(int(duration * 50)):
                    time.sleep(max(0, start + i / 50 - time.monotonic()))
                    pool.submit(once, "meant", "rotating.example.test")
                    pool.submit(once, "other", "steady.example.test")
            json.dump(dict(tally, addresses=len(tried)), sys.stdout)
            """

        @Test("asked for when armed: the first connection meets the fault already")
        func seeded() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                try await NSD.serving {
                    try await AgentUnderTest.serving { agent in
                        try await agent.broken("reset", ["hosts: 'many.example.test'"]) { fault in
                            let hosts = (1...8).map { Reach.Attempt(host: "\(Reach.v4).\($0)") }
                            let seen = try await Reach.attempt(hosts)
                            #expect(
                                seen.map(\.what)
                                    == Array(repeating: "refused", count: 6) + ["ok", "ok"])
                            let report = try #require(
                                try await agent.client.fault(fault.id).connections)
                            #expect(report.addresses == 9)
                            #expect(report.unresolved == [] && report.shared == [])
                        }
                        #expect(
                            try await Reach.attempt(Reach.Attempt(host: "\(Reach.v4).1")).what
                                == "ok")
                    }
                }
            }
        }

        @Test(
            "names behind CNAMEs, patterns, address hints, and answers over TCP",
            arguments: Road.all)
        func ways(_ road: Road) async throws {
            try await Place.setResolvers(["127.0.0.1"])
            let rows: [(host: String, ask: Query, hit: [Int])] = [
                // The name that the chain leads to is meant, not the one that is asked for.
                ("middle.example.test", Query("alias.example.test"), Array(1...6)),
                ("'a*.example.test'", Query("alias.example.test"), Array(1...6)),
                ("'s*.example.test'", Query("svc.example.test", RType.https), [1, 2]),
                ("'n1*.example.test'", Query("n10.example.test"), [1, 2, 3]),
            ]
            try await Reach.serving {
                try await NSD.serving {
                    try await AgentUnderTest.serving { agent in
                        for (host, query, hit) in rows {
                            try await agent.broken("reset", ["hosts: \(host)"]) { _ in
                                _ = try #require(try await RawDNS.ask(query, road))
                                let seen = try await Reach.attempt(
                                    (1...8).map { Reach.Attempt(host: "\(Reach.v4).\($0)") })
                                let refused = seen.indices.filter { seen[$0].what == "refused" }
                                #expect(refused.map { $0 + 1 } == hit, "\(host)")
                                #expect(
                                    seen.count { $0.what == "ok" } == 8 - hit.count, "\(host)")
                            }
                        }
                    }
                }
            }
        }

        @Test("a name that does not resolve affects nothing, and status says so")
        func unresolved() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                try await NSD.serving {
                    try await AgentUnderTest.serving { agent in
                        let lines = ["hosts: [nowhere.example.test, 'plain.example.test:8080']"]
                        try await agent.broken("blackhole", lines) { fault in
                            let report = try #require(
                                try await agent.client.fault(fault.id).connections)
                            #expect(report.unresolved == ["nowhere.example.test"])
                            #expect(report.addresses == 2)
                            let seen = try await Reach.attempt([
                                Reach.Attempt(host: "\(Reach.v4).1"),
                                Reach.Attempt(host: "\(Reach.v6):1"),
                            ])
                            #expect(seen.map(\.what) == ["ok", "ok"])
                            let status = try await agent.brownout(["status"]).output
                            #expect(status.contains("no address seen for nowhere.example.test"))
                        }
                    }
                }
            }
        }

        @Test("an address that another name shares is told")
        func shared() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await ScriptedUpstream.serving { asked in
                guard asked.type == RType.a else { return [.message(asked.answer())] }
                return [.message(asked.answer([Records.a(198, 51, 100, 77)]))]
            } _: {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken("blackhole", ["hosts: cdn.example.test"]) { fault in
                        _ = try await RawDNS.ask(Query("cdn.other.test"))
                        let report = try #require(
                            try await agent.client.fault(fault.id).connections)
                        #expect(
                            report.shared == [
                                SharedAddress(address: "198.51.100.77", name: "cdn.other.test")
                            ])
                        let status = try await agent.brownout(["status"]).output
                        #expect(status.contains("198.51.100.77 is hit for cdn.other.test as well"))
                    }
                }
            }
        }

        @Test("one fault on answers and connections; addresses of this host alone are not followed")
        func both() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                try await ScriptedUpstream.serving { asked in
                    guard asked.type == RType.a else { return [.message(asked.answer())] }
                    return [
                        .message(
                            asked.answer([
                                Records.a(198, 51, 100, 5), Records.a(127, 0, 0, 1),
                                Records.a(0, 0, 0, 0),
                            ]))
                    ]
                } _: {
                    try await AgentUnderTest.serving { agent in
                        let lines = ["names: api.example.test", "dns: {ttl: 7s}"]
                        try await agent.broken("reset", lines) { fault in
                            let answer = try #require(
                                try await RawDNS.answer(Query("api.example.test")))
                            #expect(answer.answers.map(\.ttl) == [7, 7, 7])
                            let seen = try await Reach.attempt(
                                Reach.Attempt(host: "\(Reach.v4).5"))
                            #expect(seen.what == "refused")
                            let report = try await agent.client.fault(fault.id).connections
                            #expect(report?.addresses == 1)
                        }
                    }
                }
            }
        }
    }
}
