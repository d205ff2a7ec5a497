import Agent
import Testing
import Wire

/// DNS over TCP: lengths stay, segments wait for their message, and doubt means passing.
@Suite struct StreamTests {
    static let fault = "names: dynamodb.us-east-1.amazonaws.com\ndns: "

    /// Feeds a connection's bytes in segments of the given sizes and plays the kernel's part for
    /// what is held: the client's view of the stream comes out.
    struct Connection {
        var bench = Bench()
        var sequence: UInt32
        private var held: [(token: UInt64, sequence: UInt32, payload: [UInt8])] = []
        private(set) var received: [UInt32: [UInt8]] = [:]
        private(set) var verdicts: [Verdict] = []

        init(start: UInt32 = 1000, fault: String) throws {
            try bench.arm(fault)
            sequence = start &+ 1
            let syn = try Answers.tcp([], sequence: start, flags: TCPFields.syn | TCPFields.ack)
            _ = bench.feed(syn)
        }

        mutating func send(_ bytes: [UInt8], segments sizes: [Int]? = nil) throws {
            var rest = bytes[...]
            for size in sizes ?? [bytes.count] {
                try segment(Array(rest.prefix(size)), at: sequence)
                sequence &+= UInt32(min(size, rest.count))
                rest = rest.dropFirst(size)
            }
        }

        mutating func segment(_ payload: [UInt8], at sequence: UInt32) throws {
            let outcome = bench.feed(try Answers.tcp(payload, sequence: sequence))
            verdicts.append(outcome.verdict)
            for end in outcome.ends { try settle(end) }
            switch outcome.verdict {
            case .accept: received[sequence] = payload
            case .replace: received[sequence] = outcome.payload
            case .drop: break
            case .hold(_, let token, _):
                held.append((token, sequence, outcome.payload ?? payload))
            }
        }

        private mutating func settle(_ end: HoldEnd) throws {
            guard let index = held.firstIndex(where: { $0.token == end.token }) else { return }
            let segment = held.remove(at: index)
            switch end.action {
            case .accept: received[segment.sequence] = segment.payload
            case .drop: break
            case .replace(let packet):
                let parsed = try Packet(parsing: packet.span)
                let isSound = parsed.checksumsVerify(packet.span)
                #expect(isSound)
                received[segment.sequence] = Array(packet[parsed.payload])
            }
        }

        /// What the client reads, from the start to the first hole.
        func stream(from start: UInt32 = 1001) -> [UInt8] {
            var bytes: [UInt8] = []
            var at = start
            while let payload = received[at], !payload.isEmpty {
                bytes += payload
                at &+= UInt32(payload.count)
            }
            return bytes
        }

        var heldCount: Int { held.count }
    }

    @Test(arguments: [true, false])
    func `a message in one segment keeps its length`(edns: Bool) throws {
        var connection = try Connection(fault: Self.fault + "empty")
        let message = try Answers.dynamo(edns: edns)
        try connection.send(Answers.framed(message))
        let stream = connection.stream()
        #expect(stream.count == message.count + 2)
        let text = described(Array(stream.dropFirst(2)))
        #expect(text.hasPrefix("NOERROR rd ra [\(EffectTests.chain) |"), "\(text)")
    }

    @Test(arguments: [1, 2, 3, 50])
    func `a split message is held until it is whole`(size: Int) throws {
        var connection = try Connection(start: UInt32.max - 20, fault: Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.dynamo())
        let sizes = Array(repeating: size, count: (bytes.count + size - 1) / size)
        try connection.send(bytes, segments: sizes)
        #expect(connection.heldCount == 0)
        let stream = connection.stream(from: UInt32.max - 19)
        #expect(stream.count == bytes.count)
        #expect(described(Array(stream.dropFirst(2))).hasPrefix("SERVFAIL"))
    }

