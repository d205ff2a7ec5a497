import FoundationEssentials
import Subprocess
import SystemPackage

/// A way into a network, and a view of the files, of our own: no root needed, nothing left behind.
///
/// `enter` becomes `unshare`, which becomes `brownout lab inside`, which furnishes the place
/// (`LabPlace`), starts the lab, and becomes the command: one process from begin to end.
struct LabNamespace: Sendable {
    var options: LabOptions
    /// What to run in it.
    var command: [String]
    /// A folder list, as PATH.
    var path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    var isRoot = Privilege.current.isRoot

    /// Where `ip` is for those whose PATH has it not.
    static let moreFolders = ["/usr/sbin", "/sbin"]

    private static let tools = [
        ("unshare", "util-linux"), ("mount", "mount"), ("ip", "iproute2"), ("env", "coreutils"),
        ("sh", "dash"),
    ]

    /// Does not return, unless it fails.
    func enter() async throws -> Never {
        for (tool, package) in Self.tools where Self.find(tool, path: path) == nil {
            throw ClientError.missingTool(tool, package: package)
        }
        let flags = try await flags()
        let own = try Self.ownProgram
        let words =
            ["unshare"] + flags + ["--net", "--mount", "--", own, "lab", "inside"]
            + ["--from-net", try Self.namespace("net"), "--from-mnt", try Self.namespace("mnt")]
            + options.arguments + ["--"] + command
        let problem = ProgramReplacement.become(words)
        throw ClientError.noNamespace("unshare: \(Errno(rawValue: problem))", isRoot: isRoot)
    }

    /// As root no user namespace is needed; where even root may not, one is tried.
    private func flags() async throws -> [String] {
        let user = ["--user", "--map-root-user"]
        if isRoot, try await problem([]) == nil { return [] }
        guard let problem = try await problem(user) else { return user }
        throw ClientError.noNamespace(problem, isRoot: isRoot)
    }

    /// What keeps a namespace from being of use: AppArmor may grant one that is good for nothing.
    private func problem(_ flags: [String]) async throws -> String? {
        let trial = "ip link set lo up && mount -t tmpfs tmpfs /run"
        let result = try await Subprocess.run(
            .name("unshare"),
            arguments: Arguments(flags + ["--net", "--mount", "sh", "-c", trial]),
            environment: .inherit.updating(["PATH": Self.widened(path)]), input: .none,
            output: .discarded, error: .string(limit: 4096))
        if result.terminationStatus.isSuccess { return nil }
        let lines = result.standardError.split(separator: "\n")
        return lines.last.map(String.init) ?? "unshare: \(result.terminationStatus)"
    }
}

extension LabNamespace {
    /// This very program.
    static var ownProgram: String {
        get throws { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
    }

    /// `net:[4026531840]`
    static func namespace(_ kind: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(kind)")
    }

    static func find(_ tool: String, path: String) -> String? {
        (path.split(separator: ":").map(String.init) + moreFolders).map { "\($0)/\(tool)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func widened(_ path: String) -> String {
        ([path] + moreFolders).joined(separator: ":")
    }
}

extension Environment.Key {
    fileprivate init(_ name: String) { self.init(stringLiteral: name) }
}
