import Testing
import Wire

@Suite struct BuilderTests {
    /// dig +noedns dynamodb.us-east-1.amazonaws.com A: by hand, octet by octet
    @Test func goldenQuery() {
        let query = DNS.Builder.query(name("dynamodb.us-east-1.amazonaws.com"), .a, id: 0xBEEF)
        let expected = """
            beef 0100 0001 0000 0000 0000
            08 64796e616d6f6462 09 75732d656173742d31 09 616d617a6f6e617773 03 636f6d 00 0001 0001
            """
        #expect(hex(query.bytes) == hex(octets(expected)))
    }

    @Test func compressesEachNameAsFarAsItCan() {
        let builder = Samples.response(.a, name("a.b.c")) { builder in
            builder.add(name("a.b.c"), ttl: 1, .cname(name("x.b.c")))
            builder.add(name("x.b.c"), ttl: 1, .ns(name("y.x.b.c")))
            // SRV targets are not compressed (RFC 2782), and nothing points into them.
            builder.add(.root, ttl: 1, .srv(priority: 1, weight: 2, port: 3, name("z.b.c")))
            builder.add(name("z.b.c"), ttl: 1, .mx(preference: 1, name("B.c")))
        }
        let expected = """
            1234 8180 0001 0004 0000 0000  0161 0162 0163 00 0001 0001
            c00c 0005 0001 00000001 0004 0178 c00e
            c023 0002 0001 00000001 0004 0179 c023
            00 0021 0001 00000001 000d 0001 0002 0003 017a 0162 0163 00
            017a c00e 000f 0001 00000001 0006 0001 0142 c010
            """
        #expect(hex(builder.bytes) == hex(octets(expected)))
    }

    @Test func pointsAtNothingUnfinished() throws {
        let name = name("a.a.a.b.a")
        let bytes = Samples.response(.a, .root) { $0.add(name, ttl: 1, .cname(name)) }.bytes
        #expect(try DNS.Name(from: bytes.span, at: 17).wire == name.wire)
        #expect(messageProblem(bytes) == nil)
    }

    @Test func writesParametersAndOptions() throws {
        let bytes = Samples.bytes("https")
        let data = try #require(try records(bytes).first { $0.type == .https }?.rdata)
        let expected = """
            0001 00  0000 0004 0001 0004  0001 0006 0268320268 33  0003 0002 20fb
            0004 0004 03dab6d4  0006 0010 26001f18000000000000000000000052  ff00 0003 010203
            """
        #expect(hex(bytes[data]) == hex(octets(expected)))
        let options = Samples.bytes("a-edns-options")
        let opt = try #require(try message(options).opt)
        #expect(opt.rrClass == 1232 && opt.ttl == 0x8000)
        let written = """
            0003 0007 6e73312e696164  000a 0010 0123456789abcdef1122334455667788
            000c 0014 \(String(repeating: "00", count: 20))  fde9 0000
            """
        #expect(hex(options[opt.rdata]) == hex(octets(written)))
    }

    @Test func putsTSIGLast() throws {
        #expect(try records(Samples.bytes("tsig")).map(\.type) == [.a, .opt, .tsig])
    }

    @Test func respondsToAQuery() throws {
        let edns = DNS.EDNS(udpSize: 4096, dnssecOK: true)
        var query = DNS.Builder.query(Samples.question, .aaaa, id: 77, edns: edns)
        query.header.checkingDisabled = true
        let bytes = query.bytes
        var response = DNS.Builder.response(to: try message(bytes), in: bytes.span)
        response.responseCode = .badCookie
        let parsed = try message(response.bytes)
        #expect(parsed.header.isResponse && parsed.header.id == 77)
        #expect(parsed.header.recursionDesired && parsed.header.checkingDisabled)
        #expect(parsed.responseCode == .badCookie && response.responseCode == .badCookie)
        #expect(parsed.opt?.ttl ?? 0 & 0x8000 != 0)
        // The case of the question comes back: 0x20 depends on it.
        #expect(response.bytes[12..<46] == bytes[12..<46])
    }

    @Test func limitsTheLength() throws {
        let builder = Samples.response(.a) { builder in
            for host in 0..<100 as Range<UInt32> { builder.add(Samples.question, ttl: 1, .a(host)) }
        }
        let size = builder.bytes.count
        #expect(builder.encoded(atMost: size)?.count == size)
        #expect(builder.encoded(atMost: size - 1) == nil)
        let parsed = try message(builder.truncated.bytes)
        #expect(parsed.header.truncated && parsed.header.answerCount == 0)
    }

    @Test func reachesPastWherePointersDo() throws {
        // Names first written beyond 16 KiB cannot be pointed at, and are written again.
        let builder = Samples.response(.txt) { builder in
            let filler = String(repeating: "x", count: 255)
            for _ in 0..<70 { builder.add(.root, ttl: 1, .txt([filler])) }
            for _ in 0..<3 { builder.add(name("far.example"), ttl: 1, .ns(Samples.question)) }
        }
        let bytes = builder.bytes
        let last = try #require(try records(bytes).last)
        #expect(try DNS.Name(from: bytes.span, at: last.nameOffset) == name("far.example"))
        #expect(bytes[last.nameOffset] == 3)
        #expect(bytes[last.rdata.lowerBound] == 0xC0)
    }
}
