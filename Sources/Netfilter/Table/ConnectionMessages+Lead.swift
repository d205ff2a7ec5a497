/// The rules of the base chains: who is spared, and what leads to the chains of each fault.
extension ConnectionMessages {
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

    static func singlePorts(_ group: ConnectionFault.Group) -> [UInt16] {
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
