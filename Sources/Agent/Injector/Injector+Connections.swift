import FaultKinds
import Wire

/// Faults on connections: what answers teach them, and the packets that they hold back.
extension Injector {
    /// Something that should not happen has; the packet passes.
    mutating func countError() { counters.errors += 1 }

    /// Lets every fault that follows names learn from a message, before it is released.
    mutating func learn(from message: DNS.Message, bytes: Span<UInt8>, at time: UInt64) {
        let sightings = Self.addresses(in: message, bytes)
        guard !sightings.isEmpty else { return }
        for index in faults.indices {
            faults[index].connections?.learn(
                sightings, from: view, at: time, into: &learned)
        }
    }

    /// Lets one fault learn what was found without an answer.
    mutating func learn(_ known: KnownAddresses, of id: String, at time: UInt64) {
        guard let index = faults.firstIndex(where: { $0.id == id }) else { return }
        faults[index].connections?.learn(known, at: time, into: &learned)
    }

    /// Addresses and address hints of the answer section.
    private static func addresses(
        in message: DNS.Message, _ bytes: Span<UInt8>
    ) -> [AddressSighting] {
        var found: [AddressSighting] = []
        var cursor = message.records
        while found.count < mostSightings, let record = cursor.next(in: bytes),
            record.section == .answer
        {
            switch record.type {
            case .a, .aaaa:
                guard let address = record.address(in: bytes) else { continue }
                found.append(AddressSighting(address: address, ttl: record.ttl))
            case .https, .svcb:
                addHints(of: record, bytes, to: &found)
            default: continue
            }
        }
        return found
    }

    /// More addresses than any name has: a datagram can tell 16,000, to push out all others.
    private static let mostSightings = 256

    /// RFC 9460 section 7.3: keys 4 and 6 hold addresses, one behind the other.
    private static func addHints(
        of record: DNS.Record, _ bytes: Span<UInt8>, to found: inout [AddressSighting]
    ) {
        var target = DNS.NameBuffer()
        // Two octets of priority, then the target, then the parameters.
        guard record.rdata.count > 2,
            let start = try? target.load(from: bytes, at: record.rdata.lowerBound + 2),
            start <= record.rdata.upperBound
        else { return }
        var options = DNS.OptionCursor(start..<record.rdata.upperBound)
        while let option = options.next(in: bytes) {
            let length = option.code == 4 ? 4 : option.code == 6 ? 16 : 0
            guard length > 0 else { continue }
            var at = option.value.lowerBound
            while at + length <= option.value.upperBound {
                let octets = (at..<at + length).map { bytes[$0] }
                if let address = IPAddress(octets: octets) {
                    found.append(AddressSighting(address: address, ttl: record.ttl))
                }
                at += length
            }
        }
    }

    /// Reads what a client sends for the names that it asks for. The packet passes in any case: what
    /// follows is in `heard`.
    public mutating func readGreeting(_ bytes: Span<UInt8>, time: UInt64) {
        guard let packet = try? Packet(parsing: bytes), let tcp = packet.tcp else {
            counters.unparsed += 1
            return
        }
        guard let news = greetings.read(packet, tcp, bytes, at: time) else { return }
        for index in faults.indices {
            faults[index].connections?.hear(news, of: packet, at: time, into: &heard)
        }
    }

    /// Decides one packet of a connection that the kernel has queued.
    public mutating func decideConnection(
        _ bytes: Span<UInt8>, time: UInt64
    ) -> Verdict {
        let packet: Packet
        do {
            packet = try Packet(parsing: bytes)
        } catch {
            counters.unparsed += 1
            return .accept
        }
        var delay = Duration.zero
        var token: UInt64 = 0
        for index in faults.indices where !faults[index].isDryRun {
            if faults[index].scope != nil, !isWithinScope(packet, of: faults[index], at: time) {
                continue
            }
            switch faults[index].hold(packet, length: bytes.count, at: time) {
            case nil: continue
            case .drop?:
                counters.dropped += 1
                return .drop
            case .delay(let more)?:
                delay += more
                token = faults[index].holdToken
            }
        }
        guard delay > .zero else { return .accept }
        counters.held += 1
        let until = order.deadline(
            time &+ delay.wholeNanoseconds, for: PacketOrder.flow(packet), at: time)
        return .hold(until: until, token: token, replaced: false)
    }
}

