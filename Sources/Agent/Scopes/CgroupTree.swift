import FaultKinds
import FoundationEssentials

/// The cgroup v2 hierarchy of this host.
struct CgroupTree: Sendable {
    var at: CgroupMount
    var mount: String { at.folder }

    /// Nil where cgroup v2 is not mounted.
    init?(mountinfo: String) {
        guard let at = CgroupMount(mountinfo: mountinfo) else { return nil }
        self.at = at
    }

    /// The group at a path, below the root or in the file system.
    func group(at path: String) -> Cgroup? {
        Cgroup(folder: at.folder(of: path), path: at.path(of: path))
    }

    /// The groups of which the last part of the path is meant.
    func groups(where isMeant: (String) -> Bool) -> [Cgroup] {
        var found: [Cgroup] = []
        var left = [mount]
        while let next = left.popLast() {
            for folder in Cgroup.folders(in: next) {
                let name = folder.split(separator: "/").last.map(String.init) ?? ""
                if isMeant(name), let group = group(at: folder) {
                    // All below it belongs to it.
                    found.append(group)
                } else {
                    left.append(folder)
                }
            }
        }
        return found
    }

    /// The group of a process: proc(5), `cgroup`, or where that is hidden from us (ProtectProc=), the
    /// group that lists it.
    func group(of process: Int32, membership: String) -> Cgroup? {
        if let path = CgroupMount.membership(membership) { return group(at: path) }
        var left = [mount]
        while let next = left.popLast() {
            let list = FileManager.default.contents(atPath: "\(next)/cgroup.procs") ?? Data()
            let ids = String(decoding: list, as: UTF8.self).split(separator: "\n")
            if ids.contains(where: { Int32($0) == process }) { return group(at: next) }
            left += Cgroup.folders(in: next)
        }
        return nil
    }
}
