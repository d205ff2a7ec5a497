internal import CNetfilter

/// Turns faults on connections into the messages of one batch.
///
///     chain greetout { type filter hook output priority mangle + 1; … tcp dport 443 jump net1greet; … }
///     chain netout { type filter hook output priority mangle + 2; <spared> accept;
///         meta nfproto ipv4 ip daddr @net1g0v4 th dport 443 jump net1; … }
///     chain greetfwd, greetin, netfwd, netin { the same, for what is forwarded and what arrives }
///     set net1live { type inet_proto; flags timeout; }      tcp and udp, until the fault ends or rests
///     set net1g0v4, net1g0v6 { type ipv4_addr; flags timeout; }       the addresses that it follows
///     chain net1 { meta l4proto @net1live meta l4proto @armed counter jump net1act; … queue }
///     set net1read4, net1meant4 { type ipv4_addr . ipv4_addr . inet_service . inet_service; … }
///     chain net1greet { SYN, FIN, RST queue; connection @net1read4 return; queue }    where greetings count
///     chain net1dice { jhash of the connection < share goto net1act }
///     chain net1act { counter drop }
///     chain net1back { what comes back, where the fault is about that too }
///
/// Whoever reads a greeting notes its connection in `net1read4`, and in `net1meant4` if it is meant,
/// before it lets the packet go on to the next hook: `net1` then begins with a look into that set.
///
/// The base chains come with the first fault, for every packet of the host passes them, and stay as long
/// as the table does: removing a hook makes the kernel drop what waits in queues. A scope (a cgroup, a user) is one more expression in the rules of `net1`.
struct ConnectionMessages {
    /// Before those, for what clients send first.
    static let greetHooks = ["greetout", "greetfwd", "greetin"]
    static let hooks = ["netout", "netfwd", "netin"]
    /// Behind them, for packets that come back from the queue.
    static let lateHooks = ["lateout", "latefwd", "latein"]

    var table: String
    var statement: QueueStatement
    /// Where packets go that are to wait, or are condemned.
    var queue: UInt16
    /// Where those go that may say whom a client wants.
    var greetings: UInt16
    /// Whether the kernel can tell by whose socket a packet comes in (CONFIG_NFT_SOCKET).
    var sparesReplies: Bool

    /// Adds the base chains.
    func hook(in batch: inout Batch) {
        // Right behind the answers' chains, for a packet that comes back from a queue goes on with
        // the next chain of its hook.
        for (index, hook) in [NF_INET_LOCAL_OUT, NF_INET_FORWARD, NF_INET_LOCAL_IN].enumerated() {
            let hook = UInt32(hook.rawValue)
            batch.createChain(table, Self.greetHooks[index], hook: hook, behind: 1)
            batch.createChain(table, Self.hooks[index], hook: hook, behind: 2)
            batch.createChain(table, Self.lateHooks[index], hook: hook, behind: 3)
        }
    }

    // MARK: One fault

    /// Adds its sets and chains; nothing leads there yet.
    func add(_ fault: ConnectionFault, to batch: inout Batch) {
        let names = Names(fault.number)
        batch.createSet(table, names.live, of: .transportProtocol, timeout: true)
        if !fault.rests { addLive(names, for: fault.remaining, to: &batch) }
        for (index, group) in fault.groups.enumerated() {
            if group.follows {
                batch.createSet(table, names.set(index, isV4: true), of: .v4, timeout: true)
                batch.createSet(table, names.set(index, isV4: false), of: .v6, timeout: true)
            }
            let single = Self.singlePorts(group)
            if single.count > 1 {
                batch.createSet(table, names.ports(index), of: .port, timeout: false)
                batch.addElements(
                    table, names.ports(index), single.map { (key: $0.octets, timeout: nil) })
            }
        }
        if fault.readsGreetings {
            for isV4 in [true, false] {
                let ends: SetKey = isV4 ? .endsV4 : .endsV6
                batch.createSet(table, names.read(isV4: isV4), of: ends, timeout: true)
                batch.createSet(table, names.meant(isV4: isV4), of: ends, timeout: true)
            }
            batch.createChain(table, names.greet)
            addGreetingRules(fault, names, to: &batch)
        }
        for chain in names.chains.reversed() { batch.createChain(table, chain) }
        addRules(fault, names, to: &batch)
    }

    /// Removes its sets and chains, when nothing leads there any more.
    func remove(_ fault: ConnectionFault, from batch: inout Batch) {
        let names = Names(fault.number)
        let chains = names.chains + (fault.readsGreetings ? [names.greet] : [])
        for chain in chains { batch.flushRules(table, chain) }
        for chain in chains { batch.deleteChain(table, chain) }
        batch.deleteSet(table, names.live)
        if fault.readsGreetings {
            for isV4 in [true, false] {
                batch.deleteSet(table, names.read(isV4: isV4))
                batch.deleteSet(table, names.meant(isV4: isV4))
            }
        }
        for (index, group) in fault.groups.enumerated() {
            if group.follows {
                batch.deleteSet(table, names.set(index, isV4: true))
                batch.deleteSet(table, names.set(index, isV4: false))
            }
            if Self.singlePorts(group).count > 1 { batch.deleteSet(table, names.ports(index)) }
        }
    }

