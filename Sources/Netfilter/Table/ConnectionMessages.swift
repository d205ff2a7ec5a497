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
