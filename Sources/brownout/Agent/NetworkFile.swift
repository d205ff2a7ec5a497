import FaultKinds
import FoundationEssentials
import SystemPackage

/// A network namespace, found by the file that stands for it.
struct NetworkFile: Equatable, Sendable {
    var inode: UInt64
    /// The file.
    var path: String
    /// What an agent is told to enter: a name of ip-netns(8), or a path from the root on.
    var name: String

    /// That of a process, or of this one. Nil: it is gone, or this user may not look at it.
    init?(of process: Int32?, host: HostFiles = HostFiles()) {
        path = "/proc/\(process.map { "\($0)" } ?? "self")/ns/net"
        name = path
        guard let link = host.link(path), let inode = Self.inode(link) else { return nil }
        self.inode = inode
    }

    /// That of a name, or of any path.
    init(_ text: String) throws(ClientError) {
        let typed = NetworkName(text)
        let named = NetworkName(typed.isPath ? Self.absolute(text) : text)
        name = named.text
        for path in named.paths {
            do {
                // Whatever it is, it is not to keep us waiting.
                let file = try FileDescriptor.open(
                    FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
                let number = try file.closeAfter {
                    Self.inode(of: file.rawValue, HostFiles())
                }
                guard let number else {
                    throw ClientError.noNetwork("\(path) is no network namespace")
                }
                (inode, self.path) = (number, path)
                return
            } catch let problem as ClientError {
                throw problem
            } catch Errno.permissionDenied, Errno.notPermitted {
                throw ClientError.hiddenNetwork(path)
            } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
                continue
            } catch {
                throw ClientError.noNetwork("\(path): \(error)")
            }
        }
        throw ClientError.noNetwork("there is no network namespace \(text): no \(named.paths[0])")
    }

    /// `net:[4026531840]`, as the kernel names such a file.
    static func inode(_ link: some StringProtocol) -> UInt64? {
        guard link.hasPrefix("net:["), link.hasSuffix("]") else { return nil }
        return UInt64(link.dropFirst(5).dropLast())
    }

    /// By an open file: its own name, or where it is mounted on another (as ip-netns(8) does it), what
    /// is mounted there.
    private static func inode(of descriptor: Int32, _ host: HostFiles) -> UInt64? {
        guard let link = host.link("/proc/self/fd/\(descriptor)") else { return nil }
        return inode(link) ?? inode(mountedOn: link, host.text("/proc/self/mountinfo") ?? "")
    }

    /// - Parameter mountinfo: proc(5), `mountinfo`. The last mount on a path hides those before.
    static func inode(mountedOn path: String, _ mountinfo: String) -> UInt64? {
        var found: UInt64?
        for line in mountinfo.split(separator: "\n") {
            let words = line.split(separator: " ")
            // … 4: root, 5: mount point, 6: options, any number of fields, `-`, file system
            guard let dash = words.firstIndex(of: "-"), dash > 4, words.count > dash + 1,
                unescaped(words[4]) == path
            else { continue }
            found = words[dash + 1] == "nsfs" ? inode(words[3]) : nil
        }
        return found
    }

    /// Blanks are written `\040`.
    private static func unescaped(_ text: Substring) -> String {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let next = rest.popFirst() {
            let digits = rest.prefix(3)
            if next == UInt8(ascii: "\\"), digits.count == 3,
                let octet = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                octets.append(octet)
                rest = rest.dropFirst(3)
            } else {
                octets.append(next)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// An agent has another working folder.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/")
            ? path
            : FilePath(FileManager.default.currentDirectoryPath).appending(path)
                .lexicallyNormalized().string
    }

    /// The words that run a command in it, with the files that ip-netns(8) lays over /etc there.
    func entering(_ command: [String]) -> [String] {
        if let folder = NetworkName(name).configuration, HostFiles().exists(folder) {
            return ["ip", "netns", "exec", name] + command
        }
        return ["nsenter", "--net=\(path)", "--"] + command
    }
}
