public import Spec

/// Whose traffic a fault is about: some processes of this host, those of one user, or those who are
/// both.
///
/// What is named here is found by the agent when the fault is armed. What cannot be found, or not be
/// told apart on the way of a packet, is refused: a scope never widens a fault.
public struct Scope: Hashable, Sendable {
    /// Which processes; each is a control group (cgroup v2) in the end, with all below it.
    public enum Processes: Hashable, Sendable {
        /// A path below the root of the cgroup v2 hierarchy, or in the file system.
        case cgroup(String)
        /// A unit of systemd: `nginx.service`.
        case unit(String)
        /// The control group that this process is in.
        case pid(Int32)
        /// A container of Docker, Podman or containerd: its id, or how that starts.
        case container(String)
    }

    public var processes: Processes?
    /// A user's name or number.
    public var user: String?
    /// A network namespace: a name of ip-netns(8) or a path. Nil: that of the agent.
    public var network: String?

    /// Reads `{cgroup: /tests}`, `{unit: nginx.service}`, `{uid: www-data}` …
    ///
    /// - Throws: Where and what is wrong, for the first key that is.
    public init(_ node: Node) throws(SpecError) {
        var fields = try Fields(node, of: "scope")
        let cgroup = try fields.string("cgroup")
        let unit = try fields.string("unit")
        let pid = try fields.integer("pid", in: Int32(1)...Int32.max)
        let container = try fields.string("container")
        user = try fields.string("uid")
        network = try fields.string("netns")
        let given: [(key: String, value: Processes)] =
            [
                cgroup.map { ("cgroup", .cgroup($0)) }, unit.map { ("unit", .unit($0)) },
                pid.map { ("pid", .pid($0)) }, container.map { ("container", .container($0)) },
            ].compactMap { $0 }
        processes = given.first?.value
        if given.count > 1 {
            throw fields.error(
                given[1].key, "`\(given[0].key)` says already which processes are meant",
                hint: "leave one of the two out")
        }
        if given.isEmpty, user == nil, network == nil {
            throw SpecError(
                location: fields.location, key: "scope", problem: "nobody is meant",
                hint: "write one of cgroup, unit, pid, container, uid and netns")
        }
        for (key, text) in [("cgroup", cgroup), ("container", container), ("netns", network)] {
            guard let text else { continue }
            if text.isEmpty || text.split(separator: "/").contains("..") {
                throw fields.error(key, "\"\(text)\" names nothing")
            }
        }
        if let container, container.count < Self.shortestContainer {
            throw fields.error(
                "container", "\"\(container)\" may be the start of many ids",
                hint: "write \(Self.shortestContainer) characters of it or more")
        }
        if let unit, unit.contains("/") || !unit.contains(".") {
            throw fields.error(
                "unit", "\"\(unit)\" is no name of a unit", hint: "write nginx.service")
        }
        if let user, user.isEmpty || user.contains(":") {
            throw fields.error("uid", "\"\(user)\" is no user", hint: "write www-data or 33")
        }
        try fields.finish()
    }

    /// As `docker ps` shortens ids.
    static let shortestContainer = 12

    static var schema: KeyGroup {
        KeyGroup(
            "scope", "Whose traffic alone it is about; everybody's if absent.",
            keys: [
                KeySchema(
                    "cgroup", .text,
                    "Processes in this control group (cgroup v2) or below it: its path."),
                KeySchema("unit", .text, "Those of a unit of systemd: `nginx.service`."),
                KeySchema(
                    "pid", .integer(1...UInt64(Int32.max)),
                    "Those in the control group of this process."),
                KeySchema(
                    "container", .text,
                    "Those of a container: its id, 12 characters or more."
                ),
                KeySchema("uid", .text, "Those of a user: a name or a number."),
                KeySchema(
                    "netns", .text,
                    "Those in this network namespace, by the agent there: a name of ip-netns(8), or "
                        + "a path."),
            ],
            anyOf: [["cgroup"], ["unit"], ["pid"], ["container"], ["uid"], ["netns"]])
    }
}
