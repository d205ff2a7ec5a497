import Control
import GameDay
import GameDaySamples
import Testing

@Suite struct RunStoryTests {
    static func header(_ probes: [String] = ["p"]) -> RunHeader {
        RunHeader(
            id: "r", startedAt: Timestamp(milliseconds: 0), brownout: "0", agent: nil, host: "h",
            title: "t", about: nil, runbook: nil, roles: [:], file: "f", text: "", variables: [:],
            speed: 1, dryRun: false, lab: false,
            probes: probes.map {
                .init(name: $0, kind: "http", target: "", everySeconds: 1, timeoutSeconds: 1)
            },
            phases: [
                .init(name: "baseline", seconds: 10),
                .init(
                    name: "outage", seconds: 10, until: ["p: pass"],
                    expect: [.init(probe: "p", text: "success >= 99%")]),
                .init(name: "recovery", seconds: 10),
            ], stop: ["p: success < 1%"])
    }

    /// `.` passed, `x` failed, `A` a fault is armed, `L` it is lifted; one second each. The phases last 10 s;
    /// the recovery's end is told last.
    static func story(_ checks: String, recovers: Bool = true) -> RunStory {
        var story = RunStory(header(), keeping: .latencies)
        var at: Int64 = 0
        var faults = 0
        story.apply(RunEvent(at: 0, .phaseBegan(.init(phase: 0))))
        for character in checks {
            switch character {
            case "A":
                faults += 1
                story.apply(
                    RunEvent(
                        at: at,
                        .armed(
                            .init(
                                id: "f\(faults)", name: "f", phase: 1, names: [], effects: [],
                                seed: 1,
                                dryRun: false, spec: .null))))
            case "L":
                story.apply(
                    RunEvent(at: at, .lifted(.init(id: "f\(faults)", why: "w", counts: nil))))
            default:
                let passed = character == "."
                story.apply(
                    RunEvent(at: at, .result(.init(probe: "p", passed: passed, latency: 5))))
                at += 1000
            }
        }
        story.apply(RunEvent(at: at, .phaseBegan(.init(phase: 2))))
        story.apply(
            RunEvent(
                at: at + 1,
                .phaseEnded(.init(phase: 2, reason: recovers ? .until : .stopped, seconds: 0))))
        return story
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var checks: String
        var degrade: Double?
        var rto: Double?
        var afterLift: Double?
        var before = false
        var recovers = true
        var testDescription: String { checks }
    }

    @Test func isUndefinedWithoutAFault() {
        // No fault: no time to degrade, whatever fails.
        let story = Self.story("..xx..")
        let values = story.measurements(of: story.probes[0])
        #expect(values.timeToDegrade == nil && values.recoveryTime == nil)
        #expect(values.recoveryAfterLift == nil && !values.wasBackBeforeLift)
    }

    @Test(arguments: [
        Case(checks: "..A....L.."),
        Case(checks: "..A.xxL..", degrade: 1, rto: 2, afterLift: 0),
        Case(checks: "..AxxLx..", degrade: 0, rto: 3, afterLift: 1),
        // Back, and gone again: only the streak to the end counts.
        Case(checks: "..Axx..xL..", degrade: 0, rto: 5, afterLift: 0),
        Case(checks: "..Ax..L..", degrade: 0, rto: 1, before: true),
        // Never back.
        Case(checks: "..A.xxLxx", degrade: 1),
        // The recovery was not watched to its end.
        Case(checks: "..A.xxL..", degrade: 1, recovers: false),
        // Failures before the first fault are not its doing.
        Case(checks: ".xAx.L..", degrade: 0, rto: 1, before: true),
        Case(checks: ".xA..L.."),
        // The last of two lifts, the first of two faults.
        Case(checks: ".A.xLA.xxL..", degrade: 1, rto: 4, afterLift: 0),
        // Still armed at the end: nothing was lifted last.
        Case(checks: ".A.x..", degrade: 1, rto: 1),
    ])
    func measured(_ wanted: Case) {
        let story = Self.story(wanted.checks, recovers: wanted.recovers)
        let values = story.measurements(of: story.probes[0])
        #expect(values.timeToDegrade == wanted.degrade)
        #expect(values.recoveryTime == wanted.rto)
        #expect(values.recoveryAfterLift == wanted.afterLift)
        #expect(values.wasBackBeforeLift == wanted.before)
    }

    /// What begins after the recovery's end changes nothing, though it comes before the verdict.
    @Test func theEndOfTheRecoveryIsTheEnd() {
        var story = Self.story(".AxL..")
        let before = story.measurements(of: story.probes[0])
        story.apply(
            RunEvent(at: 90_000, .result(.init(probe: "p", passed: false, latency: 5))))
        #expect(story.measurements(of: story.probes[0]) == before)
        #expect(before.recoveryTime == 1)
    }

