import Wire

/// DNS over TCP: messages are decided when they are whole, wherever segments end.
extension Injector {
    mutating func decideSegment(
        _ packet: Packet, bytes: Span<UInt8>, arrival: Arrival, out: inout Writer,
        releases: inout [HoldEnd]
    ) -> Verdict {
        guard let tcp = packet.tcp else { return .accept }
        let key = StreamKey(packet)
        let known = streams.take(key)
        if tcp.isRst {
            if let known { letGo(known, into: &releases) }
            return .accept
        }
        if tcp.isSyn {
            if let known { letGo(known, into: &releases) }
            let stream = TCPStream(
                state: .following, isSynchronised: true, next: tcp.sequence &+ 1,
                lastSeen: arrival.time)
            streams.put(stream, for: key)
            return .accept
        }
        if packet.payload.isEmpty {
            if let known {
                // A FIN ends what there is to follow, unless something waits or may be sent again.
                let isOver =
                    known.segments.isEmpty && known.history.isEmpty && known.state == .following
                if !tcp.isFin || !isOver {
                    streams.put(known, for: key)
                }
            }
            return .accept
        }
        var stream =
            known
            ?? TCPStream(
                state: .following, isSynchronised: false, next: tcp.sequence,
                lastSeen: arrival.time)
        stream.lastSeen = arrival.time
        let verdict = decide(
            packet, sequence: tcp.sequence, bytes: bytes, stream: &stream, arrival: arrival,
            out: &out, releases: &releases)
        streams.put(stream, for: key)
        return verdict
    }

    private mutating func decide(
        _ packet: Packet, sequence: UInt32, bytes: Span<UInt8>, stream: inout TCPStream,
        arrival: Arrival, out: inout Writer, releases: inout [HoldEnd]
    ) -> Verdict {
        if !stream.segments.isEmpty, arrival.time >= stream.deadline {
            // The kernel has let the held segments go as they were.
            counters.unfollowed += 1
            stream.lose()
        }
        switch stream.state {
        case .lost:
            return .accept
        case .silenced(let from):
            let kept = sequenceDistance(from: sequence, to: from)
            if kept <= 0 {
                counters.dropped += 1
                return .drop
            }
            return decideAgain(
                packet, sequence: sequence, bytes: bytes, keeping: kept, stream: &stream,
                arrival: arrival, out: &out)
        case .following:
            break
        }
        let distance = sequenceDistance(from: stream.next, to: sequence)
        if distance > 0 {
            // A hole: what comes later may be any part of a message, until one is seen to start.
            counters.unfollowed += 1
            letGo(stream, into: &releases)
            stream.rejoin(at: sequence)
        }
        if distance < 0 {
            let fresh = packet.payload.count + distance
            guard fresh > 0 else {
                return decideAgain(
                    packet, sequence: sequence, bytes: bytes, keeping: packet.payload.count,
                    stream: &stream, arrival: arrival, out: &out)
            }
            // Old bytes and new ones in one segment, as Linux sends small ones again. What waits is
            // in it too; else only the old part goes on, and the server sends the new one again.
            let base = stream.next &- UInt32(truncatingIfNeeded: stream.pending.count)
            guard !stream.pending.isEmpty, sequence == base else {
                return decideAgain(
                    packet, sequence: sequence, bytes: bytes, keeping: -distance,
                    stream: &stream, arrival: arrival, out: &out)
            }
            for segment in stream.segments {
                releases.append(HoldEnd(token: segment.token, action: .drop))
            }
            stream.forgetPending()
            stream.next = sequence
        }
        return decideNew(
            packet, bytes: bytes, stream: &stream, arrival: arrival, out: &out,
            releases: &releases)
    }

