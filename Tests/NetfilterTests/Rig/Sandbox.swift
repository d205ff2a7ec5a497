import Glibc
import Netfilter

/// The private network namespace that these tests need: they arm rules that would break the host's
/// DNS.
enum Sandbox {
    /// Throws, so that the test fails, unless this process is in a network namespace of its own;
    /// brings `lo` up.
    static func enter() throws {
        try ready.get()
    }

    private static let ready: Result<Void, Failure> = {
        guard isPrivate else {
            return .failure(
                Failure(
                    "in the initial network namespace; run inside `unshare --net`, or "
                        + "`unshare --user --map-root-user --net --mount` without root"))
        }
        do {
            try run("ip link set lo up")
            return .success(())
        } catch {
            return .failure(Failure("ip link set lo up: \(error)"))
        }
    }()

    private static var isPrivate: Bool {
        if unsafe getenv("BROWNOUT_PRIVATE_NETNS").map({ unsafe String(cString: $0) }) == "1" {
            return true
        }
        if let first = try? NetworkNamespace.ofProcess(1), let own = try? NetworkNamespace.current()
        {
            return own != first
        }
        // An ordinary user may not look at process 1. A new namespace has a loopback interface and
        // nothing else.
        return Interfaces.name(of: 1) == "lo"
            && (2..<64).allSatisfy { Interfaces.name(of: $0) == nil }
    }

    /// Runs a shell command; returns what it printed. Throws if it fails.
    @discardableResult
    static func run(_ command: String) throws -> String {
        let shell = try Spawned("/bin/sh", ["-c", "PATH=$PATH:/usr/sbin:/sbin; " + command])
        let text = shell.readAll()
        guard shell.wait() == 0 else { throw Failure("\(command): \(text)") }
        return text
    }

    /// The text of a file in /proc, as the calling thread sees it.
    static func read(_ path: String) throws -> String {
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { throw Failure.last(path) }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe Glibc.read(file, &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }

    /// `nft list tables`.
    static func tables() throws -> String { try run("nft list tables") }
}
