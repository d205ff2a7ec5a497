import ProbeKinds
import Spec
import Testing

@testable import GameDay

/// What a file says is what is read.
@Suite struct GameDayTests {
    @Test func readsAllOfIt() throws {
        let day = try Reading.gameDay(GameDayErrorTests.whole)
        #expect(day.title == "A table is empty")
        #expect(day.roles.map(\.name) == ["commander", "observer"])
        #expect(day.runbook == "https://wiki.example/runbook")
        #expect(day.variables.map(\.value) == ["http://127.0.0.1:8080", "x"])
        #expect(day.probes.map(\.name) == ["checkout", "table"])
        #expect(day.probes.map(\.kind) == ["tiny", "other"])
        #expect(day.probes.map(\.probe.target).first == "GET http://127.0.0.1:8080/orders/x")
        #expect(day.probes.map(\.every) == [.seconds(1), .seconds(1)])
        #expect(day.probes.map(\.timeout) == [.milliseconds(500), .seconds(1)])
        #expect(
            day.steadyState.map(\.words) == ["checkout: success >= 99%", "checkout: p95 < 300ms"])
        #expect(day.phases.map(\.name) == ["outage", "back", "rest"])
        #expect(day.phases.map(\.length) == [.seconds(120), .seconds(60), nil])
        #expect(day.phases[0].arm.map(\.name) == ["dynamodb-empty", "slower", "mine"])
        #expect(day.phases[1].lift == ["slower"])
        #expect(day.phases[2].lift == ["dynamodb-empty", "mine"])
        #expect(
            day.phases[0].steps.map(\.words) == [
                "note: a word", "run: true", "confirm (commander): Shift reads",
                "http: POST http://127.0.0.1/",
            ])
        #expect(day.phases[0].steps[2].timeout == .seconds(900))
        #expect(day.always.map(\.words) == ["run: true"])
        #expect(day.stop.map(\.words) == ["checkout: success < 20% over 30s"])
        #expect(day.facts(of: "checkout") == [FactName("status")])
        #expect(day.facts(of: "table") == [])
        #expect(day.node["variables"]?["SERVICE"]?.text == "http://127.0.0.1:8080")
    }

    static let small = """
        title: t
        probes: {a: {tiny: "http://a"}}
        steadyState: {a: pass}
        phases:
          - name: one
            for: 10s
            arm: dynamodb-empty

        """

    @Test func hasDefaults() throws {
        let day = try Reading.gameDay(Self.small)
        #expect(day.baseline == .seconds(10))
        #expect(day.recovery == .seconds(60))
        #expect(day.probes[0].timeout == .seconds(1))
        #expect(day.steadyState.map(\.words) == ["a: pass"])
        let slow = Self.small.replacing("\"http://a\"", with: "\"http://a\", every: 30s")
        #expect(try Reading.gameDay(slow).probes[0].timeout == .seconds(5))
        #expect(try Reading.gameDay(Self.small + "baseline: 2m\n").recovery == .seconds(240))
    }

    // MARK: - Faults

    static func uses(_ arm: String) throws(SpecError) -> [FaultUse] {
        try Reading.gameDay(small.replacing("arm: dynamodb-empty", with: "arm: \(arm)")).phases[0]
            .arm
    }

    @Test func includesByNameAndPath() throws {
        let uses = try Self.uses("[dynamodb-empty, faults/slow.yaml]")
        #expect(uses.map(\.name) == ["dynamodb-empty", "slow"])
        #expect(
            uses[1].fault.json()
                == #"{"title":"slow","names":"slow.example","dns":{"delay":"300ms"},"for":"1m"}"#)
        // Its own `for` says how long it lives unless told otherwise, and a game day tells otherwise.
        #expect(uses.map(\.ownLength) == [nil, nil])
    }

    @Test func overridesReplaceKeys() throws {
        let uses = try Self.uses(
            "{include: faults/slow.yaml, as: half, with: {probability: 50%, dns: {delay: 1s}, for: 5s}}"
        )
        #expect(uses.map(\.name) == ["half"])
        #expect(
            uses[0].fault.json()
                == #"{"title":"slow","names":"slow.example","dns":{"delay":"1s"},"for":"5s","probability":"50%"}"#
        )
        #expect(uses[0].ownLength == .seconds(5))
        // What was replaced is in the game day now, the rest where it was.
        #expect(uses[0].fault["dns"]?.location.file == "g.yaml")
        #expect(uses[0].fault["names"]?.location.file == "faults/slow.yaml")
    }

    @Test func writesFaultsInline() throws {
        let uses = try Self.uses("{as: mine, names: a.example, dns: empty, for: 3s}")
        #expect(uses[0].fault.json() == #"{"names":"a.example","dns":"empty","for":"3s"}"#)
        #expect(uses[0].ownLength == .seconds(3))
    }

    @Test func armsAgainWhatWasLifted() throws {
        let day = try Reading.gameDay(
            Self.small + "  - {name: two, for: 10s, lift: all, arm: dynamodb-empty}\n")
        #expect(day.phases[1].lift == ["dynamodb-empty"])
        #expect(day.phases[1].arm.map(\.name) == ["dynamodb-empty"])
    }

    // MARK: - Variables

    static let variables = """
        title: "${WHAT} and $${WHAT}"
        variables: {WHAT: standard, NEXT: "${WHAT}!", CODE: 204, URL: {default: "http://a"}}
        probes:
          a:
            tiny: {url: "${URL}/${WHAT}?q=${NEXT}", status: "${CODE}"}
        steadyState: {a: pass}
        phases: [{name: one, for: 10s}]

        """

    @Test(arguments: [
        ([:], [:], "standard"),
        ([:], ["WHAT": "environment"], "environment"),
        (["WHAT": "set"], ["WHAT": "environment"], "set"),
        (["WHAT": "${URL}"], [:], "${URL}"),
        (["WHAT": ""], ["OTHER": "x"], ""),
    ])
    func precedence(
        _ row: (set: [String: String], environment: [String: String], value: String)
    ) throws {
        let day = try Reading.gameDay(
            Self.variables, set: row.set, environment: row.environment)
        #expect(day.title == "\(row.value) and ${WHAT}")
        #expect(day.probes[0].probe.target == "GET http://a/\(row.value)?q=\(row.value)!")
        #expect((day.probes[0].probe as? TinyProbe)?.status == 204)
        #expect(day.variables.map(\.name) == ["WHAT", "NEXT", "CODE", "URL"])
    }

    @Test func mistakesInValuesOfVariablesAreWhereTheyStand() {
        #expect(
            Reading.line(Self.variables, set: ["CODE": "many"])
                == "g.yaml:5:53: key `status`: \"many\" is not a whole number; write a whole number "
                + "from 100 to 599")
        let yaml = Self.variables.replacing("{a: pass}", with: "{a: \"success >= ${CODE}\"}")
        // The column is that of the text: where 204 stands, nothing is written.
        #expect(
            Reading.line(yaml)
                == "g.yaml:6:18: key `a`: \"204\" is not a percentage; write 204% for that many in a "
                + "hundred")
    }
}

/// The probes that come with the program, read from game days.
@Suite struct GameDayProbesTests {
    @Test func readsTheCataloguesKinds() throws {
        let yaml = GameDayTests.small
            .replacing("tiny: \"http://a\"", with: "http: {url: \"http://a\", status: [200, 3xx]}")
            .replacing("{a: pass}", with: "{a: [pass, status < 400, 'header X-Mode != read-only']}")
        let day = try Reading.gameDay(yaml, kinds: ProbeCatalogue.all)
        #expect(day.probes[0].kind == "http")
        #expect(day.facts(of: "a") == [FactName("status"), FactName("header", "x-mode")])
        #expect(throws: SpecError.self) {
            try Reading.gameDay(
                yaml.replacing("status: [", with: "staus: ["), kinds: ProbeCatalogue.all)
        }
    }
}
