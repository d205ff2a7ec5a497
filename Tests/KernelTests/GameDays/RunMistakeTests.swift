import Foundation
import GameDaySamples
import Spec
import Testing

extension KernelTests {
    /// A game day with a mistake in it, as people meet it.
    @Suite("mistakes in game days") struct RunMistakeTests {
        private static let whole = """
            title: whole
            about: It teaches.
            roles: {commander: decides}
            runbook: https://wiki.example/runbook
            variables:
              NAME: {about: the name, default: plain.example.test}
            probes:
              page: {http: {url: "http://127.0.0.1:1/", method: POST, headers: {A: b}, body: c, status: 200, connection: fresh}, every: 1s, timeout: 500ms}
              table: {dns: {name: "${NAME}", types: [A]}}
              port: {tcp: "127.0.0.1:1"}
              cert: {tls: {to: "127.0.0.1:1", days: 7}}
              script: {exec: {command: "true", exit: 0, contains: x}}
            baseline: 1s
            recovery: 10s
            steadyState: {table: addresses >= 1}
            phases:
              - name: outage
                about: It is empty.
                for: 10s
                arm:
                  - {include: dynamodb-empty, as: empty, with: {probability: 50%}}
                  - {as: gone, names: [api.example.com], dns: empty}
                steps:
                  - note: a word
                  - run: {command: "true", timeout: 60s, expect: 0}
                  - confirm: {role: commander, text: Shift reads, timeout: 15m}
                  - http: {url: "http://127.0.0.1/", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}
                expect: {table: fail within 5s}
              - name: back
                for: 10s
                lift: [empty]
                until: {table: pass}
            stop: {table: success < 5% over 5s}
            always: [{run: "true"}]

            """

        private func validate(_ files: [URL]) async throws -> Program.Ended {
            try await Program.run(
                AgentUnderTest.client, ["gameday", "validate"] + files.map { $0.path() })
        }

        @Test("in each key: one line with file, line and column, exit 2")
        func everyKey() async throws {
            let folder = try await Place.scratch()
            let whole = folder.appending(path: "whole.yaml")
            try Data(Self.whole.utf8).write(to: whole)
            let valid = try await validate([whole])
            #expect(valid.status == 0, "\(valid.errors)")

            let mistakes = Mistake.all(in: try Node.load(yaml: Self.whole, file: "whole.yaml"))
            #expect(mistakes.count > 120)
            var files: [URL] = []
            for (number, mistake) in mistakes.enumerated() {
                files.append(folder.appending(path: "\(number).yaml"))
                try Data(mistake.root.json().utf8).write(to: files[number])
            }
            let ended = try await validate(files)
            #expect(ended.status == 2 && ended.output == "")
            let lines = ended.errors.split(separator: "\n").map(String.init)
            try #require(lines.count == files.count)
            for (number, line) in lines.enumerated() {
                #expect(
                    try /brownout: (?<file>[^:]+):1:[0-9]+: .+/.wholeMatch(in: line)?.file
                        == files[number].path()[...],
                    "\(mistakes[number].path) \(mistakes[number].what): \(line)")
            }
        }

        @Test("`run` says the same line, and asks no agent")
        func run() async throws {
            let file = try await Place.scratch().appending(path: "bad.yaml")
            let yaml = Self.whole.replacing("for: 10s", with: "for: 10", maxReplacements: 1)
            try Data(yaml.utf8).write(to: file)
            for lab in [[], ["--lab"]] {
                let ended = try await Program.run(
                    AgentUnderTest.client, ["gameday", "run", file.path()] + lab,
                    environment: ["BROWNOUT_SOCKET": "/no/such/socket"])
                #expect(ended.status == 2 && ended.output == "")
                #expect(
                    ended.errors
                        == "brownout: \(file.path()):19:10: key `for`: \"10\" has no unit; write "
                        + "10s for seconds, or 250ms, 5m, 2h, 1d\n")
            }
        }
    }
}
