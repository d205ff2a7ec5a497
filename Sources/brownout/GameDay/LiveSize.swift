import Subprocess
import SystemPackage

/// The size of the terminal that standard output is.
struct LiveSize: Equatable, Sendable {
    var columns: Int
    var rows: Int

    /// What terminals began with; where nothing else is known.
    static let fallback = LiveSize(columns: 80, rows: 24)

    /// Asks `stty`, which every Linux has: once at the begin and at each SIGWINCH. (The ioctl takes a
    /// pointer, and only Netfilter is unsafe.)
    static func ask(environment: [String: String]) async -> LiveSize {
        let result = try? await Subprocess.run(
            .name("stty"), arguments: ["size"],
            input: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
            output: .string(limit: 100), error: .discarded)
        return LiveSize(result?.standardOutput ?? "", environment: environment)
    }

    /// - Parameters:
    ///   - answer: `24 80`; anything else, and zeros (a terminal without a size), are passed over.
    ///   - environment: `LINES` and `COLUMNS`, as shells set them.
    init(_ answer: String, environment: [String: String]) {
        let numbers = answer.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        let told = numbers.count == 2 && numbers.allSatisfy { $0 > 0 } ? numbers : nil
        func named(_ name: String) -> Int? {
            environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
        self.init(
            columns: told?[1] ?? named("COLUMNS") ?? Self.fallback.columns,
            rows: told?[0] ?? named("LINES") ?? Self.fallback.rows)
    }

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}
