internal import CNetfilter
internal import Glibc

/// The state of a running loop: sockets, held packets, the verdicts not yet sent. Used by one
/// thread.
@safe final class LoopCore {
    enum Outcome { case accept, drop, replace }

    let numbers: QueueNumbers
    var now: UInt64 = 0
    var counters = LoopCounters()
    var held: HeldPackets

    let queues: PacketQueues
    private let packetRing = ReceiveRing(capacity: 66 << 10)
    let holdRing = ReceiveRing(capacity: 1 << 10)
    let scratch = AttributeTable()
    var packetVerdicts = VerdictBuffer()
    var holdVerdicts = VerdictBuffer()

    /// The untouched packets in hand that no verdict has been written for: all up to `end` in
    /// `queue`.
    private var run: (queue: UInt16, end: UInt32)?
    private let replacement: UnsafeMutableRawPointer
    var replacementCount = 0
    private var nextHold: UInt16 = 0
    /// The wall clock at `now`; 0 while nobody wants to know when packets entered the host.
    private var wallNow: UInt64 = 0
    private var stamps: ArrivalStamps?
    /// Packets sent to hold queues since those were last read.
    var sentToHold = false

    init(_ queues: consuming PacketQueues, holdCapacity: Int) {
        numbers = queues.numbers
        self.queues = queues
        held = HeldPackets(capacity: holdCapacity)
        unsafe replacement = .allocate(byteCount: VerdictBuffer.longestPacket, alignment: 8)
    }

    deinit { unsafe replacement.deallocate() }

    /// Whether `PacketInfo.entered` is to be the kernel's own time.
    func stampArrivals(_ wanted: Bool) {
        if !wanted { stamps = nil } else if stamps == nil { stamps = ArrivalStamps() }
    }

    // MARK: Packets

    /// Takes up to 64 packets from the kernel and settles them. Returns how many there were.
    func receive<Handler: PacketHandler>(
        for handler: inout Handler, _ reply: inout Reply
    ) -> Int {
        let count = packetRing.receive(from: queues.packetSocket.descriptor)
        guard count > 0 else { return 0 }
        now = monotonicNow()
        wallNow = stamps == nil ? 0 : wallClockNow()
        for index in 0..<count {
            var messages = unsafe MessageCursor(packetRing[index])
            if messages.isEmpty { counters.unparsed &+= 1 }
            while let header = unsafe messages.next() {
                guard let message = unsafe packet(header) else { continue }
                let verdict = judge(message, with: &handler, &reply)
                settle(message, verdict)
            }
        }
        flush()
        return count
    }

    /// Takes what is there and lets it all go on, for the end of the loop. Returns how many there
    /// were.
    func acceptWaiting() -> Int {
        let count = packetRing.receive(from: queues.packetSocket.descriptor)
        for index in 0..<max(0, count) {
            var messages = unsafe MessageCursor(packetRing[index])
            while let header = unsafe messages.next() {
                guard let message = unsafe packet(header) else { continue }
                settle(message, .accept)
            }
        }
        flush()
        return max(0, count)
    }

    private func packet(_ header: UnsafePointer<nlmsghdr>) -> QueueMessage? {
        guard unsafe MessageCursor.isPacket(header) else {
            if unsafe header.pointee.nlmsg_type == UInt16(NLMSG_ERROR),
                unsafe !QueueGuard.hasSent(whatFailed: header)
            {
                counters.refusedVerdicts &+= 1
            }
            return nil
        }
        guard let message = unsafe QueueMessage(header, scratch: scratch) else {
            // Without its number there is no verdict on it alone: the next batch verdict lets it
            // go.
            counters.unparsed &+= 1
            return nil
        }
        counters.received &+= 1
        return message
    }

    private func judge<Handler: PacketHandler>(
        _ message: QueueMessage, with handler: inout Handler, _ reply: inout Reply
    ) -> Verdict {
        replacementCount = 0
        let info = PacketInfo(
            hook: .init(number: message.hook),
            purpose: .init(of: message.queue, among: numbers),
            inputInterface: message.inputInterface,
            arrival: now,
            entered: ArrivalStamps.monotonic(message.stamp, now: now, wallNow: wallNow),
            isIPv6: message.isIPv6,
            checksumNotReady: message.flags & UInt32(NFQA_SKB_CSUMNOTREADY) != 0,
            isSegmentTrain: message.flags & UInt32(NFQA_SKB_GSO) != 0, mark: message.mark)
        guard let payload = unsafe message.payload else {
            if info.purpose != .answer, let padded = message.padded {
                return handler.handle(padded.span, info, &reply)
            }
            counters.unparsed &+= 1
            return .accept
        }
        let bytes = unsafe payload.assumingMemoryBound(to: UInt8.self)
        return unsafe handler.handle(bytes.span, info, &reply)
    }

