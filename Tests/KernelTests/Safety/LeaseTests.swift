import Control
import Foundation
import Testing

extension KernelTests {
    /// No fault outlives its lease, its time, or `halt`.
    @Suite("leases") struct LeaseTests {
        static let query = Query("plain.example.test")

        @Test("not renewed: lifted, and the journal says so; renewed: it stays")
        func renewal() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    let fault = try await agent.arm(
                        "empty", names: "plain.example.test", lease: .seconds(1))
                    let clock = ContinuousClock()
                    let armed = clock.now
                    // 1.8 s of renewals, longer than the lease.
                    for _ in 0..<6 {
                        try await Task.sleep(for: .milliseconds(300))
                        _ = try await agent.client.renew(fault.id)
                        #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    }
                    let renewed = clock.now
                    #expect(renewed - armed > .milliseconds(1500))
                    let isReal = try await eventually(within: .seconds(3)) {
                        try await RawDNS.ask(Self.query) == before
                    }
                    #expect(isReal)
                    #expect(clock.now - renewed < .milliseconds(1500))
                    #expect(try await agent.client.faults() == [])
                    let end = try #require(try agent.events().last)
                    #expect(end.event == .leaseEnd)
                    #expect(end.fault == fault.id)
                    #expect(end.counts?.fired ?? 0 >= 6)
                    let error = await #expect(throws: AgentError.self) {
                        try await agent.client.renew(fault.id)
                    }
                    guard case .refused(let refusal, 404)? = error else {
                        Issue.record("renewing what is gone: \(String(describing: error))")
                        return
                    }
                    #expect(refusal.code == .notFound)
                }
            }
        }

        @Test("its time is over: gone from status, kernel and answers", arguments: Road.all)
        func end(_ road: Road) async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query, road))
                try await AgentUnderTest.serving { agent in
                    let clock = ContinuousClock()
                    let fault = try await agent.arm(
                        "empty", names: "plain.example.test", for: .milliseconds(500))
                    let armed = clock.now
                    #expect(try await RawDNS.answer(Self.query, road)?.answers == [])
                    let isReal = try await eventually(within: .seconds(3)) {
                        try await RawDNS.ask(Self.query, road) == before
                    }
                    #expect(isReal)
                    #expect(clock.now - armed > .milliseconds(400))
                    #expect(clock.now - armed < .milliseconds(900))
                    let isOver = try await eventually {
                        try await agent.client.faults().isEmpty
                    }
                    #expect(isOver)
                    let last = try agent.events().last { $0.fault == fault.id }
                    #expect(last?.event == .end)
                    #expect(try await agent.client.status().prefilter == .idle)
                }
            }
        }

        @Test("halt lifts everything and refuses new faults until resume")
        func halt() async throws {
            try await NSD.serving {
                let before = try #require(try await RawDNS.ask(Self.query))
                try await AgentUnderTest.serving { agent in
                    _ = try await agent.arm("empty", names: "plain.example.test")
                    _ = try await agent.arm("servfail", names: "other.example.test")
                    let halted = try await agent.client.halt()
                    #expect(halted.halted)
                    #expect(halted.faults == [])
                    #expect(try await RawDNS.ask(Self.query) == before)
                    let error = await #expect(throws: AgentError.self) {
                        try await agent.arm("empty", names: "plain.example.test")
                    }
                    guard case .refused(let refusal, 403)? = error else {
                        Issue.record("armed while halted: \(String(describing: error))")
                        return
                    }
                    #expect(refusal.code == .halted)
                    #expect(try await RawDNS.ask(Self.query) == before)
                    #expect(try await agent.client.resume().halted == false)
                    _ = try await agent.arm("empty", names: "plain.example.test")
                    #expect(try await RawDNS.answer(Self.query)?.answers == [])
                    let kinds = try agent.events().map(\.event)
                    #expect(
                        kinds == [
                            .start, .arm, .arm, .halt, .lift, .lift, .refuse, .resume, .arm,
                        ])
                }
            }
        }
    }
}