    /// A segment that the server sends for the second time.
    private mutating func decideAgain(
        _ packet: Packet, sequence: UInt32, bytes: Span<UInt8>, keeping kept: Int,
        stream: inout TCPStream, arrival: Arrival, out: inout Writer
    ) -> Verdict {
        let size = min(kept, packet.payload.count)
        let end = sequence &+ UInt32(truncatingIfNeeded: size)
        let isHeld =
            !stream.segments.isEmpty
            && sequenceDistance(
                from: stream.next &- UInt32(truncatingIfNeeded: stream.pending.count), to: end) > 0
        if isHeld { return .drop }
        var payload: [UInt8] = []
        for message in stream.history {
            let offset = sequenceDistance(from: sequence, to: message.sequence)
            let overlap =
                max(0, offset)..<max(max(0, offset), min(size, offset + message.bytes.count))
            if overlap.isEmpty { continue }
            if arrival.time < message.notBefore { return .drop }
            if payload.isEmpty { payload = bytes.extracting(packet.payload).copied }
            for index in overlap { payload[index] = message.bytes[index - offset] }
        }
        if size < packet.payload.count {
            if payload.isEmpty { payload = bytes.extracting(packet.payload).copied }
            payload.removeSubrange(size...)
        }
        if payload.isEmpty { return .accept }
        packet.write(payload: payload.span, original: bytes, to: &out)
        return out.overflowed ? .accept : .replace
    }

    /// A segment that goes on where the last one ended.
    private mutating func decideNew(
        _ packet: Packet, bytes: Span<UInt8>, stream: inout TCPStream, arrival: Arrival,
        out: inout Writer, releases: inout [HoldEnd]
    ) -> Verdict {
        let payload = bytes.extracting(packet.payload)
        let start = stream.pending.count
        let base = stream.next &- UInt32(truncatingIfNeeded: start)
        stream.next &+= UInt32(truncatingIfNeeded: payload.count)
        for index in payload.indices { stream.pending.append(payload[index]) }
        let own = start..<stream.pending.count
        if !stream.isSynchronised { stream.isSynchronised = stream.mayStartMessage }

        while let range = stream.nextMessage {
            let decision = decide(
                message: stream.pending.span.extracting(range), at: arrival.time,
                keepingLength: true)
            stream.decided = range.upperBound
            let until = arrival.entered &+ decision.delay.wholeNanoseconds
            if decision.delay > .zero {
                stream.delayedUntil = max(stream.delayedUntil, until)
                stream.delayToken = decision.holder
            }
            switch decision.outcome {
            case .passed:
                // Held as it is: a copy that the server sends meanwhile must not overtake it.
                if decision.delay > .zero {
                    stream.remember(range, base: base, notBefore: until)
                }
            case .rewritten:
                for index in range {
                    stream.pending[index] = messageOut[index - range.lowerBound]
                }
                stream.rewritten.append(range)
                stream.remember(range, base: base, notBefore: until)
                counters.rewritten += 1
            case .dropped:
                return silence(
                    &stream, from: range.lowerBound - 2, base: base, packet: packet, bytes: bytes,
                    own: own, out: &out, releases: &releases)
            }
        }
        let isWhole = stream.decided == stream.pending.count
        // The length and the ID are as they will be: a server that writes them by themselves waits
        // for their acknowledgement before it sends the rest (Nagle, RFC 896).
        let rest = stream.pending.count - stream.decided
        let mayBeHead = stream.isSynchronised || (start == 0 && stream.decided == 0)
        if mayBeHead, (1...4).contains(rest) {
            let tail = Array(stream.pending[stream.decided...])
            let verdict = letGoWhole(
                packet, bytes: bytes, own: own, isWhole: true, stream: &stream, arrival: arrival,
                out: &out, releases: &releases)
            stream.pending = tail
            return verdict
        }
        let mayWait =
            stream.isSynchronised && stream.pending.count <= TCPStream.pendingLimit
            && stream.segments.count < TCPStream.segmentLimit
        if !isWhole, mayWait {
            return wait(packet, bytes: bytes, own: own, stream: &stream, arrival: arrival)
        }
        return letGoWhole(
            packet, bytes: bytes, own: own, isWhole: isWhole, stream: &stream, arrival: arrival,
            out: &out, releases: &releases)
    }

