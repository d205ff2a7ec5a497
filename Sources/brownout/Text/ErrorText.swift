import ArgumentParser
import Control
import GameDay
import Spec

/// The one place that words errors for people: one line, and the exit code that goes with it.
struct ErrorText: Equatable {
    /// Without `brownout: ` before it and without a newline.
    var line: String
    var code: ExitCode

    init(_ line: String, _ code: ExitCode) {
        self.line = line
        self.code = code
    }

    init(_ error: any Error) {
        switch error {
        case let error as SpecError: self.init(Self.line(error), .usage)
        case let error as AgentError: self.init(agent: error)
        case let error as ClientError: self.init(client: error)
        case let error as JournalError: self.init(Self.oneLine(error.description), .usage)
        case is CancellationError: self.init("interrupted", .interrupted)
        default: self.init("internal error: \(Self.oneLine("\(error)"))", .internalError)
        }
    }

    private init(agent error: AgentError) {
        switch error {
        case .noAgent(let socket, _):
            self.init("no agent on \(socket): nothing is armed", .noAgent)
        case .permission(let socket):
            self.init(
                "no permission to use \(socket); use sudo, or join its group with "
                    + "`sudo adduser $USER brownout` and log in again", .noAgent)
        case .connection, .timeout: self.init(error.description, .noAgent)
        case .refused(let reply, let status): self.init(refusal: reply, status: status)
        case .unexpected:
            self.init(
                error.description + "; are client and agent of the same version?", .internalError)
        }
    }

    private init(refusal: APIError, status: Int) {
        var line = Self.oneLine(refusal.error)
        if let location = refusal.location, !line.hasPrefix(location) {
            line = "\(location): \(line)"
        }
        let code: ExitCode =
            switch refusal.code {
            case .halted, .kernel, .privilege, .stopping: .noAgent
            case .internal: .internalError
            default: status >= 500 ? .noAgent : .usage
            }
        self.init(line, code)
    }

    private init(client error: ClientError) {
        switch error {
        case .usage(let line): self.init(line, .usage)
        case .unknownFault(let name, let similar):
            let guess = similar.map { "did you mean `\($0)`? " } ?? ""
            self.init(
                "no fault \"\(Self.oneLine(name))\": neither in the catalogue nor a file; \(guess)"
                    + "`brownout catalog list` shows all", .usage)
        case .unknownGameDay(let name, let similar):
            let guess = similar.map { "did you mean `\($0)`? " } ?? ""
            self.init(
                "no game day \"\(Self.oneLine(name))\": neither in the catalogue nor a file; \(guess)"
                    + "`brownout gameday list` shows all", .usage)
        case .unfit(let findings):
            self.init(
                "faults do not act on this host: \(findings.joined(separator: "; ")); "
                    + "`brownout doctor` says more, --no-doctor runs in spite of it", .noAgent)
        case .unknownTopic(let name, let known):
            self.init(
                "nothing is known of \"\(Self.oneLine(name))\"; there is "
                    + known.joined(separator: ", "), .usage)
        case .unreadable(let file, let problem):
            self.init("\(Self.oneLine(file)): \(problem)", .usage)
        case .mayNotStart(let socket):
            self.init(
                "no agent on \(socket), and starting one needs root: use sudo, or "
                    + "`sudo systemctl start brownoutd`", .noAgent)
        case .noNetwork(let problem):
            self.init("--netns: \(Self.oneLine(problem))", .usage)
        case .hiddenNetwork(let path):
            self.init(
                "this user may not look at the network namespace \(Self.oneLine(path)): use sudo",
                .noAgent)
        case .mayNotEnter(let name):
            self.init(
                "starting an agent in the network namespace \(Self.oneLine(name)) needs root "
                    + "(CAP_SYS_ADMIN): use sudo", .noAgent)
        case .noDaemon(let socket):
            self.init(
                "no agent on \(socket), and no brownoutd beside brownout or in PATH to start",
                .noAgent)
        case .startFailed(let line, let code):
            let known: [Int32] = [2, 3, 70]
            self.init(Self.oneLine(line), known.contains(code) ? ExitCode(code) : .noAgent)
        case .missingTool(let tool, let package):
            self.init("\(tool) is missing: apt-get install \(package)", .usage)
        case .noNamespace(let problem, let isRoot):
            let reason = Self.oneLine(problem)
            self.init(
                isRoot
                    ? "no namespaces here, even for root: \(reason)"
                    : "user namespaces are not for ordinary users here (\(reason)): use sudo",
                .noAgent)
        case .noPlace(let problem): self.init(Self.oneLine(problem), .noAgent)
        case .outputClosed: self.init("nobody reads the output; everything lifted", .interrupted)
        case .agentLost(let socket, let problem):
            self.init(
                "lost the agent on \(socket) (\(problem)); nothing is armed any more", .noAgent)
        case .interrupted(let signal, let left):
            if left.isEmpty {
                self.init("interrupted by \(signal), everything lifted", .interrupted)
            } else {
                self.init(
                    "interrupted by \(signal); \(left.joined(separator: ", ")) could not be lifted "
                        + "and ends within 10s, as nobody renews it", .noAgent)
            }
        case .liftedByOthers(let line): self.init(line, .interrupted)
        }
    }

    /// A spec's error in the words of the command line where that is what it is about.
    private static func line(_ error: SpecError) -> String {
        guard !error.location.hasLine, let key = error.key else { return error.description }
        var named = error
        named.key = nil
        if error.location.file.hasPrefix("--"), error.location.file != "--\(key)" {
            // A part of a flag's value: `--flap on=10s,off=`.
            named.problem = "`\(key)` \(error.problem)"
        } else if !EffectNames.include(error.location.file) {
            return error.description
        }
        return named.description
    }

    /// Control characters become spaces, so that an error stays one line.
    static func oneLine(_ text: String) -> String {
        let words = text.split { $0.isNewline || $0.unicodeScalars.allSatisfy { $0.value < 0x20 } }
        return words.joined(separator: " ")
    }
}
