import Control
import Foundation
import Spec
import Testing

@testable import GameDay

/// What happens when, at a speed.
@Suite struct PlanTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden/gamedays")

    static func plan(_ name: String, speed: Double = 1) throws -> Plan {
        let text = try String(
            contentsOf: folder.appending(path: "\(name).yaml"), encoding: .utf8)
        return try Plan(Reading.gameDay(text), speed: speed)
    }

    // MARK: - Goldens

    /// To record new ones: `BROWNOUT_RECORD=1 swift test --filter PlanTests`, which fails.
    @Test(arguments: [("small", 1.0), ("region", 1), ("region", 60)])
    func isAsRecorded(_ name: String, _ speed: Double) throws {
        let plan = try Self.plan(name, speed: speed)
        let json = try ControlJSON.text(plan.document, pretty: true) + "\n"
        for (text, ending) in [(plan.text, "txt"), (json, "json")] {
            let file = Self.folder.appending(path: "\(name)-\(speed.words)x.\(ending)")
            if ProcessInfo.processInfo.environment["BROWNOUT_RECORD"] != nil {
                try text.write(to: file, atomically: true, encoding: .utf8)
                Issue.record(
                    "recorded \(file.lastPathComponent); run again without BROWNOUT_RECORD")
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
        }
        #expect(try ControlJSON.decode(PlanDocument.self, from: json.utf8) == plan.document)
    }

    // MARK: - Times

    @Test func phasesFollowEachOther() throws {
        let plan = try Self.plan("region")
        #expect(plan.phases.map(\.part).first == .baseline && plan.phases.last?.part == .recovery)
        #expect(
            plan.phases.map(\.name) == [
                "baseline", "names-empty", "flapping", "by-hand", "back", "recovery",
            ])
        // By hand: two minutes for the command, fifteen for the person.
        #expect(
            plan.phases.map { $0.begins.spec }
                == ["0s", "5m", "185m", "245m", "262m", "322m"].map {
                    try? Duration(parsing: $0).spec
                })
        #expect(plan.length == .seconds(352 * 60))
        #expect(plan.isOpen)
        #expect(
            plan.phases.last?.until.map(\.expectation.over) == [
                .seconds(300), .seconds(300), .seconds(300),
            ])
        #expect(plan.phases.first?.expect.map(\.words) == plan.phases.last?.until.map(\.words))
    }

    @Test func speedDividesWhatItShould() throws {
        let plan = try Self.plan("region", speed: 60)
        #expect(
            plan.phases.map(\.length) == [
                .seconds(5), .seconds(180), .seconds(60), nil, .seconds(60), .seconds(30),
            ])
        let outage = plan.phases[1].expect.map(\.expectation)
        #expect(outage.map(\.after) == [.seconds(10), .seconds(10), nil, nil])
        #expect(outage[2].within == .seconds(20))
        #expect(outage[2].forAtLeast == .seconds(30))
        #expect(plan.stop[0].expectation.over == .seconds(15))
        #expect(plan.phases[4].until[0].expectation.over == .seconds(5))
        #expect(plan.phases[5].until[0].expectation.over == .seconds(5))
        // Not divided: bounds, timeouts, intervals.
        #expect(
            plan.phases[0].expect[1].expectation
                == (try Self.plan("region").phases[0].expect[1].expectation))
        #expect(plan.phases[1].steps[1].timeout == .seconds(900))
        #expect(plan.probeInfos.map(\.everySeconds) == [1, 5])
        #expect(
            plan.phases[2].arm[0].fault.json()
                == #"{"names":"*.us-east-1.amazonaws.com","dns":[{"partial":{"keep":1,"rotate":"5s"}},{"delay":"300ms"}],"flap":{"on":"10s","off":"5s","jitter":"1s"},"after":"10s","for":"40s"}"#
        )
    }

    @Test func faultsLiveAsLongAsTheRunAndAMargin() throws {
        for speed in [1.0, 60] {
            let plan = try Self.plan("region", speed: speed)
            for (index, phase) in plan.phases.enumerated() {
                for arming in phase.arm where !arming.endsItself {
                    // Phases wait for their steps, whose timeouts no speed divides.
                    let late = plan.phases[index...].reduce(Duration.zero) { sum, phase in
                        let steps = phase.steps.reduce(Duration.zero) { $0 + $1.timeout }
                        return sum + max(.zero, steps - phase.longest)
                    }
                    #expect(
                        arming.lifetime
                            == plan.length - plan.phases[index].begins + late + Plan.margin)
                }
            }
            let own = plan.phases[2].arm[0]
            #expect(own.endsItself)
            #expect(own.lifetime == .seconds(40 * 60 / speed))
        }
    }

    /// A phase waits for its steps, and its faults must not end meanwhile.
    @Test func faultsLiveAsLongAsTheirPhasesSteps() throws {
        let yaml = """
            title: t
            probes: {a: {tiny: "http://a", every: 10ms}}
            steadyState: {a: pass}
            phases:
              - name: one
                for: 10s
                arm: dynamodb-empty
                steps: [{confirm: {text: shift, timeout: 15m}}, {run: x}]
              - {name: two, for: 20s}
            baseline: 10s
            recovery: 30s

            """
        let plan = try Plan(Reading.gameDay(yaml))
        #expect(plan.phases[2].begins == .seconds(20), "by its own word")
        let life = Duration.seconds(15 * 60 + 60 + 20 + 30)
        #expect(plan.phases[1].arm[0].lifetime == life + Plan.margin)
    }

    @Test func includedFaultsAreDividedWhereTheyAre() throws {
        let yaml = GameDayTests.small.replacing("dynamodb-empty", with: "faults/flapping.yaml")
        let plan = try Plan(Reading.gameDay(yaml), speed: 3)
        let fault = plan.phases[1].arm[0].fault
        #expect(
            fault.json()
                == #"{"names":"flap.example","dns":[{"partial":{"keep":1,"rotate":"10s"}},{"delay":"300ms"},{"empty":{"ttl":"60s"}}],"flap":{"on":"6.666666667s","off":"3.333333333s","jitter":"666.666667ms"},"after":"3.333333333s","for":"40s"}"#
        )
        #expect(fault["after"]?.location.description == "faults/flapping.yaml:4:8")
    }

    // MARK: - What is refused

    static let refused: [(Double, String, String, String)] = [
        (100, "dynamodb-empty", "faults/flapping.yaml", "no mistake"),
        (
            5_000, "for: 10s", "for: 10s",
            "g.yaml:3:18: key `a`: at speed 5000 its 2ms in `baseline` may pass without a single "
                + "result; check it more often than every 10ms, or go slower"
        ),
        (
            3_000, "pass", "pass over 9s",
            "g.yaml:3:18: key `a`: at speed 3000 its 3ms in `baseline` may pass without a single "
                + "result; check it more often than every 10ms, or go slower"
        ),
        (
            400, "pass", "pass",
            "g.yaml:3:18: key `a`: at speed 400 its 25ms in `baseline` hold only 2 results; check it "
                + "more often than every 10ms, or go slower"
        ),
        (
            4_000, "every: 10ms", "every: 1ms",
            "g.yaml:2:39: key `every`: \"1ms\" is out of range; write 10ms to 1d"
        ),
        (20_000, "pass", "pass", "--speed: 20000.0 is out of range; write 0.1 to 10000"),
        (
            2_500, "dynamodb-empty", "faults/flapping.yaml",
            "faults/flapping.yaml:3:12: key `on`: \"8ms\" is out of range; write 10ms to 366d"
        ),
        (
            1, "for: 10s", "for: 10s\n    expect: {a: pass within 20ms}",
            "g.yaml:7:17: key `a`: its 20ms in `one` hold only 2 results; check it more often than "
                + "every 10ms, or give it more time"
        ),
        (
            1, "for: 10s", "for: 10s\n    expect: {a: pass over 9ms}",
            "g.yaml:7:17: key `a`: its 9ms in `one` may pass without a single result; check it more "
                + "often than every 10ms, or give it more time"
        ),
        (
            1, "for: 10s", "for: 5ms\n    until: {a: pass}",
            "g.yaml:7:16: key `a`: its 5ms in `one` may pass without a single result; check it more "
                + "often than every 10ms, or give it more time"
        ),
    ]

    @Test(arguments: refused.indices)
    func refusesAndWarns(_ index: Int) {
        let (speed, line, by, error) = Self.refused[index]
        let yaml = """
            title: t
            probes: {a: {tiny: "http://a", every: 10ms}}
            steadyState: {a: pass}
            phases:
              - name: one
                for: 10s
                arm: dynamodb-empty
            baseline: 10s
            recovery: 2h

            """
        #expect(Reading.line(yaml.replacing(line, with: by), speed: speed) == error)
    }

    // MARK: - Headers

    @Test func headerSaysWhatIsPlanned() throws {
        let plan = try Self.plan("region", speed: 60)
        #expect(plan.phaseInfos.map(\.name) == plan.phases.map(\.name))
        #expect(plan.phaseInfos.map(\.seconds) == [5, 180, 60, nil, 60, 30])
        #expect(plan.phaseInfos[1].arm == ["region-out", "half"])
        #expect(plan.phaseInfos[1].steps[1] == "confirm (commander): Shift reads to us-west-2")
        #expect(plan.phaseInfos[1].expect[1].text == "p95 < 2x baseline after 10m")
        #expect(plan.stopWords == ["checkout: success < 20% over 15m"])
        #expect(plan.probeInfos[0].target == "GET http://127.0.0.1:8080/orders/1")
    }
}
