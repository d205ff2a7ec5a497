internal import Glibc

/// The inode of a file, by which the kernel tells control groups and namespaces apart.
public struct FileNumber: Equatable, Sendable {
    public var inode: UInt64
    public var isFolder: Bool

    /// That of the file that a path leads to, links followed; nil if there is none, or it may not be
    /// looked at. The corresponding C function is `stat`.
    public init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }
}
