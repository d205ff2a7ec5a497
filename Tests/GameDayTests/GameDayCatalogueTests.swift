import Foundation
import ProbeKinds
import Subprocess
import Testing

@testable import GameDay

/// The game days that come with the program, as files; Tests/KernelTests/GameDays runs them.
@Suite struct GameDayCatalogueTests {
    static let names = GameDayCatalogue.all.map(\.name)

    private static func gameDay(_ name: String, set: [String: String] = [:]) throws -> GameDay {
        let text = try #require(GameDayCatalogue.text(named: name))
        return try Reading.gameDay(text, set: set, kinds: ProbeCatalogue.all)
    }

    @Test func areThoseThatAreNamed() {
        #expect(
            Self.names == [
                "dynamodb-empty", "imds-out", "incident-2025-10-20", "nervous-nlb",
                "nervous-targets", "network-backlog", "new-connections-only", "no-new-launches",
                "no-sts", "orchestrator-down", "resolver-brownout", "silent-dependency",
                "slow-dependency", "thundering-herd", "ttl-review", "us-east-1-out",
            ])
    }

    @Test(arguments: names)
    func load(_ name: String) throws {
        let day = try Self.gameDay(name)
        #expect(try Plan(day).warnings == [])
        // It teaches something, and says where to read on and who does what.
        #expect(day.about?.count ?? 0 > 200)
        #expect(day.runbook?.hasPrefix("https://") == true)
        #expect(day.roles.map(\.name).contains("commander"))
        #expect(!day.phases.flatMap(\.arm).isEmpty)
        #expect(day.phases.contains { !$0.expect.isEmpty || !$0.until.isEmpty })
        // An expectation of an outage that no phase ends would be one of the recovery's.
        #expect(day.phases.last?.arm.isEmpty == true)
    }

    /// On a host nothing of the lab is left once its variables are set.
    @Test(arguments: names)
    func runOnAHost(_ name: String) throws {
        let lab = ["127.0.0.1", "10.1.", "orders-nlb"]
        let variables = try Self.gameDay(name).variables
        // Each with a default, or `gameday run` would ask for it first; those above give the rest.
        let set = Dictionary(
            uniqueKeysWithValues: variables.compactMap { variable -> (String, String)? in
                guard lab.contains(where: { variable.value.contains($0) }) else { return nil }
                let isURL = variable.value.hasPrefix("http")
                return (variable.name, (isURL ? "http://" : "") + "host.example")
            })
        #expect(!set.isEmpty)
        let targets = try Self.gameDay(name, set: set).probes.map(\.probe.target)
        for target in targets {
            #expect(!lab.contains { target.contains($0) }, "\(target)")
        }
        // The environment wins over a default: names that shells and WSL set would be set by nobody.
        let taken = ["NAME", "HOST", "HOSTNAME", "PATH", "USER", "HOME", "SHELL", "LANG", "TERM"]
        #expect(!variables.contains { taken.contains($0.name) })
    }

    /// `23:48 the record is empty` begins at 23:48, and so on to the all clear.
    @Test func theIncidentKeepsItsTimes() throws {
        let plan = try Plan(Self.gameDay("incident-2025-10-20"))
        let phases = plan.phases.dropFirst().dropLast()
        let first = try #require(phases.first)
        #expect(phases.count == 12)
        for phase in phases {
            let minutes = phase.name.prefix(5).split(separator: ":").compactMap { Int($0) }
            try #require(minutes.count == 2, "\(phase.name)")
            let clock = (minutes[0] * 60 + minutes[1] - (23 * 60 + 48) + 1440) % 1440
            #expect(phase.begins - first.begins == .seconds(clock * 60), "\(phase.name)")
        }
        // From 23:48 to 14:20.
        let end = try #require(plan.phases.last).begins
        #expect(end - first.begins == .seconds((14 * 60 + 32) * 60))
        let fast = try Plan(Self.gameDay("incident-2025-10-20"), speed: 60)
        #expect(fast.length < .seconds(16 * 60) && fast.warnings == [])
    }

    /// As written, before any variable has a value.
    @Test func fitTheSchemaAsAnotherProgramReadsIt() async throws {
        let schema = try String(
            contentsOf: GameDaySchemaTests.repository.appending(
                path: "Schemas/gameday.schema.json"), encoding: .utf8)
        let documents = try GameDayCatalogue.all.map { day in
            try Reading.json(day.text, name: day.name)
        }
        let program = """
            import json, sys, jsonschema
            schema, *documents = [json.loads(line) for line in sys.stdin]
            validator = jsonschema.Draft202012Validator(schema)
            for each in documents:
                for error in validator.iter_errors(each):
                    print(each["title"], list(error.path), error.message)
            """
        let lines = try ([schema] + documents).map { text in
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return String(
                decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
        let result = try await run(
            .name("python3"), arguments: ["-c", program],
            input: .string(lines.joined(separator: "\n")),
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        try #require(
            result.terminationStatus.isSuccess,
            "python3 with jsonschema is needed: \(result.standardError)")
        #expect(result.standardOutput == "")
    }
}
