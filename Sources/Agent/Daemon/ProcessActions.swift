import FoundationEssentials
import Glibc
import Netfilter
import SystemPackage

/// What the daemon does to its own process. Tests leave it out.
public struct ProcessActions: Sendable {
    /// Leaves the session of whoever started it, so that their Ctrl-C does not come here.
    public var ownSession: @Sendable () -> Void
    /// Takes the group `brownout` as its own, where it exists, and keeps everybody else out of the
    /// files and sockets that it makes. True: there is such a group.
    public var takeGroup: @Sendable () -> Bool
    /// Says `ready` on standard output, then lets go of all three standard streams.
    public var silence: @Sendable () -> Void
    /// Lets go of the memory that only the start needed.
    public var settle: @Sendable () -> Void

    public init(
        ownSession: @escaping @Sendable () -> Void, takeGroup: @escaping @Sendable () -> Bool,
        silence: @escaping @Sendable () -> Void, settle: @escaping @Sendable () -> Void
    ) {
        self.ownSession = ownSession
        self.takeGroup = takeGroup
        self.silence = silence
        self.settle = settle
    }

    /// The group that may use the socket and read the journal.
    public static let group = "brownout"

    public static let real = ProcessActions(
        // Fails for the leader of a process group, which no other's Ctrl-C reaches anyhow.
        ownSession: { _ = setsid() },
        takeGroup: {
            // Through the effective group, files are made right from the start, and the daemon needs
            // no CAP_CHOWN later.
            let shared = groupID(of: group).map { setegid($0) == 0 } ?? false
            // The socket is narrowed further once it is bound.
            _ = umask(shared ? 0o117 : 0o137)
            return shared
        },
        silence: {
            do {
                try FileDescriptor.standardOutput.writeAll("ready\n".utf8)
            } catch {
                // Nobody listens any more: just as well.
            }
            do {
                let null = try FileDescriptor.open(FilePath("/dev/null"), .readWrite)
                for stream in [
                    FileDescriptor.standardInput, .standardOutput, .standardError,
                ] {
                    _ = try null.duplicate(as: stream)
                }
                try null.close()
            } catch {
                // Without /dev/null the streams stay as they are.
            }
        },
        settle: { StartUpCode.release() })

    /// From /etc/group, where sysusers.d puts it; `getgrnam` would load every NSS module into a
    /// privileged process.
    static func groupID(of name: String, file: String = "/etc/group") -> UInt32? {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { return nil }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count >= 3, fields[0] == name { return UInt32(fields[2]) }
        }
        return nil
    }
}
