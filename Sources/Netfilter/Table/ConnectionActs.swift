/// The rules within the chains of one fault on connections.
extension ConnectionMessages {
    func addRules(_ fault: ConnectionFault, _ names: Names, to batch: inout Batch) {
        let alive: [Expression] =
            [
                .transportProtocol, .lookup(set: names.live),
                .transportProtocol, .lookup(set: RulesetMessages.heartbeatSet),
            ] + Self.isWithin(fault.scope)
        let dice = fault.share < 1 && !fault.isDryRun
        let selections = Self.selections(fault, names)
        for selection in selections {
            batch.addRule(
                table, names.match,
                alive + selection
                    + [
                        .connection(.counter),
                        .connection(.verdict(.jump(dice ? names.dice : names.act))),
                    ])
        }
        if dice {
            for isV4 in [true, false] {
                batch.addRule(
                    table, names.dice,
                    Self.isChosen(fault, isV4: isV4) + [.connection(.verdict(.goto(names.act)))])
            }
        }
        if fault.isDryRun {
            batch.addRule(table, names.act, [.connection(.counter)])
            return
        }
        for act in fault.acts { add(act, names.act, to: &batch) }
        // Last: what comes back from a queue goes on behind this hook.
        guard let act = fault.acts.first(where: \.isQueue) else {
            return addReplies(fault, names, alive, to: &batch)
        }
        for selection in selections {
            batch.addRule(table, names.match, alive + selection + [.queue(queue, statement)])
        }
        guard act == .queue(bothWays: true) else { return }
        for family in Self.families(fault.readsGreetings) {
            let meant = family.map { Self.isMeant(names, isV4: $0, reversed: true) } ?? []
            batch.addRule(table, names.back, alive + meant + [.queue(queue, statement)])
        }
    }

    /// What clients send goes to the queue until it is known whom they want.
    func addGreetingRules(_ fault: ConnectionFault, _ names: Names, to batch: inout Batch) {
        let alive: [Expression] =
            [
                .transportProtocol, .equals([6]),
                .lookup(set: RulesetMessages.heartbeatSet),
            ] + Self.isWithin(fault.scope)
        let greet = Expression.queue(greetings, statement)
        // SYN in any case: its ends may have been those of another connection.
        batch.addRule(table, names.greet, alive + Self.tcpFlags(0x12, .equal, 0x02) + [greet])
        // FIN and RST too: of what is ending nothing is to be remembered for long.
        batch.addRule(table, names.greet, alive + Self.tcpFlags(0x05, .notEqual, 0) + [greet])
        for isV4 in [true, false] {
            batch.addRule(
                table, names.greet,
                Self.ends(isV4: isV4)
                    + [.lookup(set: names.read(isV4: isV4)), .connection(.verdict(.return))])
        }
        batch.addRule(table, names.greet, alive + [greet])
    }

    private func addReplies(
        _ fault: ConnectionFault, _ names: Names, _ alive: [Expression], to batch: inout Batch
    ) {
        guard fault.acts.contains(.silence) else { return }
        // SYN-ACK passes: without it no handshake completes.
        batch.addRule(
            table, names.back,
            alive + Self.tcpFlags(0x02, .notEqual, 0) + [.connection(.verdict(.return))])
        for family in Self.families(fault.share < 1 || fault.readsGreetings) {
            var terms = alive
            if let isV4 = family, fault.readsGreetings {
                terms += Self.isMeant(names, isV4: isV4, reversed: true)
            }
            if let isV4 = family, fault.share < 1 {
                terms += Self.isChosen(fault, isV4: isV4, reversed: true)
            }
            batch.addRule(
                table, names.back, terms + [.connection(.counter), .connection(.verdict(.drop))])
        }
    }

