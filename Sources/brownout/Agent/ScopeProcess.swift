import FaultKinds

/// A process by which the network namespace of a scope is found.
struct ScopeProcess: Equatable, Sendable {
    var id: Int32

    /// Of a container, a unit or a control group the one that is the least deep in its control groups:
    /// what a container runs in it may have namespaces of its own. Any hierarchy counts, of cgroup v1 as well. Nil:
    /// there is none, or the scope does not say which.
    init?(_ processes: Scope.Processes, host: HostFiles = HostFiles()) {
        switch processes {
        case .pid(let process):
            guard host.exists("/proc/\(process)") else { return nil }
            id = process
        case .container(let id):
            guard let found = Self.first(host, where: { GroupName.isContainer($0, id) })
            else { return nil }
            self.id = found
        case .unit(let name):
            guard let found = Self.first(host, where: { $0 == name }) else { return nil }
            self.id = found
        case .cgroup(let path):
            guard let found = Self.first(host, in: path) else { return nil }
            self.id = found
        }
    }

    private static func first(
        _ host: HostFiles, where isMeant: (String) -> Bool
    ) -> Int32? {
        let found = host.entries("/proc").compactMap { Int32($0) }
            .compactMap { process -> (depth: Int, process: Int32)? in
                let text = host.text("/proc/\(process)/cgroup") ?? ""
                return depth(in: text, where: isMeant).map { ($0, process) }
            }
        return found.min { $0 < $1 }?.process
    }

    /// By the path of a group, of cgroup v2 alone: that is what an agent takes. One that shares our
    /// network comes first: then the group is ours, whoever else is in it.
    private static func first(_ host: HostFiles, in group: String) -> Int32? {
        guard let mount = CgroupMount(mountinfo: host.text("/proc/self/mountinfo") ?? "")
        else { return nil }
        let wanted = mount.path(of: group)
        let found = host.entries("/proc").compactMap { Int32($0) }
            .compactMap { process -> (depth: Int, process: Int32)? in
                let text = host.text("/proc/\(process)/cgroup") ?? ""
                guard let path = CgroupMount.membership(text).map(mount.path(of:)),
                    path == wanted || path.hasPrefix(wanted + "/")
                else { return nil }
                return (path.split(separator: "/").count, process)
            }
            .sorted { $0 < $1 }
        let own = host.inode("/proc/self/net/dev")
        let ours = found.first { own != nil && host.inode("/proc/\($0.process)/net/dev") == own }
        return (ours ?? found.first)?.process
    }

    /// How far below the group that is meant a process is; nil: it is in no such group.
    ///
    /// - Parameter membership: proc(5), `cgroup`: hierarchy, controllers and path a line.
    static func depth(in membership: String, where isMeant: (String) -> Bool) -> Int? {
        membership.split(separator: "\n").compactMap { line -> Int? in
            let path =
                line.split(
                    separator: ":", maxSplits: 2, omittingEmptySubsequences: false
                ).last ?? ""
            let groups = path.split(separator: "/")
            return groups.firstIndex { isMeant(String($0)) }.map { groups.count - 1 - $0 }
        }.min()
    }

    /// The root folder of the process, whose resolv.conf it asks.
    var root: String { "/proc/\(id)/root" }

    /// Whether its network namespace is ours. Files below /proc/PID/net have one inode a namespace,
    /// which everybody may see.
    func sharesNetwork(_ host: HostFiles = HostFiles()) -> Bool? {
        guard let there = host.inode("/proc/\(id)/net/dev"),
            let here = host.inode("/proc/self/net/dev")
        else { return nil }
        return here == there
    }
}
