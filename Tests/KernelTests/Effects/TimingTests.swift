import Control
import Testing

extension KernelTests {
    /// Effects that leave the bytes alone: `timeout` and `delay`; and what depends on time.
    @Suite("timing") struct TimingTests {
        static let query = Query("many.example.test")
        static let other = Query("other.example.test", id: 7)

        @Test("timeout: nothing comes; other names do", arguments: Road.all)
        func timeout(_ road: Road) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query, road))
                let other = try #require(try await RawDNS.ask(Self.other, road))
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("timeout", names: "many.example.test") { fault in
                        #expect(
                            try await RawDNS.ask(Self.query, road, within: .milliseconds(400))
                                == nil)
                        #expect(try await RawDNS.ask(Self.other, road) == other)
                        // Over TCP the server says it again and again; each is dropped.
                        #expect(try await agent.counts(fault.id).fired >= 1)
                        let seen = try await Dig.ask("many.example.test", "A", road)
                        #expect(seen == nil)
                    }
                    #expect(try await RawDNS.ask(Self.query, road) == before)
                }
            }
        }

        @Test("delay 100 ms: the real answer, that much later", arguments: Road.all)
        func delay(_ road: Road) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query, road))
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("{delay: 100ms}", names: "many.example.test") { _ in
                        let clock = ContinuousClock()
                        for _ in 0..<5 {
                            let start = clock.now
                            #expect(try await RawDNS.ask(Self.query, road) == before)
                            let took = clock.now - start
                            #expect(took >= .milliseconds(99))
                            #expect(took < .milliseconds(180))
                        }
                        let start = clock.now
                        _ = try await RawDNS.ask(Self.other, road)
                        #expect(clock.now - start < .milliseconds(80))
                    }
                }
            }
        }

        /// A server sends a TCP segment again after 200 ms; that must not shorten the delay.
        @Test("delay 700 ms, longer than a retransmission timeout", arguments: Road.all)
        func longDelay(_ road: Road) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query, road))
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("{delay: 700ms}", names: "many.example.test") { _ in
                        let clock = ContinuousClock()
                        let start = clock.now
                        let answer = try await RawDNS.ask(Self.query, road)
                        #expect(answer == before)
                        #expect(clock.now - start >= .milliseconds(699))
                        #expect(clock.now - start < .milliseconds(1100))
                    }
                    try await agent.armed(
                        "[{redirect: 10.0.0.9}, {delay: 700ms}]", names: "many.example.test"
                    ) { _ in
                        let clock = ContinuousClock()
                        let start = clock.now
                        let answer = try await RawDNS.answer(Self.query, road)
                        #expect(answer?.addresses == ["10.0.0.9"])
                        #expect(clock.now - start >= .milliseconds(699))
                        #expect(clock.now - start < .milliseconds(1100))
                    }
                }
            }
        }

        @Test("delay with jitter: 300 answers held at once, none lost, none too early")
        func jitter() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let queries = (0..<300).map {
                        Query("many.example.test", id: UInt16($0)).bytes
                    }
                    try await agent.armed(
                        "{delay: {by: 300ms, jitter: 100ms}}", names: "many.example.test",
                        ["seed: 7"]
                    ) { _ in
                        let replies = try await RawDNS.datagrams(
                            queries, to: .udp, window: 300)
                        #expect(replies.count == 300)
                        #expect(replies.allSatisfy { $0.after >= .milliseconds(199) })
                        #expect(replies.allSatisfy { $0.after < .milliseconds(500) })
                        // Uniform: about half on each side of the centre (6 sigma).
                        let early = replies.count { $0.after < .milliseconds(300) }
                        #expect((98...202).contains(early), "seed 7: \(early) of 300")
                    }
                }
            }
        }

        @Test("lifting lets go of held answers at once", arguments: Road.all)
        func liftWhileHeld(_ road: Road) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query, road))
                try await AgentUnderTest.serving { agent in
                    let fault = try await agent.arm(
                        "{delay: 20s}", names: "many.example.test")
                    async let answer = RawDNS.ask(Self.query, road, within: .seconds(8))
                    let isHeld = try await eventually {
                        try await agent.counters().held == 1
                    }
                    #expect(isHeld)
                    let clock = ContinuousClock()
                    let lifted = clock.now
                    _ = try await agent.client.lift(fault.id)
                    #expect(try await answer == before)
                    #expect(clock.now - lifted < .milliseconds(500))
                    #expect(try await agent.counters().held == 0)
                }
            }
        }

        @Test("after: nothing at first, then the fault")
        func after() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    let clock = ContinuousClock()
                    let asked = clock.now
                    try await agent.armed(
                        "empty", names: "many.example.test", ["after: 600ms"]
                    ) { _ in
                        let armed = clock.now
                        let first = try await RawDNS.ask(Self.query)
                        if clock.now - asked < .milliseconds(600) { #expect(first == before) }
                        let isOn = try await eventually {
                            try await RawDNS.answer(Self.query)?.answers == []
                        }
                        #expect(isOn)
                        #expect(clock.now - asked >= .milliseconds(600))
                        #expect(clock.now - armed < .milliseconds(900))
                    }
                }
            }
        }

        @Test("flap: on and off by the clock")
        func flap() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    let clock = ContinuousClock()
                    let asked = clock.now
                    try await agent.armed(
                        "empty", names: "many.example.test", ["flap: {on: 400ms, off: 300ms}"]
                    ) { _ in
                        let armed = clock.now
                        var (on, off) = (0, 0)
                        while clock.now - armed < .milliseconds(2100) {
                            // Armed between `asked` and `armed`; the packet passed in between too.
                            let earliest = clock.now - armed
                            let isOn = try await RawDNS.ask(Self.query) != before
                            let latest = clock.now - asked
                            let phases = [earliest, latest].map { Self.phase($0) }
                            if phases[0] == phases[1], latest - earliest < .milliseconds(200) {
                                #expect(isOn == phases[0], "between \(earliest), \(latest)")
                            }
                            if isOn { on += 1 } else { off += 1 }
                            try await Task.sleep(for: .milliseconds(10))
                        }
                        #expect(on > 10)
                        #expect(off > 10)
                    }
                }
            }
        }

        private static func phase(_ time: Duration) -> Bool {
            let milliseconds = Int(time / .milliseconds(1))
            return milliseconds % 700 < 400
        }

        @Test("partial with rotate: the same choice within a period, another one later")
        func rotate() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving { agent in
                    let clock = ContinuousClock()
                    try await agent.armed(
                        "{partial: {keep: 2, rotate: 250ms}}", names: "many.example.test",
                        ["seed: 5"]
                    ) { _ in
                        let armed = clock.now
                        var choices: [Set<String>] = []
                        while clock.now - armed < .milliseconds(2000) {
                            let answer = try #require(try await RawDNS.answer(Self.query))
                            #expect(answer.addresses.count == 2)
                            if choices.last != answer.addresses {
                                choices.append(answer.addresses)
                            }
                            try await Task.sleep(for: .milliseconds(10))
                        }
                        // 8 to 9 periods of 15 pairs each; two in a row may be the same.
                        #expect((3...9).contains(choices.count), "seed 5: \(choices)")
                    }
                }
            }
        }

        @Test("stale: the first answer seen since arming, however the real one moves on")
        func stale() async throws {
            let turn = Held<UInt8>(0)
            try await ScriptedUpstream.serving(on: ["127.0.0.1", "::1"]) { asked in
                let last = turn.change { turn in
                    turn += 1
                    return turn
                }
                return [
                    .message(
                        asked.answer([Records.a(192, 0, 2, last)], additional: [Records.opt()]))
                ]
            } _: {
                try await AgentUnderTest.serving { agent in
                    try await agent.armed("stale", names: "many.example.test") { _ in
                        for (index, road) in (Road.all + Road.all).enumerated() {
                            let answer = try #require(
                                try await RawDNS.answer(Self.query, road))
                            #expect(answer.addresses == ["192.0.2.1"])
                            #expect((answer.extendedError == nil) == (index == 0 || road.isTCP))
                            // Another name has a history of its own, and none here.
                            let other = try await RawDNS.answer(Self.other, road)
                            let now = turn.change { $0 }
                            #expect(other?.addresses == ["192.0.2.\(now)"])
                        }
                    }
                    let after = try await RawDNS.answer(Self.query)
                    #expect(after?.addresses != ["192.0.2.1"])
                }
            }
        }
    }
}
