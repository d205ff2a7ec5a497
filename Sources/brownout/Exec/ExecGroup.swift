import FaultKinds
import FoundationEssentials
import Glibc
import SystemPackage

/// A control group for one command: below our own, so that all limits on us are limits on it.
struct ExecGroup: Sendable {
    /// Its folder in the file system.
    let folder: String

    /// Makes a new one.
    static func make() throws(ClientError) -> ExecGroup {
        let mounts = read("/proc/self/mountinfo")
        guard let mount = CgroupMount(mountinfo: mounts) else {
            throw .noPlace(
                "cgroup v2 is not mounted here, and without it nobody can tell a command's "
                    + "connections from others'")
        }
        let own = CgroupMount.membership(read("/proc/self/cgroup")) ?? "/"
        let group = ExecGroup(
            folder: mount.folder(of: own) + "/brownout-exec-\(getpid())")
        do {
            try FileManager.default.createDirectory(
                atPath: group.folder, withIntermediateDirectories: false)
        } catch {
            throw .noPlace(
                "\(group.folder) cannot be made (\(error)); a command of its own control group needs root, or "
                    + "`systemd-run --user --scope -p Delegate=yes`")
        }
        return group
    }

    /// Moves this process into it.
    func enter() throws(ClientError) {
        do {
            let list = try FileDescriptor.open(FilePath("\(folder)/cgroup.procs"), .writeOnly)
            // cgroups(7): 0 is the process that writes.
            try list.closeAfter { _ = try list.writeAll("0".utf8) }
        } catch {
            throw .noPlace("\(folder)/cgroup.procs: \(error)")
        }
    }

    /// Kills whoever is still in it, and removes it. False if it is still there after a while.
    func remove(within limit: Duration = .seconds(5)) async -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while true {
            for folder in [folder] + below(folder) { killAll(in: folder) }
            for folder in below(folder) + [folder] {
                try? FileManager.default.removeItem(atPath: folder)
            }
            if !FileManager.default.fileExists(atPath: folder) { return true }
            if clock.now >= end { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func killAll(in folder: String) {
        if let file = try? FileDescriptor.open(FilePath("\(folder)/cgroup.kill"), .writeOnly) {
            _ = try? file.closeAfter { try file.writeAll("1".utf8) }
            return
        }
        // Before Linux 5.14.
        for line in Self.read("\(folder)/cgroup.procs").split(separator: "\n") {
            if let process = pid_t(line), process > 1 { kill(process, SIGKILL) }
        }
    }

    /// Groups that the command has made, the deepest first.
    private func below(_ folder: String) -> [String] {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { "\(folder)/\($0)" }.filter { path in
            var isFolder = false
            return manager.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
        }.flatMap { below($0) + [$0] }
    }

    static func read(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