    private func add(_ act: ConnectionFault.Act, _ chain: String, to batch: inout Batch) {
        let counter = Expression.connection(.counter)
        switch act {
        case .queue: break
        case .drop:
            drop([], chain, &batch)
        case .reset(let afterHandshake):
            // A client's own RST passes: it is what rids the server of a connection that it still
            // holds when the client's port is used again.
            batch.addRule(
                table, chain,
                Self.tcpFlags(0x04, .notEqual, 0) + [.connection(.verdict(.return))])
            if afterHandshake { passHandshakes(chain, &batch) }
            batch.addRule(
                table, chain,
                [.transportProtocol, .equals([6]), counter, .connection(.rejectTCP)])
            condemn(.rejected(code: 1), [], chain, &batch)
        case .reject(let code):
            batch.addRule(
                table, chain,
                [.transportProtocol, .equals([6]), counter, .connection(.reject(code: code))])
            condemn(.rejected(code: code), [], chain, &batch)
        case .lose(let fraction):
            let chance: [Expression] = [
                .connection(.random(modulus: Self.millions)), .connection(.networkOrder),
                .connection(.compare(.less, Self.parts(fraction))),
            ]
            drop(chance, chain, &batch)
        case .silence:
            passHandshakes(chain, &batch)
            drop([], chain, &batch)
        }
    }

    /// Drops without a word.
    private func drop(_ terms: [Expression], _ chain: String, _ batch: inout Batch) {
        batch.addRule(
            table, chain,
            [.transportProtocol, .equals([6])] + terms
                + [.connection(.counter), .connection(.verdict(.drop))])
        condemn(.dropped, terms, chain, &batch)
    }

    /// Sends datagrams of UDP to the queue, marked. A socket whose datagram a rule drops or rejects on
    /// its way out is told "operation not permitted", which no network says; once queued, the datagram
    /// is sent as far as the socket knows.
    private func condemn(
        _ sentence: CondemnedPacket, _ terms: [Expression], _ chain: String, _ batch: inout Batch
    ) {
        batch.addRule(
            table, chain,
            [.transportProtocol, .equals([17])] + terms
                + [
                    .connection(.counter), .connection(.load(sentence.mark.hostOctets)),
                    .connection(.setMark), .queue(queue, statement),
                ])
    }

    /// What becomes of those that the queue lets go on.
    func addSentences(to batch: inout Batch) {
        for hook in Self.lateHooks {
            for code in UInt8(0)...3 {
                let mark = CondemnedPacket.rejected(code: code).mark
                batch.addRule(
                    table, hook,
                    [
                        .connection(.mark), .connection(.compare(.equal, mark.hostOctets)),
                        .connection(.reject(code: code)),
                    ])
            }
        }
    }

    /// Lets SYN, SYN-ACK and bare acknowledgements of TCP leave the chain.
    private func passHandshakes(_ chain: String, _ batch: inout Batch) {
        let pass = Expression.connection(.verdict(.return))
        batch.addRule(table, chain, Self.tcpFlags(0x02, .notEqual, 0) + [pass])
        for isV4 in [true, false] {
            for words in UInt8(5)...15 {
                batch.addRule(
                    table, chain, Self.isBareAcknowledgement(isV4: isV4, words: words) + [pass])
            }
        }
    }

    // MARK: Terms

    /// Last of the terms that every packet meets: to look for a packet's socket costs most.
    private static func isWithin(_ scope: ConnectionFault.Scope?) -> [Expression] {
        var terms: [Expression] = []
        if let user = scope?.user {
            terms += [.connection(.user), .connection(.compare(.equal, user.hostOctets))]
        }
        if let scope, let cgroup = scope.cgroup {
            let low = UInt32(truncatingIfNeeded: cgroup).hostOctets
            let high = UInt32(truncatingIfNeeded: cgroup >> 32).hostOctets
            #if _endian(little)
                let octets = low + high
            #else
                let octets = high + low
            #endif
            terms += [
                .connection(.socketCgroup(level: scope.level)),
                .connection(.compare(.equal, octets)),
            ]
        }
        return terms
    }

    private static let millions: UInt32 = 1_000_000

