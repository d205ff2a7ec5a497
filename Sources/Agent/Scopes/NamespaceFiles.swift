import FaultKinds
import FoundationEssentials
import Netfilter

/// The files that the programs of a network namespace read: this host's, those that ip-netns(8) lays
/// over them, or those of a container.
public struct NamespaceFiles: Sendable {
    /// The text of a small file; nil if it cannot be read.
    public var read: @Sendable (_ path: String) -> String?
    public var exists: @Sendable (_ path: String) -> Bool

    /// By what a change of a file is seen; nil where it cannot be.
    var stamp: @Sendable (_ path: String) -> FileStamp? = { _ in nil }

    public init(
        read: @escaping @Sendable (String) -> String?,
        exists: @escaping @Sendable (String) -> Bool
    ) {
        self.read = read
        self.exists = exists
    }

    /// This process's own.
    public static let own: NamespaceFiles = {
        var files = NamespaceFiles(
            read: { path in
                FileManager.default.contents(atPath: path).map {
                    String(decoding: $0, as: UTF8.self)
                }
            },
            exists: { FileManager.default.fileExists(atPath: $0) })
        files.stamp = { FileStamp($0) }
        return files
    }()

    /// Those that `ip netns exec` shows: what is in /etc/netns/NAME, else the host's.
    static func named(_ name: NetworkName, over base: NamespaceFiles = own) -> NamespaceFiles {
        guard let folder = name.configuration else { return base }
        @Sendable func place(_ path: String) -> String {
            guard path.hasPrefix("/etc/") else { return path }
            let laid = folder + path.dropFirst(4)
            return base.exists(laid) ? laid : path
        }
        var files = NamespaceFiles(
            read: { base.read(place($0)) }, exists: { base.exists(place($0)) })
        files.stamp = { base.stamp(place($0)) }
        return files
    }

    /// Those below a root folder, such as a container's.
    static func below(_ root: RootFolder) -> NamespaceFiles {
        NamespaceFiles(read: { root.text($0) }, exists: { root.exists($0) })
    }
}
