/// Where the cgroup v2 hierarchy of this host is mounted, and paths in it.
public struct CgroupMount: Equatable, Sendable {
    /// The folder that it is mounted on.
    public var folder: String
    /// What of it is mounted there: `/`, or a part.
    public var root: String

    /// Reads proc(5), `mountinfo`; nil where cgroup v2 is not mounted.
    public init?(mountinfo: String) {
        for line in mountinfo.split(separator: "\n") {
            // … 4: root, 5: mount point, 6: options, any number of fields, `-`, file system
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), dash > 4, words.count > dash + 1,
                words[dash + 1] == "cgroup2"
            else { continue }
            folder = String(words[4])
            root = String(words[3])
            return
        }
        return nil
    }

    /// The path of a group from the folder on, `/` for the folder itself, however it is written: as
    /// /proc/PID/cgroup has it, or in the file system.
    public func path(of group: String) -> String {
        var below = group
        for prefix in [folder, root] where prefix != "/" {
            if group == prefix || group.hasPrefix(prefix + "/") {
                below = String(group.dropFirst(prefix.count))
                break
            }
        }
        let parts = below.split(separator: "/").map { "/\($0)" }.joined()
        return parts.isEmpty ? "/" : parts
    }

    /// The folder of a group.
    public func folder(of group: String) -> String {
        let path = path(of: group)
        return path == "/" ? folder : folder + path
    }

    /// The group of a process of cgroup v2, from proc(5), `cgroup`.
    public static func membership(_ text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) }
    }
}
