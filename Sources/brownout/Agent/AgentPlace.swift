import Control
import FaultKinds

/// Which agent a command is for: that of the network namespace that we are in, or that of another.
struct AgentPlace: Equatable, Sendable {
    var socket: String
    /// The namespace that its faults are for, and that a new agent has to enter; nil: it is ours.
    var network: NetworkFile?
    /// The root folder of a container whose files count there.
    var root: String?
    /// Whoever answers on a socket that somebody named is meant, wherever it acts.
    var isNamed = false

    var client: AgentClient { AgentClient(socket: socket) }

    /// The ordinary agent's socket, from which those of others follow.
    struct Ordinary: Equatable, Sendable {
        var socket: String
        /// Given by flag or environment.
        var isNamed: Bool
    }

    /// Where faults of these scopes are armed.
    static func find(
        _ scopes: [Scope?], ordinary: Ordinary
    ) async throws(ClientError) -> AgentPlace {
        var wanted: [Target?] = []
        for scope in scopes {
            let target = try scope.flatMap { (scope) throws(ClientError) in try Target(scope) }
            if !wanted.contains(where: { $0?.network.inode == target?.network.inode }) {
                wanted.append(target)
            }
        }
        // Nothing said is this namespace.
        let inodes = Set(wanted.map { $0?.network.inode ?? NetworkFile(of: nil)?.inode })
        guard inodes.count <= 1 else {
            throw .usage(
                "these faults are for several network namespaces, each of which has an agent of its "
                    + "own: arm them one at a time")
        }
        guard let target = wanted.compactMap({ $0 }).first else { return try await here(ordinary) }
        return try await find(target, ordinary: ordinary.socket)
    }

    /// The agent of a namespace, by its name or path; nil: where we are.
    static func find(
        _ name: String?, ordinary: Ordinary
    ) async throws(ClientError) -> AgentPlace {
        guard let name else { return try await here(ordinary) }
        return try await find(Target(network: NetworkFile(name)), ordinary: ordinary.socket)
    }

    /// Under `ip netns exec blue` the agent of blue is meant, not the host's, although their sockets are
    /// in one folder.
    private static func here(_ ordinary: Ordinary) async throws(ClientError) -> AgentPlace {
        guard !ordinary.isNamed, let own = NetworkFile(of: nil) else {
            return AgentPlace(socket: ordinary.socket, isNamed: true)
        }
        return try await find(Target(network: own), ordinary: ordinary.socket)
    }

    /// A namespace that was asked for.
    private struct Target {
        var network: NetworkFile
        var root: String?

        init(network: NetworkFile) { self.network = network }

        /// Nil where the scope is about none, or about nobody who can be found: the agent says that.
        init?(_ scope: Scope) throws(ClientError) {
            let process = scope.processes.flatMap { ScopeProcess($0) }
            if let name = scope.network {
                network = try NetworkFile(name)
                root = process.flatMap { process in
                    NetworkFile(of: process.id)?.inode == network.inode ? process.root : nil
                }
                return
            }
            guard let process else { return nil }
            if let network = NetworkFile(of: process.id) {
                self.network = network
                // Who shares our network shares our resolvers, as far as anybody can tell.
                root = network.inode == NetworkFile(of: nil)?.inode ? nil : process.root
                return
            }
            guard process.sharesNetwork() == false else { return nil }
            throw .hiddenNetwork("/proc/\(process.id)/ns/net")
        }
    }

    private static func find(
        _ target: Target, ordinary: String
    ) async throws(ClientError) -> AgentPlace {
        let network = target.network
        let isOurs = network.inode == NetworkFile(of: nil)?.inode
        func place(_ socket: String) -> AgentPlace {
            AgentPlace(socket: socket, network: isOurs ? nil : network, root: target.root)
        }
        let beside = place(AgentClient.socket(ordinary, ofNetwork: network.inode))
        let there = try? await AgentClient(socket: ordinary, timeout: .seconds(2)).status()
        // An agent of an older version acts where it was started.
        let isOrdinary = there.map { $0.netns.map { $0.inode == network.inode } ?? isOurs }
        if isOrdinary == true { return place(ordinary) }
        if isOurs, isOrdinary == nil, !HostFiles().exists(beside.socket) { return place(ordinary) }
        guard beside.socket.utf8.count <= AgentOptions.longestSocket else {
            throw .usage("--socket: \(beside.socket) is too long for a socket")
        }
        return beside
    }

    /// The agents that may be there besides this one: the ordinary one, and those of other network
    /// namespaces, which have their sockets beside it. Sockets of dead agents are among them.
    func others(
        ordinary: String, host: HostFiles = HostFiles()
    ) -> [AgentClient] {
        let parts = AgentClient.socket(ordinary, ofNetwork: 0).split(
            separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        let name = (parts.last ?? "").split(separator: "-netns-0", maxSplits: 1)
        guard let stem = name.first else { return [] }
        let ending = name.count > 1 ? name[1] : ""
        let siblings = host.entries(folder.isEmpty ? "." : folder).filter { entry in
            guard entry.hasPrefix("\(stem)-netns-"), entry.hasSuffix(ending) else { return false }
            let inode = entry.dropFirst(stem.count + 7).dropLast(ending.count)
            return UInt64(inode) != nil
        }
        return ([ordinary] + siblings.map { "\(folder)/\($0)" }).filter { $0 != socket }
            .map { AgentClient(socket: $0, timeout: .seconds(2)) }
    }

    /// Whether faults armed there act where they are to.
    func isMeant(_ there: AgentStatus.Network) -> Bool {
        let wanted = network?.inode ?? NetworkFile(of: nil)?.inode
        return wanted == nil || wanted == there.inode
    }

    /// Makes sure that an agent answers, and that it is the one of that namespace.
    func ensure() async throws {
        try await OnDemandAgent(place: self).ensure()
    }
}
