import Glibc
import Spec
import Subprocess
import SystemPackage

/// A command: what it exits with, and what it prints.
///
/// A text is run with `sh -c`, a list as it is. It inherits the environment and reads nothing. Its
/// output is what it writes to both outputs, up to 1 MiB. When it has ended or time is up its whole
/// process group is killed, so that checks leave nothing behind.
///
/// Example:
///     queue:
///       exec: {command: "redis-cli -h 10.0.0.7 ping", contains: PONG}
///       every: 5s
public struct ExecProbe: KeyedProbe {
    /// A text for `sh -c`, or a list: a program and its arguments.
    public var command: [String] = []
    /// The exit code that passes.
    public var exit = 0
    /// A text that the output must contain.
    public var contains: String?

    public static let name = "exec"
    public static let primaryKey: String? = "command"
    public static let keys: [ProbeKey<Self>] = [
        .command("command", \.command), .integer("exit", \.exit, in: 0...255),
        .text("contains", \.contains),
    ]
    public static let facts = [
        FactSchema("exit", .number, "The exit code; 128 and the signal where one ended it."),
        FactSchema("output", .text, "All that the command printed."),
    ]

    public init() {}

    public var target: String {
        let line =
            command.starts(with: ["sh", "-c"]) && command.count == 3
            ? command[2] : command.joined(separator: " ")
        return String(line.prefix(80))
    }

    public func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        ExecSession(probe: self, wanted: wanted)
    }
}

extension ProbeKey {
    /// A text for the shell, or a list that is run as it is.
    static func command(_ name: String, _ property: Property<[String]>) -> Self {
        Self(name: name, kind: .texts, isRequired: true) { (fields, probe) throws(SpecError) in
            guard let node = try fields.node(name) else { return }
            var inner = try Fields(
                .mapping([(name, node)], at: node.location), of: "`\(name)`")
            let words = try inner.requiredStrings(name)
            probe[keyPath: property] = node.elements == nil ? ["sh", "-c"] + words : words
        } written: { _ in
            nil
        }
    }
}

/// An `exec` probe at work.
struct ExecSession: ProbeSession {
    static let mostOutput = 1024 * 1024

    let probe: ExecProbe
    let wanted: Set<FactName>

    /// To start a process takes longer than all that other checks do on their loop.
    func check() async -> Observation {
        await withTaskExecutorPreference(globalConcurrentExecutor) { await runCommand() }
    }

    private func runCommand() async -> Observation {
        let begin = ContinuousClock.now
        var options = PlatformOptions()
        // A group of its own, so that it can be killed whole.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
        ]
        do {
            let result = try await Subprocess.run(
                .name(probe.command.first ?? ""),
                arguments: Arguments(Array(probe.command.dropFirst())), platformOptions: options,
                input: .none, output: .string(limit: Self.mostOutput), error: .combinedWithOutput)
            let output = result.standardOutput
            let code: Int =
                switch result.terminationStatus {
                case .exited(let code): Int(code)
                case .signaled(let signal): 128 + Int(signal)
                }
            let latency = begin.duration(to: .now)
            // What it started in the background would be one process more with each check. No other
            // process can have its number already as a group's.
            kill(-result.processIdentifier.value, SIGKILL)
            let reason =
                Task.isCancelled ? Reason.timedOut : problem(code: code, output: output)
            return Observation(
                passed: reason == nil, reason: reason, latency: latency,
                facts: facts(code: code, output: output))
        } catch {
            return Observation(
                passed: false, reason: Self.reason(error), latency: begin.duration(to: .now))
        }
    }

    func close() async {}

    private func facts(code: Int, output: String) -> [FactName: FactValue] {
        var facts: [FactName: FactValue] = [:]
        for name in wanted {
            switch name.word {
            case "exit": facts[name] = .number(Double(code))
            case "output": facts[name] = .text(output)
            default: break
            }
        }
        return facts
    }

    private func problem(code: Int, output: String) -> String? {
        if code != probe.exit { return "exit \(code), not \(probe.exit)" }
        if let text = probe.contains, !output.contains(text) {
            return "the output does not contain \(text.prefix(40))"
        }
        return nil
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? SubprocessError else { return Reason.timedOut }
        return switch error.code {
        case .executableNotFound: "no such command"
        case .outputLimitExceeded: "the output is larger than 1 MiB"
        default: "the command cannot be run"
        }
    }
}
