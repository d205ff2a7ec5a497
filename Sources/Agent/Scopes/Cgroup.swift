import FoundationEssentials
import Netfilter
import Synchronization

/// A control group and all below it.
public final class Cgroup: Sendable {
    /// From the root of the hierarchy: `/system.slice/nginx.service`.
    public let path: String
    public let id: UInt64
    private let folder: String
    /// Which ids are below it, and which are not. Neither changes: an id is never given again, and a
    /// group does not move.
    private let known: Mutex<[UInt64: Bool]>

    /// Beyond it what is known is found out anew.
    private static let room = 65_536

    /// Nil where there is no such group.
    init?(folder: String, path: String) {
        guard let id = Self.id(folder) else { return nil }
        self.folder = folder
        self.path = path
        self.id = id
        known = Mutex([id: true])
    }

    /// How far below the root it is.
    public var level: Int { path.split(separator: "/").count }

    /// Whether a group is this one or below it.
    func includes(_ id: UInt64) -> Bool {
        known.withLock { known in
            if let answer = known[id] { return answer }
            if known.count >= Self.room { known = [self.id: true] }
            var left = [folder]
            while let next = left.popLast() {
                for folder in Self.folders(in: next) {
                    if let found = Self.id(folder) { known[found] = true }
                    left.append(folder)
                }
            }
            // One that has gone meanwhile is not taken for one of ours.
            let answer = known[id] ?? false
            known[id] = answer
            return answer
        }
    }

    static func folders(in folder: String) -> [String] {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { "\(folder)/\($0)" }.filter { FileNumber($0)?.isFolder == true }
    }

    /// The kernel's number for a group is the inode of its folder.
    private static func id(_ folder: String) -> UInt64? {
        guard let number = FileNumber(folder), number.isFolder else { return nil }
        return number.inode
    }
}
