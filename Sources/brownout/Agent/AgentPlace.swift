import Control
import FaultKinds

/// Which agent a command is for: that of this host, or that of another network namespace.
struct AgentPlace: Equatable, Sendable {
    var socket: String
    /// The namespace that a new agent has to enter; nil: it is the ordinary one.
    var network: NetworkFile?
    /// The root folder of a container whose files count there.
    var root: String?

    var client: AgentClient { AgentClient(socket: socket) }

    /// Where faults of these scopes are armed.
    ///
    /// - Parameter ordinary: The socket of the ordinary agent; those of others are beside it.
    static func find(
        _ scopes: [Scope?], ordinary: String
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
        guard let target = wanted.compactMap({ $0 }).first else {
            return AgentPlace(socket: ordinary)
        }
        return try await find(target, ordinary: ordinary)
    }

    /// The agent of a namespace, by its name or path; nil: the ordinary one.
    static func find(
        _ name: String?, ordinary: String
    ) async throws(ClientError) -> AgentPlace {
        guard let name else { return AgentPlace(socket: ordinary) }
        return try await find(Target(network: NetworkFile(name)), ordinary: ordinary)
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
        let beside = AgentPlace(
            socket: AgentClient.socket(ordinary, ofNetwork: network.inode), network: network,
            root: target.root)
        let there = try? await AgentClient(socket: ordinary, timeout: .seconds(2)).status()
        // An agent of an older version acts where it was started.
        let isOrdinary = there.map { $0.netns.map { $0.inode == network.inode } ?? isOurs }
        if isOrdinary == true { return AgentPlace(socket: ordinary) }
        if isOurs, isOrdinary == nil, !HostFiles().exists(beside.socket) {
            return AgentPlace(socket: ordinary)
        }
        guard beside.socket.utf8.count <= AgentOptions.longestSocket else {
            throw .usage("--socket: \(beside.socket) is too long for a socket")
        }
        return beside
    }

    /// The agents of other network namespaces that have their sockets beside the ordinary one. Sockets of
    /// dead agents are among them.
    static func others(
        beside ordinary: String, host: HostFiles = HostFiles()
    ) -> [AgentClient] {
        let parts = AgentClient.socket(ordinary, ofNetwork: 0).split(
            separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        let name = (parts.last ?? "").split(separator: "-netns-0", maxSplits: 1)
        guard let stem = name.first else { return [] }
        let ending = name.count > 1 ? name[1] : ""
        return host.entries(folder.isEmpty ? "." : folder).filter { entry in
            guard entry.hasPrefix("\(stem)-netns-"), entry.hasSuffix(ending) else { return false }
            let inode = entry.dropFirst(stem.count + 7).dropLast(ending.count)
            return UInt64(inode) != nil
        }.map { AgentClient(socket: "\(folder)/\($0)", timeout: .seconds(2)) }
    }

    /// Makes sure that an agent answers, and that it is the one of that namespace.
    func ensure() async throws {
        try await OnDemandAgent(place: self).ensure()
    }
}