    /// A share in millionths, in network order.
    private static func parts(_ fraction: Double) -> [UInt8] {
        let number = UInt32((min(max(fraction, 0), 1) * Double(millions)).rounded())
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    /// Which of the packets that go to its hosts a fault is for: all, those that open a connection, or
    /// those of connections whose greeting is meant.
    private static func selections(
        _ fault: ConnectionFault, _ names: Names
    ) -> [[Expression]] {
        guard fault.readsGreetings else { return openings(fault.onlyNew) }
        return [true, false].map { isMeant(names, isV4: $0) }
    }

    /// IPv4 and IPv6 where rules have to look at addresses, or one rule for both.
    private static func families(_ matter: Bool) -> [Bool?] { matter ? [true, false] : [nil] }

    /// Reversed: of what comes back.
    private static func isMeant(
        _ names: Names, isV4: Bool, reversed: Bool = false
    ) -> [Expression] {
        ends(isV4: isV4, reversed: reversed) + [.lookup(set: names.meant(isV4: isV4))]
    }

    /// The packets that open a connection: a SYN alone, or the first of UDP that conntrack sees.
    private static func openings(_ onlyNew: Bool) -> [[Expression]] {
        guard onlyNew else { return [[]] }
        // NF_CT_STATE_BIT(IP_CT_NEW) of nf_conntrack_common.h, in the host's order.
        let new = UInt32(8).hostOctets
        return [
            tcpFlags(0x12, .equal, 0x02),
            [
                .transportProtocol, .equals([17]), .connection(.trackedState),
                .connection(.masked(new)), .connection(.compare(.notEqual, [0, 0, 0, 0])),
            ],
        ]
    }

    /// `tcp flags & MASK` compared with a value. The flags are octet 13 (RFC 9293).
    private static func tcpFlags(
        _ mask: UInt8, _ comparison: ConnectionExpression.Comparison, _ value: UInt8
    ) -> [Expression] {
        [
            .transportProtocol, .equals([6]),
            .connection(.header(network: false, offset: 13, length: 1)),
            .connection(.masked([mask])), .connection(.compare(comparison, [value])),
        ]
    }

    /// ACK alone, with a TCP header of so many words and nothing behind it. IP options or extension
    /// headers make it look like data.
    private static func isBareAcknowledgement(isV4: Bool, words: UInt8) -> [Expression] {
        // Total length counts the IPv4 header; the payload length of IPv6 does not.
        let length = UInt16(words) * 4 + (isV4 ? 20 : 0)
        return [.connection(.family), .equals([isV4 ? 2 : 10])]
            + tcpFlags(0x17, .equal, 0x10)
            + [
                .connection(.header(network: true, offset: isV4 ? 2 : 4, length: 2)),
                .equals(length.octets),
                .connection(.header(network: false, offset: 12, length: 1)),
                .connection(.masked([0xF0])), .connection(.compare(.equal, [words << 4])),
            ]
    }

    /// The dice of a connection: the same for each of its packets. Reversed: of what comes back.
    private static func isChosen(
        _ fault: ConnectionFault, isV4: Bool, reversed: Bool = false
    ) -> [Expression] {
        ends(isV4: isV4, reversed: reversed) + [
            .connection(
                .hash(length: isV4 ? 16 : 40, modulus: millions, seed: fault.seed)),
            .connection(.networkOrder), .connection(.compare(.less, parts(fault.share))),
        ]
    }

    /// Source, destination and the two ports from register 1 on, each in full registers of 4 octets.
    /// Reversed: as the packets of the other direction have them.
    private static func ends(isV4: Bool, reversed: Bool = false) -> [Expression] {
        let (length, first): (UInt32, UInt32) = isV4 ? (4, 12) : (16, 8)
        let words = length / 4
        let (source, destination) = reversed ? (first + length, first) : (first, first + length)
        return [
            .connection(.family), .equals([isV4 ? 2 : 10]),
            .connection(.header(network: true, offset: source, length: length, register: 0)),
            .connection(
                .header(network: true, offset: destination, length: length, register: words)),
            .connection(
                .header(
                    network: false, offset: reversed ? 2 : 0, length: 2, register: 2 * words)),
            .connection(
                .header(
                    network: false, offset: reversed ? 0 : 2, length: 2, register: 2 * words + 1)),
        ]
    }
}

extension ConnectionFault.Act {
    var isQueue: Bool {
        if case .queue = self { true } else { false }
    }
}
