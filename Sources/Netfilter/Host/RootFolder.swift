internal import CNetfilter
internal import Glibc

/// The files of other processes, as those see them: a root folder such as /proc/PID/root, held open.
///
/// Links are followed within it, as by whoever has it as root: what a container calls /etc is not our
/// /etc. It can be read after the capability to look at that process is gone.
public final class RootFolder: Sendable {
    private let folder: Descriptor

    /// More than any configuration has. What is read may be anything, the files are others'.
    private static let limit = 256 * 1024

    /// - Throws: What `open` says of the folder; ENOSYS before Linux 5.6. The corresponding C function
    ///   is `openat2`.
    public init(_ path: String) throws(NetlinkError) {
        folder = try unsafe Descriptor(
            open(path, pathOnly | O_DIRECTORY | O_CLOEXEC), of: "open \(path)")
        _ = try unsafe Descriptor(
            bn_open_below(folder.number, "/", pathOnly | O_CLOEXEC), of: "openat2 \(path)")
    }

    /// The text of a plain file; nil if there is none, or it cannot be read.
    public func text(_ path: String) -> String? {
        guard
            let file = try? unsafe Descriptor(
                bn_open_below(
                    folder.number, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
                of: "open")
        else { return nil }
        var status = stat()
        guard unsafe fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8_192)
        while text.count < Self.limit {
            let count = unsafe read(file.number, &chunk, chunk.count)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            text += chunk[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }

    public func exists(_ path: String) -> Bool {
        let file = try? unsafe Descriptor(
            bn_open_below(folder.number, path, pathOnly | O_CLOEXEC), of: "open")
        return file != nil
    }
}

/// O_PATH of <asm-generic/fcntl.h>, which `import Glibc` does not define: it needs _GNU_SOURCE.
private let pathOnly: Int32 = 0o10000000