    private func settle(_ message: QueueMessage, _ verdict: Verdict) {
        switch verdict {
        case .accept:
            accept(message)
        case .drop:
            counters.dropped &+= 1
            endRun()
            put(queue: message.queue, message.packet, NF_DROP)
        case .replace:
            replaceOrAccept(message, true)
        case .hold(let deadline, let token, let replaced):
            guard deadline > now else { return replaceOrAccept(message, replaced) }
            hold(message, until: deadline, token: token, replaced: replaced)
        }
    }

    private func accept(_ message: QueueMessage) {
        counters.accepted &+= 1
        if let run, run.queue != message.queue { endRun() }
        run = (message.queue, message.packet)
    }

    private func replaceOrAccept(_ message: QueueMessage, _ replaced: Bool) {
        guard hasReplacement(wanted: replaced) else { return accept(message) }
        counters.replaced &+= 1
        endRun()
        put(queue: message.queue, message.packet, NF_ACCEPT, replaced: true)
    }

    private func hold(
        _ message: QueueMessage, until deadline: UInt64, token: UInt64, replaced: Bool
    ) {
        let queue = numbers.holds.lowerBound + nextHold % UInt16(QueueNumbers.holdCount)
        nextHold &+= 1
        guard
            let mark = held.insert(
                deadline: deadline, token: token, mark: message.mark, queue: queue)
        else {
            counters.holdOverflow &+= 1
            return replaceOrAccept(message, replaced)
        }
        counters.held &+= 1
        sentToHold = true
        endRun()
        // NF_QUEUE_NR and NF_VERDICT_FLAG_QUEUE_BYPASS of <linux/netfilter.h>.
        let verdict = NF_QUEUE | Int32(bitPattern: UInt32(queue) << 16) | 0x8000
        put(
            queue: message.queue, message.packet, verdict, mark: mark,
            replaced: hasReplacement(wanted: replaced))
    }

    private func endRun() {
        guard let run else { return }
        self.run = nil
        if !packetVerdicts.hasRoom(forPacketOf: 0) { flushPackets() }
        unsafe packetVerdicts.add(
            batch: true, queue: run.queue, packet: run.end, verdict: UInt32(bitPattern: NF_ACCEPT))
    }

    private func put(
        queue: UInt16, _ packet: UInt32, _ verdict: Int32, mark: UInt32? = nil,
        replaced: Bool = false
    ) {
        if !packetVerdicts.hasRoom(forPacketOf: replaced ? replacementCount : 0) { flushPackets() }
        unsafe packetVerdicts.add(
            queue: queue, packet: packet, verdict: UInt32(bitPattern: verdict), mark: mark,
            payload: replaced ? replacementBytes : nil)
    }

    func flushPackets() {
        if !packetVerdicts.flush(over: queues.packetSocket) { counters.failedSends &+= 1 }
    }

    /// Sends all verdicts, and notes the arrival of what they sent to hold queues.
    func flush() {
        endRun()
        flushPackets()
        // The kernel works verdicts off before it returns from the send: they are there now.
        if sentToHold { readHolds() }
        if !holdVerdicts.flush(over: queues.holdSocket) { counters.failedSends &+= 1 }
    }

    // MARK: Replacement bytes

    @discardableResult
    func setReplacement(_ bytes: Span<UInt8>) -> Bool {
        replacementCount = 0
        guard !bytes.isEmpty, bytes.count <= VerdictBuffer.longestPacket else { return false }
        unsafe bytes.withUnsafeBytes {
            unsafe replacement.copyMemory(
                from: $0.baseAddress ?? UnsafeRawPointer(replacement), byteCount: $0.count)
        }
        replacementCount = bytes.count
        return true
    }

    var replacementBytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: replacement, count: replacementCount)
    }

    func hasReplacement(wanted: Bool) -> Bool {
        guard wanted else { return false }
        if replacementCount == 0 { counters.replacementUnfit &+= 1 }
        return replacementCount > 0
    }
}
