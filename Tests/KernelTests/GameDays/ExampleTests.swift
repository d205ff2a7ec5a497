import Foundation
import Testing

extension KernelTests {
    /// Packaging/examples: what people copy into their own systems.
    @Suite("examples") struct ExampleTests {
        private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

        private func text(_ path: String) throws -> String {
            try String(contentsOf: Self.repository.appending(path: path), encoding: .utf8)
        }

        /// What systemd has to say of the units, as instances for `dynamodb-empty`.
        private func verify(_ change: (String) -> String = { $0 }) async throws -> Program.Ended {
            try await Place.prepare()
            let folder = try await Place.scratch()
            var units: [String] = []
            for unit in ["service", "timer"] {
                let path = folder.appending(path: "gameday@.\(unit)")
                // The program is where it was built rather than where it is installed.
                let lines = try text("Packaging/examples/gameday@.\(unit)")
                    .replacing("/usr/local/bin/brownout", with: AgentUnderTest.client)
                try Data(change(lines).utf8).write(to: path)
                units.append(folder.appending(path: "gameday@dynamodb-empty.\(unit)").path())
            }
            let agent = try text("Packaging/systemd/brownoutd.service")
                .replacing("/usr/sbin/brownoutd", with: AgentUnderTest.path)
            try Data(agent.utf8).write(to: folder.appending(path: "brownoutd.service"))
            return try await Program.run(
                "systemd-analyze", ["verify"] + units,
                environment: ["SYSTEMD_UNIT_PATH": "\(folder.path()):"])
        }

        @Test("systemd takes the service and its timer, and would say of a mistake")
        func units() async throws {
            let found = try await verify()
            #expect(found.status == 0 && !found.errors.contains("gameday@"), "\(found.errors)")
            let wrong = try await verify { $0.replacing("OnCalendar=Tue", with: "OnCalendar=Tun") }
            #expect(wrong.errors.contains("gameday@"))
            let unknown = try await verify { $0.replacing("KillSignal=", with: "KilSignal=") }
            #expect(unknown.errors.contains("KilSignal"))
        }

        /// The shell lines of the workflow, in order; an `if: always()` is not looked at.
        private static let lines = """
            import json, sys, yaml
            job = yaml.safe_load(open(sys.argv[1]))["jobs"]["dynamodb-empty"]
            print(json.dumps([step["run"] for step in job["steps"] if "run" in step]))
            """

        @Test("the workflow's shell lines do what they say, in the lab")
        func workflow() async throws {
            try await Place.prepare()
            let place = try await Place.scratch()
            // With the Python that has YAML: that of Chaos Toolkit.
            let read = try await Program.run(
                Self.repository.appending(path: ".build/chaostoolkit/bin/python3").path(),
                [
                    "-I", "-c", Self.lines,
                    Self.repository.appending(path: "Packaging/examples/github-workflow.yaml")
                        .path(),
                ])
            let lines = try JSONDecoder().decode([String].self, from: Data(read.output.utf8))
            #expect(lines.count == 4)
            // What the runner has, or the project whose workflow it is.
            for (name, script) in [
                ("sudo", "exec \"$@\""), ("start-service", "curl -fsS \"$SERVICE/healthz\""),
            ] {
                let path = place.appending(path: name).path()
                try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
                try await Program.check("chmod", "755", path)
            }
            // From there, for the lab leaves the folder in sight that one is in.
            let ended = try await Program.run(
                "sh",
                [
                    "-c", "cd \(place.path()) && exec brownout lab run -- sh -ec \"$1\"", "sh",
                    lines.joined(separator: "\n"),
                ],
                environment: [
                    "PATH":
                        "\(place.path()):\(AgentUnderTest.products.path()):/usr/bin:/bin:/usr/sbin",
                    "SERVICE": "http://127.0.0.1:8080",
                    "GITHUB_STEP_SUMMARY": place.appending(path: "summary.md").path(),
                ], within: .seconds(90))
            #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
            #expect(ended.output.contains("HELD  all"))
            let summary = try String(
                contentsOf: place.appending(path: "summary.md"), encoding: .utf8)
            #expect(summary.contains("DynamoDB resolves to nothing"))
        }
    }
}