    func addLive(_ names: Names, for time: Duration, to batch: inout Batch) {
        batch.addElements(
            table, names.live, Self.transports.map { (key: $0, timeout: time) })
    }

    /// IPPROTO_TCP and IPPROTO_UDP.
    static let transports: [[UInt8]] = [[6], [17]]

    // MARK: What leads there

    /// Puts new rules into the base chains.
    func lead(to faults: [ConnectionFault], _ spared: SparedConnections, in batch: inout Batch) {
        for hook in Self.greetHooks + Self.hooks + Self.lateHooks {
            batch.flushRules(table, hook)
        }
        guard !faults.isEmpty else { return }
        addSentences(to: &batch)
        addSpared(spared, to: Self.hooks, &batch)
        if sparesReplies, faults.contains(where: \.actsOnReplies) {
            batch.addRule(
                table, Self.hooks[2],
                [.connection(.socketMark)] + Self.isMarked(spared)
                    + [.connection(.verdict(.accept))])
            // What is met on its way out elsewhere is met here on its way in.
            for port in spared.ports {
                batch.addRule(
                    table, Self.hooks[2],
                    Self.isLoopback(sent: false) + Self.isTCP(port, offset: 0)
                        + [.connection(.verdict(.accept))])
            }
        }
        if faults.contains(where: \.readsGreetings) {
            addSpared(spared, to: Self.greetHooks, &batch)
        }
        for fault in faults { lead(to: fault, in: &batch) }
    }

    private static func isMarked(_ spared: SparedConnections) -> [Expression] {
        [.connection(.compare(.equal, spared.mark.hostOctets))]
    }

    /// - Parameter hooks: Chains of the hooks output, forward and input.
    private func addSpared(
        _ spared: SparedConnections, to hooks: [String], _ batch: inout Batch
    ) {
        let accept = Expression.connection(.verdict(.accept))
        // A mark stays on a packet to this host's own addresses.
        for hook in [hooks[0], hooks[2]] {
            batch.addRule(table, hook, [.connection(.mark)] + Self.isMarked(spared) + [accept])
        }
        for port in spared.ports {
            for (hook, field) in [(hooks[0], UInt32(0)), (hooks[2], 2)] {
                batch.addRule(table, hook, Self.isTCP(port, offset: field) + [accept])
            }
        }
        for network in spared.networks {
            for hook in hooks {
                for isSource in [true, false] {
                    batch.addRule(
                        table, hook, Self.isIn(network, source: isSource) + [accept])
                }
            }
        }
    }

    private func lead(to fault: ConnectionFault, in batch: inout Batch) {
        let names = Names(fault.number)
        // The peer is the destination of what goes there, and the source of what comes back. The
        // port is the one that was connected to.
        // What is forwarded has no socket on this host: it is in no scope.
        let forwarded = fault.scope == nil ? ["netfwd"] : []
        let along = fault.isInbound ? ["netin"] : ["netout"] + forwarded
        lead(
            to: fault, names, chain: names.match, hooks: along.map { Hook($0) },
            peerIsSource: fault.isInbound, portIsSource: false, in: &batch)
        if fault.readsGreetings {
            lead(
                to: fault, names, chain: names.greet,
                hooks: along.map { Hook("greet" + $0.dropFirst("net".count)) },
                peerIsSource: fault.isInbound, portIsSource: false, in: &batch)
        }
        guard fault.actsOnReplies, !fault.isDryRun else { return }
        lead(
            to: fault, names, chain: names.back, hooks: replies(to: fault),
            peerIsSource: !fault.isInbound, portIsSource: true, in: &batch)
    }

    /// A chain of the base, and what its rules ask for first.
    private struct Hook {
        var chain: String
        var first: [Expression] = []

        init(_ chain: String, _ first: [Expression] = []) {
            self.chain = chain
            self.first = first
        }
    }

    /// Where what comes back is met.
    private func replies(to fault: ConnectionFault) -> [Hook] {
        guard fault.isInbound else {
            return [Hook("netin")] + (fault.scope == nil ? [Hook("netfwd")] : [])
        }
        // Whose socket a packet is from, a scope asks where it is sent; whose it is for, as observers
        // have it, is known where it arrives.
        guard fault.scope == nil, sparesReplies else { return [Hook("netout")] }
        return [
            Hook("netout", Self.isLoopback(sent: true, .notEqual)),
            Hook("netin", Self.isLoopback(sent: false)),
        ]
    }