    @Test func aResultBelongsToThePhaseInWhichItsCheckBegan() {
        var story = RunStory(Self.header(), keeping: .latencies)
        func tell(_ at: Int64, _ kind: RunEvent.Kind) { story.apply(RunEvent(at: at, kind)) }
        func result(_ at: Int64) {
            tell(at, .result(.init(probe: "p", passed: true, latency: 900)))
        }
        tell(0, .phaseBegan(.init(phase: 0)))
        result(0)
        tell(1000, .phaseEnded(.init(phase: 0, reason: .time, seconds: 1)))
        tell(1000, .phaseBegan(.init(phase: 1)))
        // Began in the baseline, ended in the outage.
        result(999)
        result(1000)
        tell(2000, .phaseEnded(.init(phase: 1, reason: .time, seconds: 1)))
        // Between two phases.
        result(2500)
        tell(3000, .phaseBegan(.init(phase: 2)))
        result(2999)
        result(3000)
        #expect(story.probes[0].phases.map(\.checks) == [2, 1, 1])
        #expect(story.probes[0].checks == 6)
    }

    @Test func expectationsKeepTheirLatestState() {
        var story = RunStory(Self.header())
        #expect(story.expectations.map(\.state) == [.pending, .pending])
        #expect(story.expectations.map(\.role) == [.expect, .until])
        #expect(story.expectations[1].probe == "p" && story.expectations[1].text == "pass")
        for state in [RunEvent.Expectation.State.failing, .holding, .passed] {
            story.apply(
                RunEvent(
                    at: 1,
                    .expectation(
                        .init(
                            phase: 1, role: .expect, probe: "p", text: "success >= 99%",
                            state: state, measured: "100 %"))))
        }
        #expect(story.expectations.map(\.state) == [.passed, .pending])
        #expect(story.expectations[0].measured == "100 %")
        #expect(story.judgements == [.passed: 1, .notJudged: 1])
        // A stop condition is no expectation, in whichever phase it is told.
        story.apply(
            RunEvent(
                at: 1,
                .expectation(
                    .init(
                        phase: 2, role: .stop, probe: "p", text: "success < 1%", state: .holding))))
        #expect(story.expectations.count == 2 && story.stops.count == 1)
        #expect(story.stops[0].state == .holding)
    }

    @Test func keepsOnlyTheLast() {
        var story = RunStory(Self.header(), keeping: .last(10))
        for at in 0..<1000 {
            story.apply(
                RunEvent(
                    at: Int64(at),
                    .result(
                        .init(probe: "p", passed: false, reason: "r\(at)", latency: 1))))
        }
        let probe = story.probes[0]
        #expect((10..<20).contains(probe.recent.count))
        #expect(probe.recent.last?.at == 999 && probe.checks == 1000 && probe.failing == 1000)
        #expect(probe.reasons.count <= 201)
        #expect(probe.reasons.values.reduce(0, +) == 1000)
        #expect(probe.phases.allSatisfy { $0.latencies.isEmpty })
    }

    @Test(
        arguments: [
            ([], nil, nil), ([7], 7, 7), ([1, 2], 1, 2),
            (Array(stride(from: 1.0, through: 100, by: 1)), 50, 95),
            (Array(stride(from: 1.0, through: 101, by: 1)), 51, 96),
        ] as [([Double], Double?, Double?)])
    func percentiles(values: [Double], p50: Double?, p95: Double?) {
        let summary = LatencySummary(values.shuffled())
        #expect(summary?.p50 == p50 && summary?.p95 == p95 && summary?.max == values.last)
    }

    /// Events of phases, faults and steps that do not exist trap nothing.
    @Test func survivesNonsense() {
        var story = RunStory(Self.header())
        for index in [-1, 7, Int.max] {
            story.apply(RunEvent(at: -5, .phaseBegan(.init(phase: index))))
            story.apply(
                RunEvent(at: 1, .phaseEnded(.init(phase: index, reason: .time, seconds: 1))))
            story.apply(RunEvent(at: 1, .stepEnded(.init(step: index, passed: true, seconds: 1))))
            story.apply(
                RunEvent(
                    at: 1,
                    .expectation(
                        .init(phase: index, role: .expect, probe: "q", text: "x", state: .failed))))
            story.apply(
                RunEvent(at: 1, .stepBegan(.init(step: index, phase: index, kind: "?", text: ""))))
        }
        story.apply(RunEvent(at: .max, .lifted(.init(id: "no", why: "", counts: nil))))
        story.apply(
            RunEvent(
                at: .min, .result(.init(probe: "unknown", passed: false, latency: -.infinity))))
        #expect(story.probes.map(\.info.name) == ["p", "unknown"])
        #expect(!JUnitReport(story).text.isEmpty && !MarkdownReport(story).text.isEmpty)
    }
}
