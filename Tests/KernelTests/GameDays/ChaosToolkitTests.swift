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

        /// What is left of a run.
        private struct Outcome: Equatable {
            /// The exit code of `chaos`.
            var code: Int32
            /// What it says of the run and of each rollback.
            var status: String?
            var deviated: Bool?
            var rollbacks: [String] = ["succeeded"]
            /// How many addresses `dig` finds of the table's name once the fault fires.
            var during = 0
            /// And once all is over.
            var after = 3
            /// What `brownout status` exits with then: 3 is no agent, so nothing is armed.
            var armed: Int32 = 3
        }

        private struct Journal: Decodable {
            struct Activity: Decodable {
                var status: String
            }
            // Of these a program that was killed leaves some out.
            var status: String?
            var deviated: Bool?
            var rollbacks: [Activity]?
        }

        private static let script = """
            PATH=\(programs):\(chaos):$PATH
            addresses() {
                dig +short dynamodb.us-east-1.amazonaws.com A | grep -c '^[0-9]'
            }
            env --default-signal=INT chaos --no-version-check run "$1" >&2 &
            pid=$!
            while kill -0 $pid && ! brownout status --json | grep -q '"fired" *: *[1-9]'
            do sleep 0.1; done 2>/dev/null
            addresses
            eval "$2"
            wait $pid
            echo "$?"
            addresses
            brownout status >&2
            echo "$?"
            cat journal.json
            """

        /// Runs an experiment in a lab of its own; `then` is for the shell once the fault fires, where
        /// `chaos` is `$pid`.
        private func run(
            _ name: String, careless: String? = nil, environment: [String: String] = [:],
            then: String = ":"
        ) async throws -> (outcome: Outcome, text: String) {
            guard FileManager.default.isExecutableFile(atPath: "\(Self.chaos)/chaos") else {
                throw Program.Failure(description: "no chaos: run `Scripts/chaostoolkit.sh`")
            }
            let habits = careless.map { ["--careless", $0] } ?? []
            let ended = try await Program.run(
                AgentUnderTest.client,
                ["lab", "run"] + habits + ["--", "sh", "-c", Self.script, "sh"]
                    + [Self.experiments.appending(path: name).path(), then],
                environment: environment, within: .seconds(90))
            let lines = ended.output.split(separator: "\n", maxSplits: 4)
            let numbers = lines.prefix(4).compactMap { Int($0) }
            try #require(numbers.count == 4, "\(ended.output)\n\(ended.errors)")
            var outcome = Outcome(
                code: Int32(numbers[1]), rollbacks: [], during: numbers[0], after: numbers[2],
                armed: Int32(numbers[3]))
            if lines.count > 4 {
                let journal = try JSONDecoder().decode(Journal.self, from: Data(lines[4].utf8))
                outcome.status = journal.status
                outcome.deviated = journal.deviated
                outcome.rollbacks = (journal.rollbacks ?? []).map(\.status)
            }
            return (outcome, ended.errors)
        }

        @Test("its validation takes each experiment")
        func validates() async throws {
            try await Place.prepare()
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

        private static let held = Outcome(code: 0, status: "completed", deviated: false)
        private static let deviated = Outcome(code: 1, status: "completed", deviated: true)

        @Test("it completes with the careful service and deviates with each careless one")
        func judges() async throws {
            try await Place.prepare()
            async let careful = run("dynamodb-empty.yaml")
            async let careless = run(
                "dynamodb-empty.yaml", careless: "cached-reads,read-failover")
            async let stubborn = run("dynamodb-empty.yaml", careless: "read-only")
            let found = try await (careful, careless, stubborn)
            #expect(found.0.outcome == Self.held, "\(found.0.text)")
            #expect(found.1.outcome == Self.deviated, "\(found.1.text)")
            #expect(found.1.text.contains("'an order is read' is not in the given"))
            #expect(found.2.outcome == Self.deviated, "\(found.2.text)")
            #expect(found.2.text.contains("'a write is taken, or refused as read-only'"))
        }

        @Test("through the API")
        func throughTheAPI() async throws {
            try await Place.prepare()
            async let careful = run("through-the-api.yaml")
            async let careless = run(
                "through-the-api.yaml", careless: "cached-reads,read-failover")
            let found = try await (careful, careless)
            #expect(found.0.outcome == Self.held, "\(found.0.text)")
            #expect(found.1.outcome == Self.deviated, "\(found.1.text)")
            #expect(found.1.text.contains("'an order is read' is not in the given"))
        }

        /// To Chaos Toolkit an action whose command fails has succeeded.
        @Test("a fault that does not act, or is not armed at all, is found out")
        func findsOut() async throws {
            try await Place.prepare()
            async let idle = run(
                "through-the-api.yaml",
                environment: ["SLOW": #"{"names": ["nobody.asks.example.com"], "dns": "empty"}"#])
            async let refused = run(
                "through-the-api.yaml", environment: ["SLOW": #"{"names": ["*"], "dns": "empty"}"#])
            async let unknown = run("dynamodb-empty.yaml", environment: ["FAULT": "no-such-fault"])
            async let unwell = run(
                "dynamodb-empty.yaml", environment: ["SERVICE": "http://127.0.0.1:9"])
            let both = "'both faults are armed, and have fired' is not in the given"
            for found in [try await idle, try await refused] {
                #expect(found.outcome == Self.deviated, "\(found.text)")
                #expect(found.text.contains(both))
            }
            var unharmed = Self.deviated
            unharmed.during = 3
            for found in [try await unknown, try await unwell] {
                #expect(found.outcome == unharmed, "\(found.text)")
                #expect(found.text.contains("'the fault is armed, and has fired' is not in"))
            }
        }

        @Test("everything is lifted where it is interrupted", arguments: ["INT", "TERM"])
        func interrupted(_ signal: String) async throws {
            try await Place.prepare()
            let found = try await run("dynamodb-empty.yaml", then: "kill -\(signal) $pid")
            #expect(
                found.outcome == Outcome(code: 1, status: "interrupted", deviated: false),
                "\(found.text)")
        }

        @Test("and where it is killed, when its time is over")
        func killed() async throws {
            try await Place.prepare()
            let found = try await run(
                "dynamodb-empty.yaml", environment: ["AT_MOST": "15s"],
                then: """
                    kill -KILL $pid
                    brownout status >/dev/null || exit 9
                    while brownout status >/dev/null 2>&1; do sleep 0.1; done
                    """)
            #expect(found.outcome.code == 137 && found.outcome.rollbacks == [], "\(found.text)")
            #expect(found.outcome.during == 0 && found.outcome.after == 3)
            #expect(found.outcome.armed == 3)
        }
    }
}
