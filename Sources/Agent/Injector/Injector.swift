import FaultKinds
public import Spec
public import Wire

/// Decides what becomes of each packet: bytes in, verdict out.
///
/// It knows no sockets, no clock and no kernel: time comes with each packet, randomness from each
/// fault's seed. On any doubt a packet passes unchanged and is counted.
public struct Injector: Sendable {
    public internal(set) var counters = InjectorCounters()
    /// Who the host asks; decides what `leg: auto` and `leg: loopback` mean.
    public var resolvers: HostResolvers
    public internal(set) var faults: [LiveFault] = []
    /// Addresses that answers have just taught, for the kernel's sets. Whoever lets an answer go takes
    /// them first.
    public var learned: [LearnedAddress] = []
    /// Connections that have just been heard of, for the kernel's sets, in the same way.
    var heard: [HeardConnection] = []
    /// Finds the program at this host's end of a packet. Asked only for what a fault with a scope is
    /// about; nil: it is in no scope.
    public var asker: @Sendable (Packet.Transport, _ own: Endpoint, _ other: Endpoint) -> Asker? = {
        _, _, _ in nil
    }
    private let protected: NameMatcher

    // Kept between packets for their room, so that deciding allocates nothing.
    var view = AnswerView()
    private var answer = DNS.Answer()
    private var firedNow: [Int] = []
    var messageOut = Writer(capacity: 65_535)
    var streams = TCPStreams()
    var order = PacketOrder()
    var greetings = Greetings()
    private var nextToken: UInt64 = 1
    private var followers = 0

    /// What an answer over UDP may grow to: 512 octets without EDNS (RFC 1035 section 4.2.1), else
    /// the size that passes everywhere unfragmented (DNS flag day 2020).
    static let plainLimit = 512
    static let ednsLimit = 1232

    /// - Parameter protected: Names that no fault may touch, whatever points at them.
    public init(resolvers: HostResolvers, protected: [NamePattern] = []) {
        self.resolvers = resolvers
        self.protected = NameMatcher(patterns: protected)
    }

    /// Whether an armed fault makes answers wait: `Arrival.entered` matters then.
    public var delays: Bool {
        faults.contains { !$0.isDryRun && $0.fault.effects.contains { type(of: $0).delays } }
    }

    /// Puts a fault in force behind those that are armed already.
    public mutating func arm(_ fault: LiveFault) {
        var fault = fault
        fault.holdToken = makeToken()
        faults.append(fault)
        countFollowers()
    }

    /// Takes a fault out of force; nil if there is none of that id.
    ///
    /// - Returns: The fault as it ended. Connections that its drops have silenced are followed
    ///   anew. Whoever calls this lets go what is held under its token, or everything once no fault
    ///   is left.
    public mutating func lift(_ id: String) -> LiveFault? {
        guard let index = faults.firstIndex(where: { $0.id == id }) else { return nil }
        let fault = faults.remove(at: index)
        countFollowers()
        if faults.isEmpty { streams.removeAll() } else { streams.unsilence() }
        // What a fault that comes later has not seen from its beginning names nobody.
        if !faults.contains(where: { $0.connections?.terms.sni == true }) {
            greetings = Greetings()
        }
        return fault
    }

    /// Decides one packet that the kernel has queued.
    ///
    /// - Parameters:
    ///   - bytes: The packet from its IP header on.
    ///   - arrival: How and when it came.
    ///   - out: Where the bytes go that replace it.
    ///   - releases: Where the ends of earlier holds go.
    public mutating func decide(
        _ bytes: Span<UInt8>, arrival: Arrival, out: inout Writer, releases: inout [HoldEnd]
    ) -> Verdict {
        counters.received += 1
        if faults.isEmpty { return .accept }
        let packet: Packet
        do {
            packet = try Packet(parsing: bytes)
        } catch {
            counters.unparsed += 1
            return .accept
        }
        guard faults.contains(where: { $0.fault.port == packet.sourcePort }) else { return .accept }
        view.transport = packet.transport
        view.source = packet.source
        view.sourcePort = packet.sourcePort
        view.destination = packet.destination
        view.destinationPort = packet.destinationPort
        view.asker = nil
        view.path = resolvers.path(from: packet.source, arrival: arrival)
        view.resolverIsLoopback = resolvers.isLoopback
        switch packet.transport {
        case .udp:
            return decideDatagram(packet, bytes: bytes, arrival: arrival, out: &out)
        case .tcp:
            return decideSegment(
                packet, bytes: bytes, arrival: arrival, out: &out, releases: &releases)
        }
    }

    /// Whether who asked for this answer is in a scope. Of what is forwarded nobody on this host is.
    private mutating func isForAsker(within scope: HeldScope) -> Bool {
        if view.path == .forwarded { return false }
        if view.asker == nil {
            view.asker = .some(
                asker(
                    view.transport, Endpoint(view.destination, port: view.destinationPort),
                    Endpoint(view.source, port: view.sourcePort)))
        }
        guard case .some(.some(let found)) = view.asker else { return false }
        return scope.includes(found)
    }

    /// Faults that learn from answers.
    private mutating func countFollowers() {
        followers = faults.count { $0.connections?.follows == true }
    }

    mutating func makeToken() -> UInt64 {
        defer { nextToken += 1 }
        return nextToken
    }

