import ArgumentParser
import FaultKinds
import Spec

/// Whose traffic alone a fault is about.
struct ScopeOptions: ParsableArguments {
    @Option(help: .key("cgroup", of: "scope"), completion: .directory)
    var cgroup: String?

    @Option(help: .key("unit", of: "scope"))
    var unit: String?

    @Option(help: .key("uid", of: "scope"))
    var uid: String?

    @Option(help: .key("pid", of: "scope"))
    var pid: String?

    @Option(help: .key("container", of: "scope"))
    var container: String?

    /// As the key `scope` of a fault file, without `netns`, which is a flag of every command; nil if
    /// nothing was typed.
    var node: Node? {
        let given = [
            ("cgroup", cgroup), ("unit", unit), ("uid", uid), ("pid", pid),
            ("container", container),
        ]
        let keys = given.compactMap { key, text in
            text.map { (key, Node.scalar($0, at: .commandLine("--\(key)"))) }
        }
        guard let first = keys.first else { return nil }
        return .mapping(keys, at: .commandLine("--\(first.0)"))
    }
}
