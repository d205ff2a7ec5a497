import Control
import FoundationEssentials
import ProbeKinds
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

    /// What is recorded does not grow with what an endpoint says; what is judged is all of it.
    @Test func longFactsAreCut() throws {
        let long = String(repeating: "a", count: 50_000) + " end"
        let name = FactName("output")
        let seen = Observation(passed: true, latency: .zero, facts: [name: .text(long)])
        let recorded = RunEvent.Result("p", seen)
        #expect(recorded.facts == ["output": .string(String(repeating: "a", count: 1024))])
        for (text, state) in [
            ("output contains end", RunEvent.Expectation.State.passed),
            ("output contains nowhere", .failed),
        ] {
            var judge = Judge(
                try Promise(parsing: text, facts: TinyProbe.facts, kind: "tiny"))
            judge.add(Sample(seen, began: .zero))
            let verdict = judge.verdict(at: .seconds(1))
            #expect(verdict.state == state, "\(text)")
            #expect(verdict.measured?.utf8.count ?? 0 < 100)
        }
    }

    @Test func isFlat() throws {
        let json = try ControlJSON.text(RunEvent(at: 7, .note(.init(text: "hi"))))
        #expect(json == #"{"at":7,"event":"note","text":"hi"}"#)
    }
}
