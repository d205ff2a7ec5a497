import FaultKinds
import Foundation

/// Control groups of a test, in the hierarchy of the host, which no namespace of files hides.
enum Cgroups {
    private static func read(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    static let mount = CgroupMount(mountinfo: read("/proc/self/mountinfo"))

    /// Our own, in the file system.
    private static let own = mount?.folder(
        of: CgroupMount.membership(read("/proc/self/cgroup")) ?? "/")

    /// In a user namespace of an ordinary user it is not.
    static var areWritable: Bool {
        guard let own else { return false }
        let manager = FileManager.default
        return manager.isWritableFile(atPath: own)
            && manager.isWritableFile(atPath: "\(own)/cgroup.procs")
    }

    /// Runs `body` with a new group, and removes it with all in it.
    static func with<Value>(
        _ name: String, _ body: (_ folder: String) async throws -> Value
    ) async throws -> Value {
        let folder = "\(own ?? "")/\(name)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(folder))
        } catch {
            result = .failure(error)
        }
        try? "1".write(toFile: "\(folder)/cgroup.kill", atomically: false, encoding: .utf8)
        _ = try await eventually {
            (try? FileManager.default.removeItem(atPath: folder)) != nil
        }
        return try result.get()
    }

    /// A command that enters a group and becomes `words`.
    static func entering(_ folder: String, _ words: [String]) -> [String] {
        ["-c", "echo 0 > \(folder)/cgroup.procs && exec \"$@\"", "sh"] + words
    }

    /// Groups of `exec` that are there.
    static func left() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: own ?? "")) ?? []
        return names.filter { $0.hasPrefix("brownout-exec-") }
    }
}