    private mutating func decideDatagram(
        _ packet: Packet, bytes: Span<UInt8>, arrival: Arrival, out: inout Writer
    ) -> Verdict {
        let message = bytes.extracting(packet.payload)
        let decision = decide(message: message, at: arrival.time, keepingLength: false)
        let replaced = decision.outcome == .rewritten
        if replaced {
            packet.write(
                payload: messageOut.storage.span.extracting(0..<messageOut.count),
                original: bytes, to: &out)
            if out.overflowed {
                counters.errors += 1
                return .accept
            }
        }
        switch decision.outcome {
        case .dropped:
            counters.dropped += 1
            return .drop
        case .passed where decision.delay == .zero:
            return .accept
        case .rewritten where decision.delay == .zero:
            counters.rewritten += 1
            return .replace
        case .passed, .rewritten:
            counters.held += 1
            if replaced { counters.rewritten += 1 }
            return .hold(
                until: arrival.entered &+ decision.delay.wholeNanoseconds, token: decision.holder,
                replaced: replaced)
        }
    }

    /// What the armed faults make of one DNS message.
    struct Decision: Equatable {
        enum Outcome { case passed, rewritten, dropped }
        var outcome: Outcome
        var delay: Duration
        /// The token of the fault that delays it; of several, of the last.
        var holder: UInt64 = 0

        static let pass = Decision(outcome: .passed, delay: .zero)
    }

    /// Lets every armed fault act on one DNS message, in arming order.
    ///
    /// If the outcome is `.rewritten`, the new message is in `messageOut`.
    mutating func decide(
        message bytes: Span<UInt8>, at time: UInt64, keepingLength: Bool
    ) -> Decision {
        let message: DNS.Message
        do {
            message = try DNS.Message(parsing: bytes)
        } catch {
            counters.unparsed += 1
            return .pass
        }
        guard view.load(message, from: bytes) else { return .pass }
        counters.answers += 1
        if !protected.patterns.isEmpty, view.hasAny(of: protected) { return .pass }
        if followers > 0 { learn(from: message, bytes: bytes, at: time) }

        var isLoaded = false
        var delay = Duration.zero
        var holder: UInt64 = 0
        var dropped = false
        firedNow.removeAll(keepingCapacity: true)
        for index in faults.indices where !faults[index].effects.isEmpty {
            faults[index].counters.seen += 1
            guard faults[index].matches(view) else { continue }
            if let scope = faults[index].scope, !isForAsker(within: scope) { continue }
            faults[index].counters.matched += 1
            let elapsed = faults[index].elapsed(at: time)
            let acts = faults[index].acts(at: elapsed)
            guard acts || faults[index].observes else { continue }
            if !isLoaded, faults[index].rewrites, view.mayBeRewritten {
                answer.load(message, from: bytes)
                isLoaded = true
            }
            if faults[index].observes, view.mayBeRewritten {
                faults[index].observe(answer, question: view.questionName)
            }
            guard acts else { continue }
            if faults[index].isDryRun {
                var copy = answer
                let fired = faults[index].fire(
                    on: &copy, message: bytes, view: view, elapsed: elapsed)
                if fired.outcome != .untouched || fired.delay > .zero {
                    faults[index].counters.fired += 1
                }
                continue
            }
            let fired = faults[index].fire(
                on: &answer, message: bytes, view: view, elapsed: elapsed)
            if fired.delay > .zero {
                delay += fired.delay
                holder = faults[index].holdToken
            }
            switch fired.outcome {
            case .changed:
                firedNow.append(index)
                if let mark = faults[index].mark { answer.ede = mark }
            case .drop:
                faults[index].counters.fired += 1
                dropped = true
            case .untouched, .delay:
                if fired.delay > .zero { faults[index].counters.fired += 1 }
            }
            if dropped { break }
        }
        if dropped {
            countFired()
            return Decision(outcome: .dropped, delay: .zero)
        }
        if firedNow.isEmpty { return Decision(outcome: .passed, delay: delay, holder: holder) }

        messageOut.reset()
        let room = message.opt == nil ? Self.plainLimit : Self.ednsLimit
        let limit: DNS.Answer.Limit =
            keepingLength ? .exactly(bytes.count) : .atMost(max(bytes.count, room))
        var outcome = answer.write(to: &messageOut, source: bytes, limit: limit)
        if outcome == .refused(.tooLong), !keepingLength {
            // What a server does (RFC 2181 section 9): the client comes back over TCP.
            answer.clear()
            answer.truncated = true
            messageOut.reset()
            outcome = answer.write(to: &messageOut, source: bytes, limit: limit)
        }
        guard case .written(let leftOut) = outcome else {
            counters.unrewritable += 1
            for index in firedNow { faults[index].counters.passed += 1 }
            return Decision(outcome: .passed, delay: delay, holder: holder)
        }
        if leftOut.contains(.soa) { counters.withoutSOA += 1 }
        countFired()
        return Decision(outcome: .rewritten, delay: delay, holder: holder)
    }

    private mutating func countFired() {
        for index in firedNow { faults[index].counters.fired += 1 }
    }
}

extension Duration {
    /// Nanoseconds, at most what 63 bits hold.
    var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? UInt64(Int64.max) : product &+ UInt64(attoseconds / 1_000_000_000)
    }
}
