internal import CNetfilter
internal import Glibc

/// Faults on connections: beside the rules for answers, and under the same heartbeat.
extension OwnerTable {
    /// One address that a fault follows.
    public struct Followed: Equatable, Sendable {
        /// The fault's number and its group.
        public var fault: Int
        public var group: Int
        /// 4 or 16 octets.
        public var address: [UInt8]
        /// How long the kernel keeps it; nil: it goes at once.
        public var time: Duration?

        public init(fault: Int, group: Int, address: [UInt8], time: Duration?) {
            self.fault = fault
            self.group = group
            self.address = address
            self.time = time
        }
    }

    private func messages(queue: UInt16 = 0, greetings: UInt16 = 0) -> ConnectionMessages {
        ConnectionMessages(
            table: Self.name, statement: statement, queue: queue, greetings: greetings,
            sparesReplies: sparesReplies)
    }

    /// Puts a fault in force beside those that are. After an error they are as they were.
    ///
    /// - Parameter queues: Where packets go.
    public mutating func add(
        _ fault: ConnectionFault, sparing spared: SparedConnections, queues: QueueNumbers
    ) throws(NetlinkError) {
        guard fault.remaining > .zero else { return }
        do {
            try put(fault, sparing: spared, queues: queues)
        } catch {
            guard sparesReplies, Self.mayLackSockets(error) else { throw error }
            sparesReplies = false
            do {
                try put(fault, sparing: spared, queues: queues)
            } catch {
                sparesReplies = true
                guard fault.scope != nil, Self.mayLackSockets(error) else { throw error }
                var error = error
                error.reason = .unsupported(
                    "`socket cgroupv2` and `meta skuid` (Linux 5.13, CONFIG_NFT_SOCKET)")
                throw error
            }
        }
        hooksConnections = true
        connections.append(fault)
    }

    private static func mayLackSockets(_ error: NetlinkError) -> Bool {
        [ENOENT, EOPNOTSUPP, EINVAL].contains(error.errno)
    }

    private mutating func put(
        _ fault: ConnectionFault, sparing spared: SparedConnections, queues: QueueNumbers
    ) throws(NetlinkError) {
        let messages = messages(queue: queues.connections, greetings: queues.greetings)
        var batch = Batch(sequence: sequence)
        if !hooksConnections { messages.hook(in: &batch) }
        messages.add(fault, to: &batch)
        messages.lead(to: connections + [fault], spared, in: &batch)
        try send(batch)
    }

    /// Takes faults out of force. Numbers that are not there are skipped.
    public mutating func remove(
        connections numbers: Set<Int>, sparing spared: SparedConnections
    ) throws(NetlinkError) {
        let ending = connections.filter { numbers.contains($0.number) }
        guard !ending.isEmpty else { return }
        let rest = connections.filter { !numbers.contains($0.number) }
        let messages = messages()
        var batch = Batch(sequence: sequence)
        messages.lead(to: rest, spared, in: &batch)
        for fault in ending { messages.remove(fault, from: &batch) }
        try send(batch)
        connections = rest
    }

    /// Has a fault act for so long from now on, or rest: its phases.
    public mutating func set(
        connections number: Int, acting time: Duration?
    ) throws(NetlinkError) {
        guard connections.contains(where: { $0.number == number }) else { return }
        let (messages, names) = (messages(), ConnectionMessages.Names(number))
        var batch = Batch(sequence: sequence)
        batch.deleteElements(Self.name, names.live, [])
        if let time { messages.addLive(names, for: time, to: &batch) }
        try send(batch)
    }

    /// Adds addresses to what faults follow, or gives them a new time. Those of faults that are not
    /// there are skipped.
    public mutating func follow(_ addresses: [Followed]) throws(NetlinkError) {
        var rest = addresses[...]
        while !rest.isEmpty {
            try followAtOnce(rest.prefix(Self.mostAtOnce))
            rest = rest.dropFirst(Self.mostAtOnce)
        }
    }

    /// A batch has room for about 700.
    private static let mostAtOnce = 256

    private mutating func followAtOnce(_ addresses: ArraySlice<Followed>) throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        var isEmpty = true
        for one in addresses {
            guard let fault = connections.first(where: { $0.number == one.fault }),
                fault.groups.indices.contains(one.group), fault.groups[one.group].follows
            else { continue }
            isEmpty = false
            let set = ConnectionMessages.Names(one.fault)
                .set(one.group, isV4: one.address.count == 4)
            batch.replaceElement(Self.name, set, one.address, timeout: one.time)
        }
        if isEmpty { return }
        try send(batch)
    }
}
