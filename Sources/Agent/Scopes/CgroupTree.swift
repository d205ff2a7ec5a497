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

    /// The processes of a group and of all below it: a container's are often in groups of its own.
    func processes(of group: Cgroup) -> [Int32] {
        var found: [Int32] = []
        var left = [at.folder(of: group.path)]
        while let next = left.popLast() {
            found += Self.processes(in: next)
            left += Cgroup.folders(in: next)
        }
        return found
    }

    private static func processes(in folder: String) -> [Int32] {
        let list = FileManager.default.contents(atPath: "\(folder)/cgroup.procs") ?? Data()
        return String(decoding: list, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }
    }

    /// The group of a process: proc(5), `cgroup`, or where that is hidden from us (ProtectProc=), the
    /// group that lists it.
    func group(of process: Int32, membership: String) -> Cgroup? {
        if let path = CgroupMount.membership(membership) { return group(at: path) }
        var left = [mount]
        while let next = left.popLast() {
            if Self.processes(in: next).contains(process) { return group(at: next) }
            left += Cgroup.folders(in: next)
        }
        return nil
    }
}
