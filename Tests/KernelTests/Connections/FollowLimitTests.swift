import Control
import Foundation
import Testing

extension KernelTests {
    /// How many addresses a fault follows, and which.
    @Suite("connections: limits") struct FollowLimitTests {
        /// `n7.many.example.test` has the addresses 7 × 60 and on of 198.18.0.0/15.
        private static let many: ScriptedUpstream.Script = { asked in
            let label = String(decoding: asked.question.dropFirst().prefix(6), as: UTF8.self)
            let digits = label.drop { $0 != "n" }.dropFirst().prefix { $0.isNumber }
            guard asked.type == RType.a, let number = Int(digits) else {
                return [.message(asked.answer())]
            }
            let records = (0..<each).map { index in
                let address = number * each + index
                return Records.a(198, 18, UInt8(address >> 8 & 0xFF), UInt8(address & 0xFF))
            }
            return [.message(asked.answer(records))]
        }

        private static let each = 60
        /// AddressBook.limit.
        private static let limit = 4_096

        @Test(
            "more addresses than fit: the oldest make room, counted, in the kernel too; then none")
        func cap() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            let names = 75
            try await ScriptedUpstream.serving(Self.many) {
                try await AgentUnderTest.serving { agent in
                    let lines = ["hosts: '*.many.example.test'"]
                    try await agent.broken("blackhole", lines) { fault in
                        for number in 0..<names {
                            let answer = try await RawDNS.answer(
                                Query("n\(number).many.example.test"))
                            #expect(answer?.answers.count == Self.each)
                        }
                        let report = try #require(
                            try await agent.client.fault(fault.id).connections)
                        #expect(report.addresses == Self.limit)
                        #expect(Int(report.evicted) == names * Self.each - Self.limit)
                        let status = try await agent.brownout(["status"]).output
                        #expect(status.contains("404 addresses had to make room"), "\(status)")
                        let rules = try await ruleset()
                        #expect(rules.count(of: "198.18.") == Self.limit)
                        // Those of the last answers are in, those of the first are not.
                        let last = names * Self.each - 1
                        #expect(rules.contains("198.18.\(last >> 8).\(last & 0xFF) "))
                        #expect(!rules.contains("198.18.0.0 "))
                    }
                    #expect(try await !ruleset().contains("198.18."))
                    #expect(try await agent.counters().errors == 0)
                }
            }
        }

        @Test("an HTTPS record that leads to another name: its hints are the asked name's")
        func targetName() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            try await Reach.serving {
                try await ScriptedUpstream.serving { asked in
                    guard asked.type == RType.https else { return [.message(asked.answer())] }
                    // Priority 1, the target, and ipv4hint (key 4) with two addresses.
                    let data: [UInt8] =
                        [0, 1] + wire(name: "pool.example.test") + [0, 4, 0, 8, 198, 51, 100, 5]
                        + [198, 51, 100, 6]
                    return [.message(asked.answer([Records.record(RType.https, data)]))]
                } _: {
                    try await AgentUnderTest.serving { agent in
                        try await agent.broken("reset", ["hosts: shop.example.test"]) { fault in
                            _ = try #require(
                                try await RawDNS.ask(Query("shop.example.test", RType.https)))
                            let seen = try await Reach.attempt(
                                (4...7).map { Reach.Attempt(host: "\(Reach.v4).\($0)") })
                            #expect(seen.map(\.what) == ["ok", "refused", "refused", "ok"])
                            let report = try await agent.client.fault(fault.id).connections
                            #expect(report?.addresses == 2)
                        }
                    }
                }
            }
        }

        /// "brow": what the agent's own questions carry, and whatever else is not to feel a fault.
        @Test("a socket with the observers' mark gets through what a plain one meets")
        func mark() async throws {
            try await Reach.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken("blackhole", ["hosts: '\(Reach.v4).7:8080'"]) { _ in
                        let seen = try await Python.run(
                            Self.marked, ["\(Reach.v4).7"], as: [String].self)
                        #expect(seen == ["timeout", "ok", "timeout"])
                    }
                }
            }
        }

        /// SO_MARK is 36. Without a mark, with that of the agent, and with another.
        private static let marked = """
            import json, socket, sys
            (host,) = json.load(sys.stdin)
            seen = []
            for mark in (0, 0x62726F77, 0x62726F78):
                with socket.socket() as s:
                    s.setsockopt(socket.SOL_SOCKET, 36, mark)
                    s.settimeout(0.5)
                    s.bind(("192.0.2.53", 0))
                    try:
                        s.connect((host, 8080))
                        s.sendall(b"GET /3 HTTP/1.1\\r\\n\\r\\n")
                        seen.append("ok" if s.recv(100) else "closed")
                    except TimeoutError:
                        seen.append("timeout")
            json.dump(seen, sys.stdout)
            """
    }
}

extension String {
    fileprivate func count(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