    @Test(arguments: [1, 7, 1000])
    func `what no fault means arrives bit by bit`(size: Int) throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.message("other.example.com"))
        try connection.send(bytes, segments: Array(repeating: size, count: bytes.count / size + 1))
        #expect(connection.stream() == bytes)
        #expect(connection.heldCount == 0)
    }

    @Test func `pipelined messages are decided one by one`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let meant = Answers.framed(try Answers.dynamo())
        let other = Answers.framed(try Answers.message("other.example.com"))
        // The first segment ends within the third message, which then comes in two more.
        let bytes = other + meant + meant + other
        try connection.send(
            bytes, segments: [other.count + meant.count + 10, 30, bytes.count])
        let stream = connection.stream()
        #expect(stream.count == bytes.count)
        #expect(Array(stream.prefix(other.count)) == other)
        #expect(Array(stream.suffix(other.count)) == other)
        for start in [other.count, other.count + meant.count] {
            let message = Array(stream[(start + 2)..<(start + meant.count)])
            #expect(described(message).hasPrefix("SERVFAIL"))
        }
    }

    @Test func `a retransmission is rewritten in the same way`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.dynamo())
        try connection.send(bytes)
        let first = connection.stream()
        try connection.segment(bytes, at: 1001)
        #expect(connection.verdicts.last == .replace)
        #expect(connection.stream() == first)
        let tail = Array(bytes.dropFirst(20))
        try connection.segment(tail, at: 1021)
        #expect(connection.received[1021] == Array(first.dropFirst(20)))
    }

    @Test func `a duplicate of a held segment is dropped`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.dynamo())
        try connection.segment(Array(bytes.prefix(30)), at: 1001)
        try connection.segment(Array(bytes.prefix(30)), at: 1001)
        #expect(connection.verdicts.last == .drop)
        try connection.segment(Array(bytes.dropFirst(30)), at: 1031)
        #expect(described(Array(connection.stream().dropFirst(2))).hasPrefix("SERVFAIL"))
    }

    @Test func `after a timeout the connection stays silent until the fault is lifted`() throws {
        var connection = try Connection(fault: Self.fault + "timeout")
        let meant = Answers.framed(try Answers.dynamo())
        let other = Answers.framed(try Answers.message("other.example.com"))
        try connection.send(other + meant.prefix(40), segments: [other.count, 40])
        try connection.send(Array(meant.dropFirst(40)) + other)
        #expect(connection.stream() == other)
        #expect(connection.heldCount == 0)
        try connection.segment(meant, at: 1001 + UInt32(other.count))
        #expect(connection.verdicts.last == .drop, "the server tries again")
        _ = connection.bench.injector.lift("f1")
        try connection.segment(meant, at: 1001 + UInt32(other.count))
        #expect(connection.verdicts.last == .accept)
    }

    @Test func `delay holds the last segment only`() throws {
        var connection = try Connection(fault: Self.fault + "{delay: 2s}")
        let bytes = Answers.framed(try Answers.dynamo())
        try connection.send(bytes, segments: [30, bytes.count])
        #expect(connection.heldCount == 1)
        #expect(connection.stream() == Array(bytes.prefix(30)))
        guard case .hold(let until, _, false)? = connection.verdicts.last else {
            Issue.record("not held")
            return
        }
        #expect(until == connection.bench.time + 2_000_000_000)
    }

    @Test func `what the server sends again does not overtake a delayed message`() throws {
        var connection = try Connection(fault: Self.fault + "{delay: 2s}")
        let bytes = Answers.framed(try Answers.dynamo())
        try connection.send(bytes)
        connection.bench.advance(.milliseconds(200))
        try connection.segment(bytes, at: 1001)
        #expect(connection.verdicts.last == .drop)
        connection.bench.advance(.milliseconds(1800))
        try connection.segment(bytes, at: 1001)
        #expect(connection.received[1001] == bytes)
    }

    @Test func `many messages in one segment are rewritten again`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let message = Answers.framed(try Answers.dynamo())
        let bytes = Array(repeatElement(message, count: 30).joined())
        try connection.send(bytes)
        let first = connection.stream()
        #expect(first != bytes)
        try connection.segment(bytes, at: 1001)
        #expect(connection.stream() == first)
    }

    @Test func `a hole ends what can be followed`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.dynamo())
        try connection.segment(Array(bytes.prefix(30)), at: 1001)
        try connection.segment(Array(bytes.dropFirst(60)), at: 1061)
        try connection.segment(Array(bytes[30..<60]), at: 1031)
        #expect(connection.stream() == bytes, "unchanged")
        #expect(connection.bench.injector.counters.unfollowed == 1)
    }

    @Test func `a timeout spares what comes before it in a segment, and stays`() throws {
        var connection = try Connection(fault: Self.fault + "timeout")
        let meant = Answers.framed(try Answers.dynamo())
        let other = Answers.framed(try Answers.message("other.example.com"))
        try connection.segment(other + meant, at: 1001)
        #expect(connection.stream() == other)
        try connection.segment(other + meant, at: 1001)
        #expect(connection.stream() == other, "the server tries again")
    }

    @Test func `a connection goes on under the next fault`() throws {
        var bench = Bench()
        let id = try bench.arm(Self.fault + "servfail")
        try bench.arm("names: another.example.com\ndns: empty")
        let syn = try Answers.tcp([], sequence: 1000, flags: TCPFields.syn | TCPFields.ack)
        _ = bench.feed(syn)
        let bytes = Answers.framed(try Answers.dynamo())
        #expect(bench.feed(try Answers.tcp(bytes, sequence: 1001)).verdict == .replace)
        _ = bench.injector.lift(id)
        try bench.arm(Self.fault + "servfail")
        // What came in between was not queued.
        let later = 1001 + UInt32(bytes.count) + 500
        #expect(bench.feed(try Answers.tcp(bytes, sequence: later)).verdict == .replace)
    }

    @Test func `a retransmission that goes on with new bytes is rewritten too`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let meant = Answers.framed(try Answers.dynamo())
        let other = Answers.framed(try Answers.message("other.example.com"))
        try connection.segment(other, at: 1001)
        try connection.segment(other + meant, at: 1001)
        try connection.segment(meant, at: 1001 + UInt32(other.count))
        #expect(
            described(Array(connection.stream().dropFirst(other.count + 2))).hasPrefix("SERVFAIL"))
        var half = try Connection(fault: Self.fault + "servfail")
        try half.segment(Array(meant.prefix(30)), at: 1001)
        try half.segment(meant, at: 1001)
        #expect(described(Array(half.stream().dropFirst(2))).hasPrefix("SERVFAIL"))
        #expect(half.heldCount == 0)
    }

    /// A server that writes them by themselves waits for their acknowledgement (Nagle, RFC 896).
    @Test(arguments: [true, false])
    func `the length alone does not wait`(isOld: Bool) throws {
        var bench = Bench()
        try bench.arm(Self.fault + "servfail")
        let syn = try Answers.tcp([], sequence: 1000, flags: TCPFields.syn | TCPFields.ack)
        if !isOld { _ = bench.feed(syn) }
        let bytes = Answers.framed(try Answers.dynamo())
        let length = try Answers.tcp(Array(bytes.prefix(2)), sequence: 1001)
        #expect(bench.feed(length).verdict == .accept)
        let rest = bench.feed(try Answers.tcp(Array(bytes.dropFirst(2)), sequence: 1003))
        #expect(described(rest.payload).hasPrefix("SERVFAIL"))
    }

    @Test func `patience ends`() throws {
        var connection = try Connection(fault: Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.dynamo())
        try connection.segment(Array(bytes.prefix(30)), at: 1001)
        guard case .hold(let until, _, false)? = connection.verdicts.last else {
            Issue.record("not held")
            return
        }
        // The kernel lets it go at that time; what follows must not be rewritten any more.
        connection.bench.time = until
        try connection.segment(Array(bytes.dropFirst(30)), at: 1031)
        #expect(connection.verdicts.last == .accept)
    }

    @Test func `a connection that is older than the fault is joined at a message`() throws {
        var bench = Bench()
        try bench.arm(Self.fault + "servfail")
        let bytes = Answers.framed(try Answers.dynamo())
        let rest = Array(bytes.dropFirst(40))
        #expect(bench.feed(try Answers.tcp(rest, sequence: 70_000)).verdict == .accept)
        let next = 70_000 + UInt32(rest.count)
        let first = bench.feed(try Answers.tcp(Array(bytes.prefix(50)), sequence: next))
        guard case .hold = first.verdict else {
            Issue.record("the start of a message was not recognised")
            return
        }
        let second = try Answers.tcp(Array(bytes.dropFirst(50)), sequence: next + 50)
        #expect(bench.feed(second).verdict == .replace)
    }
}