extension Injector {
    /// Whether a packet is of the scope of a fault: another fault's rule may have queued it.
    private func isWithinScope(_ packet: Packet, of fault: LiveFault, at time: UInt64) -> Bool {
        guard let scope = fault.scope, let connections = fault.connections,
            let way = connections.way(of: packet, at: time)
        else { return false }
        let source = Endpoint(packet.source, port: packet.sourcePort)
        let destination = Endpoint(packet.destination, port: packet.destinationPort)
        let isSent = (way == .along) == (connections.terms.direction == .outbound)
        let found =
            isSent
            ? asker(packet.transport, source, destination)
            : asker(packet.transport, destination, source)
        return found.map(scope.includes) ?? false
    }
}

extension LiveFault {
    /// How long this fault holds a packet; nil: it is none of its business.
    mutating func hold(_ packet: Packet, length: Int, at time: UInt64) -> NetHold? {
        guard let own = connections, !own.holds.isEmpty,
            let way = own.way(of: packet, at: time)
        else { return nil }
        if own.terms.connections == .new, !own.terms.sni {
            // Of UDP the kernel sends only what opens a connection.
            if let tcp = packet.tcp, !tcp.isSyn || tcp.isAck { return nil }
        }
        let elapsed = elapsed(at: time)
        guard isOn(at: elapsed), isChosen(packet) else { return nil }
        let seen = NetPacket(length: length, isReply: way == .reply, elapsed: elapsed)
        guard let (hold, holds) = sum(own.holds, seen) else { return nil }
        connections?.holds = holds
        connections?.fired += 1
        return hold
    }

    private mutating func sum(
        _ effects: [any NetEffect], _ packet: NetPacket
    ) -> (NetHold, [any NetEffect])? {
        var effects = effects
        var delay = Duration.zero
        var acted = false
        for index in effects.indices {
            if packet.isReply, effects[index].action != .hold(bothWays: true) { continue }
            acted = true
            switch effects[index].hold(packet, random: &holdRandom) {
            case .delay(let more): delay += more
            case .drop: return (.drop, effects)
            }
        }
        return acted ? (.delay(delay), effects) : nil
    }

    /// The dice of a connection: the same for each of its packets, both ways.
    private func isChosen(_ packet: Packet) -> Bool {
        isChosen(
            Endpoint(packet.source, port: packet.sourcePort),
            Endpoint(packet.destination, port: packet.destinationPort))
    }

    func isChosen(_ one: Endpoint, _ other: Endpoint) -> Bool {
        guard fault.probability < 1 else { return true }
        let mixed = SeededRandom.mix(
            seed ^ PacketOrder.end(one.address, one.port)
                ^ PacketOrder.end(other.address, other.port))
        return Double(mixed >> 11) * 0x1p-53 < fault.probability
    }
}

/// Keeps packets of one connection in order while they wait for different times.
struct PacketOrder: Sendable {
    /// When the last packet of each flow goes on.
    private var last: [UInt64: UInt64] = [:]
    private static let room = 8_192

    /// The time for a packet: what was asked for, or that of the packet before it.
    mutating func deadline(_ asked: UInt64, for flow: UInt64, at now: UInt64) -> UInt64 {
        let deadline = max(asked, last[flow] ?? 0)
        if last.count >= Self.room { last = last.filter { $0.value > now } }
        last[flow] = deadline
        return deadline
    }

    static func flow(_ packet: Packet) -> UInt64 {
        SeededRandom.mix(end(packet.source, packet.sourcePort))
            &+ end(packet.destination, packet.destinationPort)
    }

    static func end(_ address: IPAddress, _ port: UInt16) -> UInt64 {
        let folded: UInt64 =
            switch address {
            case .v4(let value): UInt64(value)
            case .v6(let value):
                SeededRandom.mix(UInt64(truncatingIfNeeded: value >> 64))
                    ^ UInt64(truncatingIfNeeded: value)
            }
        return SeededRandom.mix(folded &+ UInt64(port) << 40)
    }
}
