import FaultKinds
import Foundation
import ProbeKinds
import Subprocess
import Testing

@testable import GameDay

/// The schema in the repository is the code's, and takes and refuses the files that the code does.
@Suite struct GameDaySchemaTests {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// To record a new one: `BROWNOUT_RECORD=1 swift test --filter GameDaySchemaTests`, which fails.
    @Test func isThatOfTheCode() throws {
        let schema = GameDay.jsonSchema(fault: Fault.schema)
        let file = Self.repository.appending(path: "Schemas/gameday.schema.json")
        if ProcessInfo.processInfo.environment["BROWNOUT_RECORD"] != nil {
            try schema.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(file.lastPathComponent); run again without BROWNOUT_RECORD")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == schema)
    }

    /// Mistakes that a schema without looking at other places can see.
    static let seen: Set<String> = [
        "unknown key", "title", "about", "roles", "a role", "runbook", "baseline", "recovery",
        "variable's keys", "variable's default", "probe's kind", "probe without kind", "two kinds",
        "kind's key", "nothing expected", "phase's key", "phase's name", "for", "override",
        "override's key", "include's key", "inline fault's mistake", "inline fault without names",
        "inline without name", "steps", "no step", "two steps in one", "note", "run's command",
        "run's timeout", "run's code", "confirm's text", "http's headers", "http's status", "stop",
        "always",
    ]

    @Test func validatesAsAnotherProgramReadsIt() async throws {
        var files: [(name: String, yaml: String, isValid: Bool)] = [
            ("whole", GameDayErrorTests.whole, true), ("small", GameDayTests.small, true),
            ("variables", GameDayTests.variables, true),
        ]
        for name in ["small", "region"] {
            let file = PlanTests.folder.appending(path: "\(name).yaml")
            files.append((name, try String(contentsOf: file, encoding: .utf8), true))
        }
        for row in GameDayErrorTests.rows where Self.seen.contains(row.id) {
            files.append(
                (row.id, GameDayErrorTests.whole.replacing(row.line, with: row.by), false))
        }
        #expect(files.count == Self.seen.count + 5, "each of those named is there")
        let documents = try files.map { file in
            try JSONSerialization.jsonObject(
                with: Data(Reading.json(file.yaml, name: file.name).utf8))
        }
        let schema = try JSONSerialization.jsonObject(
            with: Data(GameDay.jsonSchema(fault: Fault.schema, kinds: Reading.kinds).utf8))
        let input = try JSONSerialization.data(
            withJSONObject: ["schema": schema, "documents": documents])
        let program = """
            import json, sys, jsonschema
            given = json.load(sys.stdin)
            kind = jsonschema.Draft202012Validator
            kind.check_schema(given["schema"])
            validator = kind(given["schema"])
            print(json.dumps([validator.is_valid(each) for each in given["documents"]]))
            """
        let result = try await run(
            .name("python3"), arguments: ["-c", program], input: .array([UInt8](input)),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        try #require(
            result.terminationStatus.isSuccess,
            "python3 with jsonschema is needed: \(result.standardError)")
        let verdicts = try JSONDecoder().decode(
            [Bool].self, from: Data(result.standardOutput.utf8))
        try #require(verdicts.count == files.count)
        for (file, verdict) in zip(files, verdicts) {
            #expect(verdict == file.isValid, "\(file.name)")
        }
    }
}