    private func lead(
        to fault: ConnectionFault, _ names: Names, chain: String, hooks: [Hook],
        peerIsSource: Bool, portIsSource: Bool, in batch: inout Batch
    ) {
        for (index, group) in fault.groups.enumerated() {
            var peers: [[Expression]] = group.networks.map {
                Self.isIn($0, source: peerIsSource)
            }
            if group.follows {
                for isV4 in [true, false] {
                    peers.append(
                        Self.family(isV4) + [
                            Self.address(isV4: isV4, source: peerIsSource),
                            .lookup(set: names.set(index, isV4: isV4)),
                        ])
                }
            }
            if group.everybody { peers = [[]] }
            for ports in portTerms(group, names.ports(index), source: portIsSource) {
                for peer in peers {
                    for hook in hooks {
                        batch.addRule(
                            table, hook.chain,
                            hook.first + peer + ports + [.connection(.verdict(.jump(chain)))])
                    }
                }
            }
        }
    }

    private static func singlePorts(_ group: ConnectionFault.Group) -> [UInt16] {
        group.ports.filter { $0.count == 1 }.map(\.lowerBound)
    }

    private func portTerms(
        _ group: ConnectionFault.Group, _ set: String, source: Bool
    ) -> [[Expression]] {
        if group.ports.isEmpty { return [[]] }
        let port = Expression.transportField(offset: source ? 0 : 2)
        var terms: [[Expression]] = []
        let single = Self.singlePorts(group)
        if single.count == 1 { terms.append([port, .equals(single[0].octets)]) }
        if single.count > 1 { terms.append([port, .lookup(set: set)]) }
        for run in group.ports where run.count > 1 {
            terms.append([
                port, .connection(.compare(.atLeast, run.lowerBound.octets)),
                .connection(.compare(.atMost, run.upperBound.octets)),
            ])
        }
        return terms
    }

    // MARK: Terms

    private static func family(_ isV4: Bool) -> [Expression] {
        // NFPROTO_IPV4 and NFPROTO_IPV6.
        [.connection(.family), .equals([isV4 ? 2 : 10])]
    }

    /// RFC 791 and RFC 8200: addresses are at octets 12 and 16, at 8 and 24.
    private static func address(isV4: Bool, source: Bool) -> Expression {
        let offset: UInt32 = isV4 ? (source ? 12 : 16) : (source ? 8 : 24)
        return .connection(.header(network: true, offset: offset, length: isV4 ? 4 : 16))
    }

    /// ARPHRD_LOOPBACK of <linux/if_arp.h>.
    private static func isLoopback(
        sent: Bool, _ isSo: ConnectionExpression.Comparison = .equal
    ) -> [Expression] {
        [
            .connection(.interfaceType(sent: sent)),
            .connection(.compare(isSo, UInt16(772).hostOctets)),
        ]
    }

    /// - Parameter offset: 0 is the source's port, 2 the destination's.
    private static func isTCP(_ port: UInt16, offset: UInt32) -> [Expression] {
        [.transportProtocol, .equals([6]), .transportField(offset: offset), .equals(port.octets)]
    }

    private static func isIn(_ network: Network, source: Bool) -> [Expression] {
        var terms = family(network.isV4) + [address(isV4: network.isV4, source: source)]
        if network.prefix < network.octets.count * 8 {
            terms.append(.connection(.masked(network.mask)))
        }
        return terms + [.equals(network.octets)]
    }
}

extension ConnectionFault {
    var actsOnReplies: Bool {
        acts.contains { act in
            switch act {
            case .silence, .queue(bothWays: true): true
            default: false
            }
        }
    }
}

extension ConnectionMessages {
    /// The names of one fault's chains and sets.
    struct Names {
        let match, dice, act, back, live, greet: String

        init(_ number: Int) {
            match = "net\(number)"
            dice = "net\(number)dice"
            act = "net\(number)act"
            back = "net\(number)back"
            live = "net\(number)live"
            greet = "net\(number)greet"
        }

        /// Each before those that it leads to.
        var chains: [String] { [match, dice, back, act] }

        /// Connections whose greeting has been read, and those of them that are meant.
        func read(isV4: Bool) -> String { "\(match)read\(isV4 ? 4 : 6)" }
        func meant(isV4: Bool) -> String { "\(match)meant\(isV4 ? 4 : 6)" }

        func set(_ group: Int, isV4: Bool) -> String { "\(match)g\(group)v\(isV4 ? 4 : 6)" }
        func ports(_ group: Int) -> String { "\(match)g\(group)ports" }
    }
}

extension UInt16 {
    /// In network order.
    var octets: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xff)] }

    /// In the host's byte order, as registers hold numbers.
    var hostOctets: [UInt8] {
        #if _endian(little)
            return octets.reversed()
        #else
            return octets
        #endif
    }
}
