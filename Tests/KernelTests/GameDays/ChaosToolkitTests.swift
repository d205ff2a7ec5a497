import Foundation
import Testing

extension KernelTests {
    /// The experiments of Gamedays/chaostoolkit in the lab, with the real `chaos` command.
    @Suite("Chaos Toolkit") struct ChaosToolkitTests {
        private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        private static let experiments = repository.appending(path: "Gamedays/chaostoolkit")
        /// What Scripts/chaostoolkit.sh makes.
        private static let chaos = repository.appending(path: ".build/chaostoolkit/bin").path()
        private static let programs = AgentUnderTest.products.path()

        /// What is left of a run: its exit code, what Chaos Toolkit says of it, and what `brownout
        /// status` says afterwards (3: no agent, nothing is armed).
        private struct Outcome: Equatable {
            var code: Int32
            var status: String?
            var deviated: Bool?
            var rollbacks: [String] = []
            var armed: Int32
        }

        private struct Journal: Decodable {
            struct Activity: Decodable {
                var status: String
            }
            var status: String
            var deviated: Bool
            var rollbacks: [Activity]
        }

        /// Runs an experiment in a lab of its own; `interrupt` is for the shell, where it runs as `$pid`.
        private func run(
            _ name: String, careless: String? = nil, environment: [String: String] = [:],
            interrupt: String = ":"
        ) async throws -> (outcome: Outcome, text: String) {
            guard FileManager.default.isExecutableFile(atPath: "\(Self.chaos)/chaos") else {
                throw Program.Failure(description: "no chaos: run `Scripts/chaostoolkit.sh`")
            }
            let script = """
                PATH=\(Self.programs):\(Self.chaos):$PATH
                env --default-signal=INT chaos --no-version-check run "$1" >&2 &
                pid=$!
                \(interrupt)
                wait $pid
                echo "$?"
                brownout status >&2
                echo "$?"
                cat journal.json
                """
            let habits = careless.map { ["--careless", $0] } ?? []
            let ended = try await Program.run(
                AgentUnderTest.client,
                ["lab", "run"] + habits + ["--", "sh", "-c", script, "sh"]
                    + [Self.experiments.appending(path: name).path()],
                environment: environment, within: .seconds(60))
            let lines = ended.output.split(separator: "\n", maxSplits: 2)
            let codes = lines.prefix(2).compactMap { Int32($0) }
            try #require(codes.count == 2, "\(ended.output)\n\(ended.errors)")
            var outcome = Outcome(code: codes[0], armed: codes[1])
            if lines.count > 2 {
                let journal = try JSONDecoder().decode(Journal.self, from: Data(lines[2].utf8))
                outcome.status = journal.status
                outcome.deviated = journal.deviated
                outcome.rollbacks = journal.rollbacks.map(\.status)
            }
            return (outcome, ended.errors)
        }

        @Test("its validation takes each experiment")
        func validates() async throws {
            let files = try FileManager.default.contentsOfDirectory(
                at: Self.experiments, includingPropertiesForKeys: nil)
            #expect(files.count == 2)
            for file in files {
                // A `process` must be there to be valid.
                let ended = try await Program.run(
                    "\(Self.chaos)/chaos",
                    ["--no-version-check", "validate", file.path()],
                    environment: ["PATH": "\(Self.programs):/usr/bin:/bin"])
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
            }
        }

        @Test("it completes with the careful service and deviates with each careless one")
        func judges() async throws {
            async let careful = run("dynamodb-empty.yaml")
            async let careless = run(
                "dynamodb-empty.yaml", careless: "cached-reads,read-failover")
            async let stubborn = run("dynamodb-empty.yaml", careless: "read-only")
            for (found, deviated) in [
                (try await careful, false), (try await careless, true), (try await stubborn, true),
            ] {
                #expect(
                    found.outcome
                        == Outcome(
                            code: deviated ? 1 : 0, status: "completed", deviated: deviated,
                            rollbacks: ["succeeded"], armed: 3), "\(found.text)")
            }
            #expect(try await careless.text.contains("'an order is read' is not in the given"))
            #expect(try await stubborn.text.contains("'a write is taken, or refused as read-only'"))
        }

        @Test("through the API, and a fault that does not act is found out")
        func throughTheAPI() async throws {
            async let careful = run("through-the-api.yaml")
            async let careless = run(
                "through-the-api.yaml", careless: "cached-reads,read-failover")
            async let idle = run(
                "through-the-api.yaml",
                environment: ["SLOW": #"{"names": ["nobody.asks.example.com"], "dns": "empty"}"#])
            for (found, deviated) in [
                (try await careful, false), (try await careless, true), (try await idle, true),
            ] {
                #expect(
                    found.outcome
                        == Outcome(
                            code: deviated ? 1 : 0, status: "completed", deviated: deviated,
                            rollbacks: ["succeeded"], armed: 3), "\(found.text)")
            }
            #expect(try await idle.text.contains("'no armed fault is idle' is not in the given"))
        }

        private static let untilItFires =
            "until brownout status --json 2>/dev/null | grep -q '\"fired\" *: *[1-9]'; "
            + "do sleep 0.1; done"

        @Test("everything is lifted where it is interrupted", arguments: ["INT", "TERM"])
        func interrupted(_ signal: String) async throws {
            let found = try await run(
                "dynamodb-empty.yaml", interrupt: "\(Self.untilItFires); kill -\(signal) $pid")
            #expect(found.outcome.status == "interrupted", "\(found.text)")
            #expect(found.outcome.rollbacks == ["succeeded"])
            #expect(found.outcome.code != 0 && found.outcome.armed == 3)
        }

        @Test("and where it is killed, when its time is over")
        func killed() async throws {
            let found = try await run(
                "dynamodb-empty.yaml", environment: ["AT_MOST": "4s"],
                interrupt: """
                    \(Self.untilItFires); kill -KILL $pid
                    brownout status >/dev/null || exit 9
                    while brownout status >/dev/null 2>&1; do sleep 0.1; done
                    """)
            #expect(found.outcome == Outcome(code: 137, armed: 3), "\(found.text)")
        }
    }
}
