import Control
import FoundationEssentials
import Testing

@testable import GameDay

@Suite struct RunEventTests {
    static let events: [RunEvent] = [
        RunEvent(at: 0, .phaseBegan(.init(phase: 0))),
        RunEvent(at: 12, .result(.init(probe: "checkout", passed: true, latency: 12.5, ttfb: 8))),
        RunEvent(
            at: 1_012,
            .result(
                .init(
                    probe: "checkout", passed: false, reason: "status 503, not 200", latency: 3,
                    facts: ["status": .integer(503), "header x-mode": .string("read-only")]))),
        RunEvent(
            at: 2_000,
            .expectation(
                .init(
                    phase: 1, role: .expect, probe: "checkout", text: "success >= 99%",
                    state: .failed, measured: "50 %"))),
        RunEvent(at: 2_001, .phaseEnded(.init(phase: 0, reason: .until, seconds: 2.001))),
        RunEvent(at: 2_002, .stopped(.init(cause: .interrupted, why: "SIGINT"))),
    ]

    @Test(arguments: events)
    func comesBackAsItWas(_ event: RunEvent) throws {
        let json = try ControlJSON.encode(event)
        #expect(try ControlJSON.decode(RunEvent.self, from: json) == event)
    }

    @Test func isFlat() throws {
        let json = try ControlJSON.text(RunEvent(at: 7, .note(.init(text: "hi"))))
        #expect(json == #"{"at":7,"event":"note","text":"hi"}"#)
    }
}
