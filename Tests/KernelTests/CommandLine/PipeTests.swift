import Control
import Foundation
import Testing

extension KernelTests {
    /// Pipes by whose end a process learns that the client is gone: nobody else may hold them. What makes
    /// them private must be part of the call that makes them, or what is started in between has them too.
    /// The client's later calls for that do nothing here.
    @Suite("pipes of the client") struct PipeTests {
        /// For a child of the client: prints the flags of each pipe that this has, but for its input and
        /// output.
        private static let flags = """
            for end in /proc/$PPID/fd/*; do
                case $(readlink $end) in pipe:*)
                    [ ${end##*/} -gt 2 ] && sed -n 's/^flags:[[:space:]]*/flags /p' \
                        /proc/$PPID/fdinfo/${end##*/}
                esac
            done; true
            """

        /// O_CLOEXEC in what proc(5) says of `fdinfo`.
        private static func areClosedOnExec(_ output: String) -> [Bool] {
            output.split(separator: "\n").filter { $0.hasPrefix("flags ") }
                .compactMap { Int($0.dropFirst("flags ".count), radix: 8) }
                .map { $0 & 0o2_000_000 != 0 }
        }

        @Test("exec's keeper", .enabled(if: Cgroups.areWritable, "no control groups can be made"))
        func keeper() async throws {
            try await ExecTests.onStage(ExecTests.dns) { agent, file in
                let words = Refusing.wrapper([.setFlags]) + [AgentUnderTest.client]
                let ended = try await Program.run(
                    words[0],
                    words.dropFirst() + ["exec", "--fault", file, "--", "sh", "-c", Self.flags],
                    environment: ["BROWNOUT_SOCKET": agent.client.socket])
                let seen = Self.areClosedOnExec(ended.output)
                #expect(!seen.isEmpty && seen.allSatisfy { $0 }, "\(ended)")
            }
        }

        @Test("a command of a game day's step")
        func lifeline() async throws {
            try await Drill.onStage { agent, _ in
                let folder = try await Place.scratch()
                let script = folder.appending(path: "flags.sh")
                let output = folder.appending(path: "flags")
                try Data(Self.flags.utf8).write(to: script)
                let drill = Drill(
                    outage: """
                        for: 1s
                        steps:
                          - run: {command: ". \(script.path()) > \(output.path())", timeout: 5s}
                        """)
                let file = folder.appending(path: "drill.yaml")
                try Data(drill.yaml.utf8).write(to: file)
                let words =
                    Refusing.wrapper([.setFlags]) + [
                        AgentUnderTest.client, "gameday", "run", file.path(), "--no-doctor",
                        "--report", folder.appending(path: "report").path(),
                    ]
                let ended = try await Program.run(
                    words[0], Array(words.dropFirst()),
                    environment: ["BROWNOUT_SOCKET": agent.client.socket], within: .seconds(40))
                let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
                let seen = Self.areClosedOnExec(text)
                #expect(!seen.isEmpty && seen.allSatisfy { $0 }, "\(text) \(ended)")
            }
        }
    }
}
