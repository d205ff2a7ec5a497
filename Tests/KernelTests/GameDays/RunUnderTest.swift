import Control
import Foundation
import GameDay

/// `brownout gameday run` as a program, with a game day of the test's own.
struct RunUnderTest: Sendable {
    let program: Program
    /// Where its report goes.
    let folder: URL

    /// Starts it against an agent; the caller ends it.
    ///
    /// - Parameter more: Flags, such as `--yes`.
    static func start(
        _ yaml: String, _ agent: AgentUnderTest, _ more: [String] = [], report: URL? = nil,
        environment: [String: String] = [:]
    ) async throws -> RunUnderTest {
        let scratch = try await Place.scratch()
        let file = scratch.appending(path: "drill.yaml")
        try Data(yaml.utf8).write(to: file)
        let folder = report ?? scratch.appending(path: "report")
        let program = try await Program(
            AgentUnderTest.client,
            ["gameday", "run", file.path(), "--no-doctor", "--report", folder.path()] + more,
            environment: ["BROWNOUT_SOCKET": agent.client.socket].merging(environment) { $1 })
        return RunUnderTest(program: program, folder: folder)
    }

    /// Runs `body` beside a run, and ends the run whatever becomes of `body`.
    static func during<Value>(
        _ yaml: String, _ agent: AgentUnderTest, _ more: [String] = [], report: URL? = nil,
        environment: [String: String] = [:], _ body: (RunUnderTest) async throws -> Value
    ) async throws -> Value {
        let run = try await start(
            yaml, agent, more, report: report, environment: environment)
        do {
            let value = try await body(run)
            await run.program.end()
            return value
        } catch {
            await run.program.end()
            throw error
        }
    }

    /// Runs one to its end.
    static func whole(
        _ yaml: String, _ agent: AgentUnderTest, _ more: [String] = [], report: URL? = nil,
        environment: [String: String] = [:], within limit: Duration = .seconds(40)
    ) async throws -> (run: RunUnderTest, ended: Program.Ended) {
        try await during(yaml, agent, more, report: report, environment: environment) { run in
            (run, try await run.end(within: limit))
        }
    }

    var journalPath: String { folder.appending(path: "journal.json").path() }

    /// As it is now, while the run goes on too; throws where it is not valid.
    func journal() throws -> Journal { try Journal(reading: journalPath) }

    func text(of file: String) throws -> String {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    /// Waits for something to be in the journal.
    func tells(
        _ what: String, within limit: Duration = .seconds(20), _ condition: (Journal) -> Bool
    ) async throws {
        let told = try await eventually(within: limit) {
            if let journal = try? journal(), condition(journal) { return true }
            guard program.isRunning else {
                throw Program.Failure(
                    description: "\(what): the run has ended: \(program.errorText)"
                        + program.outputText)
            }
            return false
        }
        guard told else {
            throw Program.Failure(
                description: "\(what): not told; \(program.errorText)\(program.outputText)")
        }
    }

    /// Waits for the begin of a phase; 0 is the baseline.
    func reaches(phase: Int) async throws {
        try await tells("phase \(phase)") { $0.hasBegun(phase) }
    }

    /// Waits until a fault of the run is in force.
    func arms() async throws {
        try await tells("a fault") { !$0.armed.isEmpty }
    }

    func end(within limit: Duration = .seconds(20)) async throws -> Program.Ended {
        guard let ended = try await program.exit(within: limit) else {
            throw Program.Failure(
                description: "the run does not end: \(program.errorText)\(program.outputText)")
        }
        return ended
    }
}

extension Journal {
    func hasBegun(_ phase: Int) -> Bool {
        events.contains {
            if case .phaseBegan(let value) = $0.kind { value.phase == phase } else { false }
        }
    }

    var armed: [RunEvent.Armed] {
        events.compactMap { if case .armed(let value) = $0.kind { value } else { nil } }
    }

    var lifted: [(at: Int64, why: String)] {
        events.compactMap {
            if case .lifted(let value) = $0.kind { ($0.at, value.why) } else { nil }
        }
    }

    var stepsEnded: [RunEvent.StepEnded] {
        events.compactMap { if case .stepEnded(let value) = $0.kind { value } else { nil } }
    }

    var notes: [String] {
        events.compactMap { if case .note(let value) = $0.kind { value.text } else { nil } }
    }

    var stop: (at: Int64, cause: RunEvent.Stopped.Cause, why: String)? {
        events.lazy.compactMap {
            if case .stopped(let value) = $0.kind { ($0.at, value.cause, value.why) } else { nil }
        }.first
    }

    func results(of probe: String) -> [(at: Int64, result: RunEvent.Result)] {
        events.compactMap {
            if case .result(let value) = $0.kind, value.probe == probe {
                ($0.at, value)
            } else {
                nil
            }
        }
    }
}

/// The game day of most tests: a name loses its addresses, and has them back.
struct Drill {
    /// The name that it is about, one of NSD's.
    var name = "plain.example.test"
    var baseline = "500ms"
    var recovery = "10s"
    /// Not of every result: a busy machine may let one of 90 ms pass.
    var steadyState = "success >= 60%"
    /// Lines of the phase with the fault, at column 5.
    var outage = "for: 60s"
    /// Lines at the top level.
    var more = ""
    /// A file that `always` makes.
    var mark: URL?

    var yaml: String {
        let always = mark.map { "always:\n  - run: 'touch \($0.path())'" } ?? ""
        return """
            title: a drill
            probes:
              table:
                dns: {name: \(name), types: [A]}
                every: 100ms
                timeout: 90ms
            baseline: \(baseline)
            recovery: \(recovery)
            steadyState:
              table: \(steadyState)
            phases:
              - name: outage
                arm:
                  - {as: gone, names: [\(name)], dns: empty}
                \(outage.replacing("\n", with: "\n    "))
              - name: back
                lift: all
                for: 10s
                until: {table: pass for at least 300ms}
            \(more)
            \(always)

            """
    }

    /// Runs `body` beside servers, an agent, and knowing what `always` leaves.
    static func onStage(
        agent more: [String] = [], _ body: (AgentUnderTest, _ mark: URL) async throws -> Void
    ) async throws {
        try await Place.setResolvers(["127.0.0.1"])
        try await NSD.serving {
            let mark = try await Place.scratch().appending(path: "always")
            try await AgentUnderTest.serving(more) { try await body($0, mark) }
        }
    }
}
