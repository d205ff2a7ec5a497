import Control
import FaultKinds
import FoundationEssentials
import Netfilter
import Wire

/// Finds what a scope names on this host, and refuses what no scope can be kept for.
struct ScopeFinder: Sendable {
    /// The text of a small file; nil if it cannot be read.
    var read: @Sendable (String) -> String? = { path in
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
    var exists: @Sendable (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    /// What the programs read that may be meant.
    var files = NamespaceFiles.own

    /// - Throws: An `APIError` with code `spec` that says what is not there, or cannot be told apart.
    func find(_ scope: Scope, for fault: Fault) throws(APIError) -> HeldScope? {
        if let network = scope.network { try check(network: network) }
        guard scope.processes != nil || scope.user != nil else { return nil }
        try checkConnections(of: fault, scope)
        if !fault.effects.isEmpty { try checkAnswers(of: fault) }
        var group: Cgroup?
        if let processes = scope.processes {
            group = try self.group(of: processes, isPlaced: scope.network != nil)
        }
        let user = try scope.user.map { (name) throws(APIError) in try self.user(name) }
        return HeldScope(user: user, cgroup: group, text: Self.text(scope, group))
    }

    private static func refusal(_ text: String) -> APIError {
        APIError(.spec, "scope: \(text); nothing is armed")
    }

    private static func text(_ scope: Scope, _ group: Cgroup?) -> String {
        [group.map { "cgroup \($0.path)" }, scope.user.map { "uid \($0)" }].compactMap { $0 }
            .joined(separator: ", ")
    }

    // MARK: Processes

    /// - Parameter isPlaced: The scope says in which network namespace as well. Then whoever is in the
    ///   group now may be on the way there.
    private func group(
        of processes: Scope.Processes, isPlaced: Bool
    ) throws(APIError) -> Cgroup {
        guard let tree = CgroupTree(mountinfo: read("/proc/self/mountinfo") ?? "") else {
            throw Self.refusal(
                "cgroup v2 is not mounted here, and sockets cannot be told apart by groups of v1; "
                    + "`uid` works without it")
        }
        let group: Cgroup
        switch processes {
        case .cgroup(let path):
            guard let found = tree.group(at: path) else {
                throw Self.refusal("there is no control group \(path) under \(tree.mount)")
            }
            group = found
            if !isPlaced, hasNetwork(of: found, in: tree) == false {
                throw otherNetwork("control group \(path)", of: tree.processes(of: found).first)
            }
        case .unit(let name):
            group = try only(
                tree.groups { $0 == name },
                "no unit \(name) is running: no control group of that name",
                "\(name) is the name of several control groups")
            try checkNetwork(of: group, in: tree, name)
        case .container(let id):
            group = try only(
                tree.groups { GroupName.isContainer($0, id) },
                "no container \(id) is running: no control group has that id in its name",
                "several containers have ids that start with \(id)")
            try checkNetwork(of: group, in: tree, "container \(id)")
        case .pid(let process):
            guard
                let found = tree.group(
                    of: process, membership: read("/proc/\(process)/cgroup") ?? "")
            else { throw Self.refusal("there is no process \(process) in any control group") }
            guard found.path != "/" else {
                throw Self.refusal(
                    "process \(process) is in the root control group, with every process that nobody "
                        + "has put elsewhere: start it with `brownout exec`, or as a unit with "
                        + "`systemd-run --scope`; `netns: /proc/\(process)/ns/net` is everybody in its "
                        + "network namespace")
            }
            group = found
            try checkNetwork(of: group, in: tree, "process \(process)", [process])
        }
        guard group.path != "/" else {
            throw Self.refusal(
                "the root control group is every process; leave the scope out if that is meant")
        }
        return group
    }

    private func only(
        _ found: [Cgroup], _ none: String, _ several: String
    ) throws(APIError) -> Cgroup {
        guard let first = found.first else { throw Self.refusal(none) }
        guard found.count == 1 else {
            let paths = found.map(\.path).sorted().joined(separator: ", ")
            throw Self.refusal("\(several) (\(paths)); write `cgroup` with one of them")
        }
        return first
    }

    // MARK: Network namespaces

    private func check(network: String) throws(APIError) {
        let name = NetworkName(network)
        guard let isOurs = Self.isOurs(name) else {
            throw Self.refusal(
                "there is no network namespace \(network): no \(name.paths[0])"
                    + (name.isPath ? ", or this agent may not look at it" : ""))
        }
        guard isOurs else {
            throw Self.refusal(
                "this agent acts in its own network namespace, not in \(network): `brownout "
                    + "--netns` finds or starts one there, or `brownoutd --netns \(network)`")
        }
    }

    /// Nil: there is no such namespace.
    private static func isOurs(_ name: NetworkName) -> Bool? {
        // The link in /proc is for those who may trace the process.
        if let process = name.process {
            return processNetwork("\(process)").map { $0 == processNetwork("self") }
        }
        for path in name.paths {
            if let found = try? NetworkNamespace(path: path) {
                return found == (try? NetworkNamespace(path: "/proc/self/ns/net"))
            }
        }
        return nil
    }

    /// Refuses what has sockets elsewhere: its packets are forwarded here, if they are seen at all.
    private func checkNetwork(
        of group: Cgroup, in tree: CgroupTree, _ what: String, _ processes: [Int32]? = nil
    ) throws(APIError) {
        let ids = (processes ?? tree.processes(of: group)).filter { $0 > 0 }
        guard let first = ids.first else { return }
        guard let isHere = Self.isAnyHere(ids) else {
            // Had they gone meanwhile, the folder would be gone too or be empty.
            if !exists("/proc/\(first)"), tree.processes(of: group).isEmpty { return }
            throw Self.refusal(
                "the network namespace of \(what) cannot be seen: /proc is hidden from this agent "
                    + "(ProtectProc=, hidepid=); a `cgroup` works without it")
        }
        if !isHere { throw otherNetwork(what, of: first) }
    }

    /// Nil: nobody is in it, or who is cannot be seen.
    private func hasNetwork(of group: Cgroup, in tree: CgroupTree) -> Bool? {
        Self.isAnyHere(tree.processes(of: group).filter { $0 > 0 })
    }

    /// Whether one of these processes has our network namespace; nil: that cannot be seen.
    private static func isAnyHere(_ processes: [Int32]) -> Bool? {
        let networks = processes.compactMap { processNetwork("\($0)") }
        guard let here = processNetwork("self"), !networks.isEmpty else { return nil }
        return networks.contains(here)
    }

    private func otherNetwork(_ what: String, of process: Int32?) -> APIError {
        let folder = "/proc/\(process.map { "\($0)" } ?? "PID")"
        return Self.refusal(
            "\(what) has a network namespace of its own, where this agent sees no socket: "
                + "`brownout` finds or starts one there where it may look at the process, as root; "
                + "or run `brownoutd --netns \(folder)/ns/net --root \(folder)/root`")
    }

    /// Files below /proc/PID/net have one inode a network namespace, which everybody may see; the link
    /// /proc/PID/ns/net is for those who may trace the process.
    private static func processNetwork(_ process: String) -> FileNumber? {
        FileNumber("/proc/\(process)/net/dev")
    }

    // MARK: Users

    private func user(_ name: String) throws(APIError) -> UInt32 {
        if let number = UInt32(name), number != .max { return number }
        for line in (read("/etc/passwd") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, fields[0] == name, let number = UInt32(fields[2]) { return number }
        }
        throw Self.refusal("there is no user \(name) in /etc/passwd; write the number (`id -u`)")
    }

    // MARK: Ways on which a scope gets lost

    private func checkConnections(of fault: Fault, _ scope: Scope) throws(APIError) {
        guard let net = fault.net, scope.user != nil else { return }
        guard net.direction == .outbound else {
            throw Self.refusal(
                "the kernel does not say which user a packet is for, only whose it is: `uid` is for "
                    + "outbound faults; a `cgroup` or `unit` works for both")
        }
        let late = net.effects.first { effect in
            switch effect.action {
            case .silence, .hold(bothWays: true): true
            default: false
            }
        }
        if let late {
            throw Self.refusal(
                "`\(type(of: late).name)` acts on what comes back as well, of which the kernel does "
                    + "not say for which user it is; a `cgroup` or `unit` works")
        }
    }

    private func checkAnswers(of fault: Fault) throws(APIError) {
        if fault.leg == .wire, HostResolvers.read(files).isLoopback {
            throw Self.refusal(
                "with `leg: wire` the answers are for this host's cache, which asks for everybody; "
                    + "leave `leg` out: the cache's own answers have an asker")
        }
        let hosts =
            (files.read("/etc/nsswitch.conf") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("hosts:") }?
            .split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        for path in ["/run/systemd/resolve/io.systemd.Resolve"]
        where hosts.contains("resolve") && files.exists(path) {
            throw Self.refusal(
                "programs ask systemd-resolved over \(path) (`resolve` in /etc/nsswitch.conf), which "
                    + "asks for everybody; take `resolve` out for as long, `dns` does the same, or use "
                    + "a fault on connections")
        }
        for path in ["/run/nscd/socket", "/var/run/nscd/socket"] where files.exists(path) {
            throw Self.refusal(
                "programs ask nscd over \(path), which asks for everybody; stop it for as long, or "
                    + "use a fault on connections")
        }
    }
}
