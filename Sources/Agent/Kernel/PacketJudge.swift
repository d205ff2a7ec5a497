import Netfilter
import Wire

/// Puts the pure injector into the packet loop.
struct PacketJudge: PacketHandler {
    var injector: Injector
    private let loopbackInterface: UInt32
    private var out = Writer(capacity: PacketJudge.packetLimit)
    private var releases: [HoldEnd] = []
    private var closesAgain = ContinuousClock.now
    private let table: SharedTable
    private let closer: ConnectionCloser

    /// What one netlink attribute takes: 65,535 octets less its header of 4.
    static let packetLimit = 65_531

    init(
        injector: Injector, loopbackInterface: UInt32, table: SharedTable, closer: ConnectionCloser
    ) {
        self.table = table
        self.closer = closer
        self.injector = injector
        self.loopbackInterface = loopbackInterface
    }

    mutating func handle(
        _ packet: Span<UInt8>, _ info: PacketInfo, _ reply: inout Reply
    ) -> Netfilter.Verdict {
        switch info.purpose {
        case .connection:
            if let sentence = CondemnedPacket(mark: info.mark) {
                return sentence == .dropped ? .drop : .accept
            }
            return Netfilter.Verdict(injector.decideConnection(packet, time: info.arrival))
        case .greeting:
            injector.readGreeting(packet, time: info.arrival)
            if !injector.heard.isEmpty { note() }
            return .accept
        case .answer:
            return judge(answer: packet, info, &reply)
        }
    }

    private mutating func judge(
        answer packet: Span<UInt8>, _ info: PacketInfo, _ reply: inout Reply
    ) -> Netfilter.Verdict {
        out.reset()
        releases.removeAll(keepingCapacity: true)
        let arrival = Arrival(
            isForwarded: info.hook == .forward,
            isOnLoopbackInterface: info.inputInterface == loopbackInterface, time: info.arrival,
            entered: info.entered)
        let verdict = injector.decide(packet, arrival: arrival, out: &out, releases: &releases)
        if !injector.learned.isEmpty { follow(at: info.arrival) }
        for release in releases { settle(release, &reply) }
        switch verdict {
        case .accept:
            return .accept
        case .drop:
            return .drop
        case .replace:
            reply.replace(with: out.storage.span.extracting(0..<out.count))
            return .replace
        case .hold(let until, let token, let replaced):
            if replaced { reply.replace(with: out.storage.span.extracting(0..<out.count)) }
            return .hold(until: until, token: token, replaced: replaced)
        }
    }

    /// Teaches a fault addresses that no answer has told.
    mutating func learn(_ known: KnownAddresses, of id: String, at now: UInt64) {
        injector.learn(known, of: id, at: now)
        if !injector.learned.isEmpty { follow(at: now) }
    }

    /// Puts addresses into the kernel's sets: whoever reads the answer finds the fault there already.
    private mutating func follow(at now: UInt64) {
        let changes = injector.learned.map { learned in
            OwnerTable.Followed(
                fault: learned.number, group: learned.group,
                address: learned.change.address.octets,
                time: learned.change.time.map { .nanoseconds(Int64(clamping: $0)) })
        }
        let closing = injector.learned.filter(\.closes)
        injector.learned.removeAll(keepingCapacity: true)
        do throws(NetlinkError) {
            _ = try table.with { (table) throws(NetlinkError) in try table.follow(changes) }
        } catch {
            injector.countError()
        }
        if !closing.isEmpty { close(closing, at: now) }
    }

    /// Before the answer goes on: the connection that its reader makes next is not one of those.
    ///
    /// Packets wait for it, longer the more connections this host has: a twentieth of the loop's time at
    /// most goes into it. What is not closed meets the fault all the same.
    private mutating func close(_ learned: [LearnedAddress], at now: UInt64) {
        let clock = ContinuousClock()
        let begun = clock.now
        guard begun >= closesAgain else { return }
        defer { closesAgain = begun + (clock.now - begun) * 20 }
        for fault in injector.faults {
            let own = learned.filter { $0.number == fault.connections?.number }
            guard !own.isEmpty else { continue }
            closer.closeConnections(of: fault, to: own.map(\.change.address), at: now)
        }
    }

    /// Tells the kernel which connections are meant: the packet that told it finds them there.
    private mutating func note() {
        let heard = injector.heard.map { OwnerTable.HeardConnection($0) }
        injector.heard.removeAll(keepingCapacity: true)
        do throws(NetlinkError) {
            _ = try table.with { (table) throws(NetlinkError) in
                try table.note(heard, for: Self.heardLives)
            }
        } catch {
            injector.countError()
        }
    }

    private static let heardLives = OwnerTable.HeardLives(
        read: .nanoseconds(Int64(Greetings.life)), meant: .nanoseconds(Int64(Greetings.meantLife)),
        ending: .nanoseconds(Int64(Greetings.endingLife)))

    private func settle(_ release: HoldEnd, _ reply: inout Reply) {
        switch release.action {
        case .accept: reply.release(token: release.token)
        case .drop: reply.dropHeld(token: release.token)
        case .replace(let bytes): reply.release(token: release.token, replacing: bytes.span)
        }
    }
}

extension OwnerTable.HeardConnection {
    fileprivate init(_ heard: HeardConnection) {
        self.init(
            fault: heard.number,
            source: (heard.key.source.octets, heard.key.sourcePort),
            destination: (heard.key.destination.octets, heard.key.destinationPort),
            told: Told(heard.told))
    }
}

extension OwnerTable.HeardConnection.Told {
    fileprivate init(_ told: HeardConnection.Told) {
        self =
            switch told {
            case .forgotten: .forgotten
            case .unread: .unread
            case .meant: .meant
            case .ending: .ending
            case .spared: .spared
            }
    }
}

extension Netfilter.Verdict {
    /// Of a packet that is not rewritten.
    fileprivate init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .accept, .replace: .accept
            case .drop: .drop
            case .hold(let until, let token, _): .hold(until: until, token: token, replaced: false)
            }
    }
}
