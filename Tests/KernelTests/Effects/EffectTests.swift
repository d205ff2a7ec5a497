import Control
import Testing

extension KernelTests {
    /// DESIGN.md, "What the effects mean on the wire", byte by byte: UDP and TCP, IPv4 and IPv6.
    @Suite("effects") struct EffectTests {
        /// Questions that no fault of these tests means.
        static let others = [
            Query("other.example.test", id: 1), Query("plain.example.test", RType.aaaa, id: 2),
            Query("other.example.test", RType.mx, id: 3),
            Query("other.example.test", RType.txt, id: 4, edns: nil),
            Query("alias.example.test", RType.txt, id: 5),
            Query("no.such.example.test", id: 6),
        ]

        @Test("rewritten answers", arguments: EffectCase.rewriting)
        func rewritten(_ effect: EffectCase) async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let untouched = try await Self.bytes(of: Self.others)
                    for road in Road.all {
                        for edns in [Query.EDNS(), nil] {
                            var query = Query(effect.name, effect.type, id: 0xBEEF, edns: edns)
                            query.checkingDisabled = road.isTCP
                            query.recursionDesired = !road.isV6
                            try await Self.check(effect, query, road, agent)
                        }
                    }
                    try await agent.armed(effect.dns, names: effect.name, effect.more) { _ in
                        #expect(try await Self.bytes(of: Self.others) == untouched)
                        for road in Road.all where effect.acts(over: road) {
                            try await Self.dig(effect, road)
                        }
                    }
                    #expect(try await Self.bytes(of: Self.others) == untouched)
                    let counters = try await agent.counters()
                    #expect(counters.errors == 0)
                    #expect(counters.unparsed == 0)
                }
            }
        }

        private static func check(
            _ effect: EffectCase, _ query: Query, _ road: Road, _ agent: AgentUnderTest
        ) async throws {
            let what: Comment = "\(road.testDescription), EDNS: \(query.edns != nil)"
            let before = try #require(try await RawDNS.ask(query, road), what)
            let (after, counts) = try await agent.armed(
                effect.dns, names: effect.name, effect.more
            ) { fault in
                let after = try #require(try await RawDNS.ask(query, road), what)
                // The same again: nothing depends on how often it is asked.
                #expect(try await RawDNS.ask(query, road) == after, what)
                return (after, try await agent.counts(fault.id))
            }
            #expect(try await RawDNS.ask(query, road) == before, what)
            #expect(counts.matched == 2, what)
            guard effect.acts(over: road) else {
                #expect(after == before, what)
                return
            }
            #expect(counts.fired == 2, what)
            let expected = EffectCase.Expected(
                before: try Message(before), after: try Message(after), road: road,
                isTight: effect.isTightOverTCP && road.isTCP)
            expectKept(expected, effect, what)
            effect.check(expected)
        }

        /// What every rewritten answer keeps of the real one.
        private static func expectKept(
            _ expected: EffectCase.Expected, _ effect: EffectCase, _ what: Comment
        ) {
            let (before, after) = (expected.before, expected.after)
            #expect(after.id == before.id, what)
            #expect(after.isResponse, what)
            #expect(after.question == before.question, what)
            #expect(after.recursionDesired == before.recursionDesired, what)
            #expect(after.recursionAvailable == before.recursionAvailable, what)
            #expect(after.checkingDisabled == before.checkingDisabled, what)
            #expect(!after.authenticData, what)
            if expected.road.isTCP { #expect(after.bytes.count == before.bytes.count, what) }
            #expect(after.opt?.owner == before.opt?.owner, what)
            // The class is the UDP size, the TTL holds the extended code, version and DO.
            #expect(after.opt?.rrClass == before.opt?.rrClass, what)
            #expect(after.opt?.ttl == before.opt?.ttl, what)
            expectAdditional(expected, effect, what)
            if after.opt != nil { expectOptions(expected, effect, what) }
        }

        private static func expectAdditional(
            _ expected: EffectCase.Expected, _ effect: EffectCase, _ what: Comment
        ) {
            var additional = expected.after.additional
            if effect.keepsSections {
                #expect(expected.after.authority == expected.before.authority, what)
                #expect(additional.starts(with: expected.before.additional), what)
                additional = Array(additional.dropFirst(expected.before.additional.count))
            }
            // Room that is left over: one record of private use (RFC 6895), over TCP without EDNS.
            let mayPad = expected.road.isTCP && expected.after.opt == nil
            #expect(additional.count <= (mayPad ? 1 : 0), what)
            for padding in additional {
                #expect((65_280...65_534).contains(padding.type), what)
                #expect(padding.owner.isEmpty && padding.ttl == 0 && padding.rrClass == 1, what)
            }
        }

        private static func expectOptions(
            _ expected: EffectCase.Expected, _ effect: EffectCase, _ what: Comment
        ) {
            let error = expected.after.extendedError
            // Spaces are room that is left over as well.
            let text = error?.text.trimmingSuffix { $0 == " " }
            if !effect.more.isEmpty {
                #expect(error == nil, what)
            } else if !expected.isTight {
                #expect(error?.code == 4, what)
                #expect(text == "brownout:drill", what)
            } else if let text {
                #expect(error?.code == 4, what)
                #expect("brownout:drill".hasPrefix(text), what)
            }
            let others = expected.after.options.map(\.code).filter { $0 != 15 }
            #expect(others.allSatisfy { $0 == 12 && expected.road.isTCP }, what)
        }

        /// What people see.
        private static func dig(_ effect: EffectCase, _ road: Road) async throws {
            let type = [RType.a: "A", RType.aaaa: "AAAA", RType.https: "TYPE65"][effect.type]
            let seen = try #require(
                try await Dig.ask(effect.name, type ?? "A", road), "\(road.testDescription)")
            let query = Query(effect.name, effect.type)
            let raw = try #require(try await RawDNS.answer(query, road))
            let names = [
                0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED",
                9: "NOTAUTH",
            ]
            #expect(seen.status == names[Int(raw.code)])
            #expect(seen.answers.count == raw.answers.count)
            if !effect.more.isEmpty {
                #expect(seen.errors.isEmpty)
            } else if !(effect.isTightOverTCP && road.isTCP) {
                #expect(seen.errors.count == 1)
                let words = seen.errors.first ?? ""
                #expect(words.contains("4 (Forged Answer): (brownout:drill"))
            }
            #expect(!seen.text.contains("malformed"), "\(seen.text)")
        }

        /// The answers over every road.
        static func bytes(of queries: [Query]) async throws -> [[UInt8]?] {
            var all: [[UInt8]?] = []
            for road in Road.all {
                for query in queries { all.append(try await RawDNS.ask(query, road)) }
            }
            return all
        }
    }
}

extension String {
    func trimmingSuffix(_ isDropped: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isDropped(last) { text.removeLast() }
        return String(text)
    }
}
