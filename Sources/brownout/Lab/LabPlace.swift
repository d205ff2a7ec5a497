import FoundationEssentials
import Subprocess
import SystemPackage

/// The inside of a `LabNamespace`: refuses to be anywhere else, and furnishes it.
struct LabPlace: Sendable {
    /// The namespaces that we came from.
    var fromNet: String
    var fromMount: String
    /// Folders below which something is that must stay: our program's, and the one we are in.
    var kept: [String]

    /// Where the lab's own files are.
    static let folder = "/run/brownout-lab"
    static let socket = "\(folder)/brownout.sock"
    static let log = "\(folder)/lab.log"

    /// Whether nothing can be spoilt here: other namespaces than before, and a network where
    /// nobody has brought up an interface.
    func check() async throws {
        let net = try LabNamespace.namespace("net")
        let mount = try LabNamespace.namespace("mnt")
        let isElsewhere =
            fromNet.hasPrefix("net:[") && fromMount.hasPrefix("mnt:[")
            && net != fromNet && mount != fromMount
        guard isElsewhere, try await Self.run("ip", "-o", "link", "show", "up").isEmpty else {
            throw ClientError.usage(
                "`lab inside` is not for calling by hand: use `brownout lab run`")
        }
    }

    /// A loopback interface on which the whole cloud is, and a machine that resolves through it.
    func furnish() async throws {
        try await Self.run("ip", "link", "set", "lo", "up")
        try await Self.run("ip", "route", "add", "local", "10.0.0.0/8", "dev", "lo")
        // Programs that ask for addresses of configured families only (AI_ADDRCONFIG) do not count
        // 127.0.0.1 and ::1 as configured.
        try await Self.run("ip", "address", "add", "10.0.0.1/32", "dev", "lo")
        // The instance metadata service.
        try await Self.run("ip", "address", "add", "169.254.169.254/32", "dev", "lo")
        if FileManager.default.fileExists(atPath: "/proc/net/if_inet6") {
            try await Self.run(
                "ip", "-6", "route", "add", "local", "2001:db8::/32", "dev", "lo")
            for address in ["2001:db8::1/128", "fd00:ec2::254/128"] {
                try await Self.run("ip", "address", "add", address, "dev", "lo", "nodad")
            }
        }
        // The sockets of the host's caches and its agent are in /run, the agent's journal in /var/log.
        try await cover("/run")
        try await cover("/var/log")
        try FileManager.default.createDirectory(
            atPath: Self.folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try await replace(
            "/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n")
        try await replace("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        try await replace("/etc/brownout/protected", "")
    }

    /// Covers a folder with an empty one; what is to be kept below it stays where it was.
    private func cover(_ link: String) async throws {
        let files = FileManager.default
        guard files.fileExists(atPath: link) else { return }
        let folder = Self.resolved(link)
        let below = Set(kept.map(Self.resolved)).filter { $0.hasPrefix(folder + "/") }.sorted()
        // Those below another that is kept come with it.
        let roots = below.filter { path in
            !below.contains { path != $0 && path.hasPrefix($0 + "/") }
        }
        if roots.isEmpty {
            try await Self.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
            return
        }
        let parked = "/mnt"
        try await Self.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", parked)
        for (number, root) in roots.enumerated() {
            try files.createDirectory(
                atPath: "\(parked)/\(number)", withIntermediateDirectories: true)
            try await Self.run("mount", "--rbind", root, "\(parked)/\(number)")
        }
        try await Self.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
        for (number, root) in roots.enumerated() {
            try files.createDirectory(atPath: root, withIntermediateDirectories: true)
            try await Self.run("mount", "--rbind", "\(parked)/\(number)", root)
        }
        try await Self.run("umount", "--recursive", "--lazy", parked)
    }

    /// Puts a text in place of a file; a link is followed. Where there is no such file nothing is
    /// done: resolv.conf and nsswitch.conf then mean 127.0.0.1 and DNS anyway.
    private func replace(_ path: String, _ text: String) async throws {
        let files = FileManager.default
        let target = Self.resolved(path)
        // A link into what we covered, such as systemd-resolved's.
        if target.hasPrefix("/run/"), target != path {
            let folder = FilePath(target).removingLastComponent().string
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: target))
        }
        guard files.fileExists(atPath: target) else { return }
        let name = FilePath(path).lastComponent?.string ?? "file"
        try Data(text.utf8).write(to: URL(filePath: "\(Self.folder)/\(name)"))
        try await Self.run("mount", "--bind", "\(Self.folder)/\(name)", target)
    }

    /// As `readlink -m`: links followed as far as the path is there.
    private static func resolved(_ path: String) -> String {
        var current = path
        for _ in 0..<16 {
            guard
                let link = try? FileManager.default.destinationOfSymbolicLink(atPath: current)
            else { break }
            let folder = FilePath(current).removingLastComponent()
            current = folder.pushing(FilePath(link)).lexicallyNormalized().string
        }
        let path = FilePath(current)
        let parent = path.removingLastComponent()
        guard let name = path.lastComponent, !parent.isEmpty, parent != path else { return current }
        return FilePath(resolved(parent.string)).appending(name).string
    }

    @discardableResult
    private static func run(_ words: String...) async throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        guard let tool = LabNamespace.find(words[0], path: path) else {
            throw ClientError.missingTool(words[0], package: words[0])
        }
        let result = try await Subprocess.run(
            .path(FilePath(tool)), arguments: Arguments(Array(words.dropFirst())), input: .none,
            output: .string(limit: 64 * 1024), error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            let line = ErrorText.oneLine(result.standardError)
            throw ClientError.noPlace("\(words.joined(separator: " ")): \(line)")
        }
        return result.standardOutput
    }
}
