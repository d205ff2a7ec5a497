internal import CNetfilter
internal import Glibc

/// By what a file shows that it is another one, or has been written: its place, its size and its time.
public struct FileStamp: Equatable, Sendable {
    public var size: Int64
    private var device, inode: UInt64
    private var seconds, nanoseconds: Int64

    /// Nil where there is none, or it may not be looked at. The corresponding C function is `stat`.
    public init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        size = Int64(status.st_size)
        (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        (seconds, nanoseconds) = (
            Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec)
        )
    }
}