    /// The end of a wait: all messages are decided, or the rest cannot be waited for.
    private mutating func letGoWhole(
        _ packet: Packet, bytes: Span<UInt8>, own: Range<Int>, isWhole: Bool,
        stream: inout TCPStream, arrival: Arrival, out: inout Writer, releases: inout [HoldEnd]
    ) -> Verdict {
        releaseSegments(of: stream, into: &releases)
        let isReplaced = stream.isRewritten(own)
        if isReplaced {
            packet.write(payload: stream.pending.span.extracting(own), original: bytes, to: &out)
        }
        let (until, token) = (stream.delayedUntil, stream.delayToken)
        stream.forgetPending()
        if !isWhole, stream.isSynchronised {
            counters.unfollowed += 1
            stream.lose()
        }
        if isReplaced, out.overflowed {
            counters.errors += 1
            return .accept
        }
        if until > arrival.time {
            // Only the last segment waits: the client cannot read the message without it.
            counters.held += 1
            return .hold(until: until, token: token, replaced: isReplaced)
        }
        return isReplaced ? .replace : .accept
    }

    /// Keeps a segment until the rest of its message is there.
    private mutating func wait(
        _ packet: Packet, bytes: Span<UInt8>, own: Range<Int>, stream: inout TCPStream,
        arrival: Arrival
    ) -> Verdict {
        if stream.segments.isEmpty { stream.deadline = arrival.time &+ TCPStream.patience }
        let token = makeToken()
        stream.segments.append(
            TCPStream.Segment(
                token: token, range: own, packet: packet,
                head: bytes.extracting(0..<packet.payload.lowerBound).copied))
        return .hold(until: stream.deadline, token: token, replaced: false)
    }

    /// Drops a message, and with it all that the server sends from there on.
    private mutating func silence(
        _ stream: inout TCPStream, from offset: Int, base: UInt32, packet: Packet,
        bytes: Span<UInt8>, own: Range<Int>, out: inout Writer, releases: inout [HoldEnd]
    ) -> Verdict {
        counters.dropped += 1
        if own.lowerBound < offset {
            // What came before it in the same segment is none of its business.
            packet.write(
                payload: stream.pending.span.extracting(own.lowerBound..<offset), original: bytes,
                to: &out)
        }
        let firstLost = stream.segments.firstIndex { $0.range.upperBound > offset }
        if let firstLost {
            for segment in stream.segments[firstLost...] {
                releases.append(HoldEnd(token: segment.token, action: .drop))
            }
            stream.segments.removeSubrange(firstLost...)
        }
        releaseSegments(of: stream, into: &releases)
        stream.state = .silenced(from: base &+ UInt32(truncatingIfNeeded: offset))
        stream.forgetPending()
        return own.lowerBound < offset && !out.overflowed ? .replace : .drop
    }

    /// Lets held segments go with the bytes that were decided for them.
    private func releaseSegments(of stream: TCPStream, into releases: inout [HoldEnd]) {
        for segment in stream.segments {
            guard stream.isRewritten(segment.range) else {
                releases.append(HoldEnd(token: segment.token, action: .accept))
                continue
            }
            var out = Writer(capacity: segment.head.count + segment.range.count)
            segment.packet.write(
                payload: stream.pending.span.extracting(segment.range),
                original: segment.head.span, to: &out)
            releases.append(
                HoldEnd(
                    token: segment.token, action: out.overflowed ? .accept : .replace(out.bytes)))
        }
    }

    /// Lets held segments go as they came.
    private func letGo(_ stream: TCPStream, into releases: inout [HoldEnd]) {
        for segment in stream.segments {
            releases.append(HoldEnd(token: segment.token, action: .accept))
        }
    }
}

extension Span<UInt8> {
    /// The bytes, in an array of their own.
    var copied: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in indices { bytes.append(self[index]) }
        return bytes
    }
}
