import Control
import FoundationEssentials

@testable import Agent

/// An agent with everything around it in the test's hands.
struct World {
    let clock = HandClock()
    let path = HandPath()
    let agent: Agent
    let owner = Owner(uid: 1000, pid: 77)

    init(
        maximum: Duration = .seconds(3600), maximumFaults: Int = 8, onDemand: Bool = false,
        protected: [String] = [], journal: Journal = Journal()
    ) {
        agent = Agent(
            settings: Agent.Settings(
                maximum: maximum, maximumFaults: maximumFaults, onDemand: onDemand, pid: 1),
            path: path, spec: .plain, protected: ProtectedNames(patterns: protected),
            journal: journal, clock: clock, drawSeed: { 7 })
    }

    func arm(
        _ names: String, for duration: Duration? = .seconds(60), lease: Duration? = nil,
        dryRun: Bool = false
    ) async throws(APIError) -> ArmedFault {
        try await agent.arm(
            ArmOrder(
                body: names, name: nil, for: duration, lease: lease, dryRun: dryRun, owner: owner))
    }

    func events() -> Events {
        Events(agent.events())
    }
}

/// Reads the agent's event lines one by one.
final class Events {
    private var lines: AsyncStream<String>.AsyncIterator

    init(_ lines: AsyncStream<String>) {
        self.lines = lines.makeAsyncIterator()
    }

    func next() async throws -> AgentEvent? {
        guard let line = await lines.next(isolation: #isolation) else { return nil }
        return try ControlJSON.decode(AgentEvent.self, from: line.utf8)
    }

    /// The next of a kind; others are passed over.
    func next(_ kind: AgentEvent.Kind) async throws -> AgentEvent? {
        while let event = try await next() {
            if event.event == kind { return event }
        }
        return nil
    }
}

extension SpecReader {
    /// A fault is its names, divided by spaces; `!name` is an exception, `#9` a seed, `@30` a lease in
    /// seconds, `?` does not load. Durations are seconds, or `…ms`.
    static let plain = SpecReader(
        fault: { text, name throws(APIError) in
            var fault = LoadedFault(
                name: name ?? "plain", names: [], effects: ["empty"], spec: .string(text),
                content: text)
            for word in text.split(separator: " ") {
                switch word.first {
                case "?": throw APIError(.spec, "unknown key `?`", location: "\(fault.name):1:1")
                case "!": fault.except.append(String(word.dropFirst()))
                case "#": fault.seed = UInt64(word.dropFirst())
                case "@": fault.lease = Int(word.dropFirst()).map { .seconds($0) }
                default:
                    fault.names.append(String(word))
                    if word == "*" { fault.tooBroad.append("*") }
                }
            }
            return fault
        },
        duration: { text throws(APIError) in
            if text.hasSuffix("ms"), let count = Int(text.dropLast(2)) {
                return .milliseconds(count)
            }
            guard text.hasSuffix("s"), let count = Int(text.dropLast()) else {
                throw APIError(.request, "`\(text)` is no duration")
            }
            return .seconds(count)
        },
        pattern: { text throws(APIError) in
            guard !text.contains(" ") else { throw APIError(.spec, "a name has no spaces") }
            return text.lowercased()
        })
}

/// A folder of the test's own, gone afterwards.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "brownout-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
