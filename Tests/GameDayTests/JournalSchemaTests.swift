import Control
import Foundation
import GameDay
import GameDaySamples
import Subprocess
import Testing

/// Schemas/journal.schema.json has every key that journals have, and takes no other.
@Suite struct JournalSchemaTests {
    /// Reads journals from a folder; prints for each file whether it is valid as it is, whether it
    /// is where no key is allowed beyond those of the schema, and the keys that no journal had.
    static let program = """
        import copy, glob, json, os, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        kind = jsonschema.Draft202012Validator
        kind.check_schema(schema)
        def walk(node, visit, path=""):
            if isinstance(node, dict):
                visit(node, path)
                for key, value in node.items():
                    name = value.get("properties", {}).get("event", {}).get("const", "") \\
                        if isinstance(value, dict) else ""
                    walk(value, visit, path + "/" + (name or key))
            elif isinstance(node, list):
                for each in node:
                    name = each.get("properties", {}).get("event", {}).get("const", "") \\
                        if isinstance(each, dict) else ""
                    walk(each, visit, path + "/" + name)
        strict = copy.deepcopy(schema)
        walk(strict, lambda node, _: node.setdefault("additionalProperties", False)
            if "properties" in node and node.get("type") == "object" else None)
        seen = set()
        def look(node, event=""):
            if isinstance(node, dict):
                event = node.get("event", event) if isinstance(node.get("event"), str) else event
                for key, value in node.items():
                    seen.add((event, key))
                    look(value, event)
            elif isinstance(node, list):
                for each in node: look(each, event)
        rows = {}
        for path in glob.glob(sys.argv[2] + "/*.json"):
            journal = json.load(open(path))
            look(journal)
            rows[os.path.basename(path)] = [
                kind(schema).is_valid(journal), kind(strict).is_valid(journal)]
        missing = [event["properties"]["event"]["const"] + "." + key
            for event in schema["$defs"]["event"]["oneOf"] for key in event["properties"]
            if (event["properties"]["event"]["const"], key) not in seen]
        for name in ["run", "verdict"]:
            missing += [name + "." + key for key in schema["$defs"][name]["properties"]
                if ("", key) not in seen]
        print(json.dumps({"rows": rows, "missing": missing}))
        """

    struct Found: Decodable {
        var rows: [String: [Bool]]
        var missing: [String]
    }

    private func check(_ files: [String: String]) async throws -> Found {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "brownout-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(
                to: folder.appending(path: "\(name).json"), atomically: true, encoding: .utf8)
        }
        let result = try await run(
            .name("python3"),
            arguments: [
                "-c", Self.program,
                GameDaySchemaTests.repository.appending(path: "Schemas/journal.schema.json").path(),
                folder.path(),
            ], output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        try #require(
            result.terminationStatus.isSuccess,
            "python3 with jsonschema is needed: \(result.standardError)")
        return try JSONDecoder().decode(Found.self, from: Data(result.standardOutput.utf8))
    }

    @Test func everySyntheticRun() async throws {
        var files: [String: String] = [:]
        for scenario in SyntheticRun.Scenario.allCases {
            files[scenario.rawValue] = try ControlJSON.text(SyntheticRun(scenario).journal())
        }
        var poisoned = SyntheticRun(.failed)
        poisoned.poison = #"<script>"'&]]>"#
        files["poisoned"] = try ControlJSON.text(poisoned.journal())
        // What no synthetic run has: everything that an event can say.
        var whole = SyntheticRun(.held).journal()
        whole.events = RunEventTests.events + Self.full
        files["whole"] = try ControlJSON.text(whole)
        // As the runner writes it, without a verdict and with one.
        try withScratch { folder in
            let file = try JournalFile(
                path: "\(folder)/journal.json", header: SyntheticRun(.held).journal().run)
            file.append(RunEventTests.events)
            files["unfinished"] = try String(contentsOfFile: file.path, encoding: .utf8)
        }
        let found = try await check(files)
        #expect(found.rows.count == files.count)
        for (name, valid) in found.rows { #expect(valid == [true, true], "\(name)") }
        #expect(found.missing == [])
    }

    private static let full: [RunEvent] = [
        RunEvent(
            at: 1,
            .armed(
                .init(
                    id: "f1", name: "half", phase: 1, names: ["a.example.com"], effects: ["empty"],
                    seed: .max, dryRun: true, spec: .object(["dns": .string("empty")])))),
        RunEvent(at: 2, .counts(.init(id: "f1", counts: FaultCounts(seen: 3, matched: 2)))),
        RunEvent(at: 3, .lifted(.init(id: "f1", why: "the run is over", counts: FaultCounts()))),
        RunEvent(at: 3, .lifted(.init(id: "f2", why: "the agent is gone", counts: nil))),
        RunEvent(
            at: 4,
            .expectation(
                .init(
                    phase: 1, role: .until, probe: "a", text: "pass", state: .noSamples,
                    measured: "nothing", after: 1.5))),
        RunEvent(
            at: 5, .stepBegan(.init(step: 1, phase: 1, kind: "confirm", text: "t", role: "r"))),
        RunEvent(at: 6, .stepBegan(.init(step: 2, phase: nil, kind: "run", text: "true"))),
        RunEvent(
            at: 7,
            .stepEnded(.init(step: 1, passed: true, seconds: 2, detail: "exit 0", who: "alice"))),
        RunEvent(at: 8, .note(.init(text: "n"))),
        RunEvent(at: 9, .stopped(.init(cause: .agent, why: "gone"))),
    ]

    /// What a reader must not take for a journal, or not overlook.
    @Test func refusesWhatIsNone() async throws {
        let good = try ControlJSON.text(SyntheticRun(.held).journal())
        let changes = [
            ("version", #""version":1"#, #""version":2"#),
            ("event", #""event":"phase-began""#, #""event":"phase-begun""#),
            ("state", #""state":"passed""#, #""state":"green""#),
            ("outcome", #""outcome":"held""#, #""outcome":"fine""#),
            ("latency", #""latency":"#, #""latencies":"#),
            ("header", #""startedAt":"#, #""begun":"#),
        ]
        var files = ["good": good]
        for (name, old, new) in changes {
            let bad = good.replacing(old, with: new)
            #expect(bad != good, "\(name) is changed")
            files[name] = bad
        }
        // Readers ignore what they do not know.
        files["newer"] = good.replacing(
            #""version":1"#, with: #""version":1,"colour":"blue""#)
        let found = try await check(files)
        for (name, valid) in found.rows {
            switch name {
            case "good.json": #expect(valid == [true, true])
            case "newer.json": #expect(valid == [true, false])
            default: #expect(valid == [false, false], "\(name)")
            }
        }
        #expect(found.rows.count == files.count)
    }
}
