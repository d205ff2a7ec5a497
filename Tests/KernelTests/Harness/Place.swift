import Foundation
import Subprocess
import SystemPackage

/// The private namespace that the tests run in: `Scripts/private.sh` made it, and this furnishes it.
///
/// All files are on a tmpfs over /run, which also hides the sockets of the host's own nscd,
/// systemd-resolved and brownoutd. The kernel takes it all back with the namespace.
actor Place {
    private static let shared = Place()
    /// One for all who ask, also while it is under way.
    private var ready: Task<Void, any Error>?
    private var count = 0

    /// What stands for servers on other hosts: addresses of `lo` that are no loopback addresses.
    static let remoteV4 = "192.0.2.53"
    static let remoteV6 = "2001:db8::53"
    private static let root = URL(filePath: "/run/brownout-tests")
    private static let resolvConf = root.appending(path: "resolv.conf")

    /// Makes sure that the place is furnished; throws if this is no place for kernel tests.
    static func prepare() async throws {
        try await shared.prepareOnce()
    }

    /// A new empty folder.
    static func scratch() async throws -> URL {
        try await shared.newFolder()
    }

    /// Who the host asks: what getaddrinfo and the agent read.
    static func setResolvers(
        _ addresses: [String], options: String = "timeout:1 attempts:1"
    ) async throws {
        try await prepare()
        let lines = addresses.map { "nameserver \($0)" } + ["options \(options)", ""]
        // In place: a bind mount shows the file that was there when it was made.
        let file = try FileHandle(forWritingTo: resolvConf)
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(lines.joined(separator: "\n").utf8))
        try file.close()
    }

    /// Runs `body` while loopback carries packets of at most so many octets.
    static func withMTU<Value>(
        _ octets: Int, _ body: () async throws -> Value
    ) async throws -> Value {
        try await prepare()
        func set(_ octets: Int) async throws {
            try await Program.check("ip", "link", "set", "lo", "mtu", "\(octets)")
        }
        try await set(octets)
        do {
            let value = try await body()
            try await set(65_536)
            return value
        } catch {
            try await set(65_536)
            throw error
        }
    }

    /// Whether users other than root exist in this user namespace.
    static var hasOtherUsers: Bool {
        let map = (try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8)) ?? ""
        let ids = map.split(whereSeparator: \.isWhitespace)
        return ids.count >= 3 && (Int64(ids[2]) ?? 0) > 65_534
    }

    private func newFolder() throws -> URL {
        // Not before the check: outside of a private namespace /run is the host's.
        try Self.check()
        count += 1
        let folder = Self.root.appending(path: "\(count)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        return folder
    }

    private func prepareOnce() async throws {
        let task =
            ready
            ?? Task {
                try Self.check()
                try await Self.mountScratch()
                try await furnish()
            }
        ready = task
        try await task.value
    }

    private static func check() throws {
        let environment = ProcessInfo.processInfo.environment
        guard environment["BROWNOUT_PRIVATE_NETNS"] == "1", geteuid() == 0 else {
            throw Program.Failure(
                description: "kernel tests need a private network and mount namespace: "
                    + "run `make test`, or `Scripts/private.sh swift test …`")
        }
    }

    private static func mountScratch() async throws {
        // Without a `Program`: those keep their output on what is mounted here.
        let result = try await Subprocess.run(
            .path(FilePath(try Program.find("mount"))),
            arguments: ["-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run"],
            output: .discarded, error: .string(limit: 1000))
        guard result.terminationStatus.isSuccess else {
            throw Program.Failure(
                description: "no tmpfs on /run: \(result.standardError)")
        }
    }

    private func furnish() async throws {
        try FileManager.default.createDirectory(
            at: Self.root, withIntermediateDirectories: true)
        try Data("nameserver 127.0.0.1\n".utf8).write(to: Self.resolvConf)
        let nsswitch = Self.root.appending(path: "nsswitch.conf")
        try Data("passwd: files\ngroup: files\nhosts: dns\n".utf8).write(to: nsswitch)
        try await put(Self.resolvConf, over: "/etc/resolv.conf")
        try await put(nsswitch, over: "/etc/nsswitch.conf")
        try await Program.check("ip", "address", "add", "\(Self.remoteV4)/32", "dev", "lo")
        try await Program.check(
            "ip", "address", "add", "\(Self.remoteV6)/128", "dev", "lo", "nodad")
    }

    private func put(_ file: URL, over path: String) async throws {
        // A link into /run, as systemd-resolved makes it, leads nowhere now.
        let target = URL(filePath: path).resolvingSymlinksInPath()
        if target.path().hasPrefix("/run/"), path != target.path() {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: target)
        }
        try await Program.check("mount", "--bind", file.path(), target.path())
    }
}
