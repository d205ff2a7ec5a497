import Testing
import Wire

@Suite struct AnswerLadderTests {
    private func empty(_ source: [UInt8], _ limit: DNS.Answer.Limit) throws -> (
        outcome: DNS.Answer.Outcome, bytes: [UInt8]
    ) {
        var answer = try loaded(source)
        Edits.empty(&answer)
        return written(answer, source, limit)
    }

    /// A name that is emptied over TCP, with 1...8 addresses, with EDNS and without.
    @Test(arguments: 1...8, [true, false])
    func exactLengthOfOrdinaryAnswers(addresses: Int, hasEDNS: Bool) throws {
        let source = Samples.response(.a, edns: hasEDNS ? DNS.EDNS() : nil) { builder in
            for host in 0..<UInt32(addresses) {
                builder.add(Samples.question, ttl: 5, .a(host))
            }
        }.bytes
        let (outcome, bytes) = try empty(source, .exactly(source.count))
        #expect(bytes.count == source.count)
        let message = try message(bytes)
        #expect(message.header.answerCount == 0 && message.responseCode == .noError)
        // The SOA takes 34 octets with the root for its names: 3 addresses of 16 make room.
        #expect(message.header.authorityCount == (addresses < 3 ? 0 : 1))
        guard case .written(let leftOut) = outcome else { return }
        #expect(leftOut.contains(.soa) == (addresses < 3))
        #expect(leftOut.contains(.ede) == !hasEDNS)
        #expect((message.opt != nil) == hasEDNS)
        // Without EDNS a private-use record takes the room, or the SOA the 9 octets beside it.
        let spare = try records(bytes).filter { $0.type == .privateUse }
        #expect(spare.count == (hasEDNS || addresses == 4 ? 0 : 1))
        #expect(spare.allSatisfy { $0.section == .additional && $0.ttl == 0 })
    }

    @Test func exactLengthOfAChain() throws {
        let source = Samples.bytes("cname-chain")
        let (outcome, bytes) = try empty(source, .exactly(source.count))
        #expect(outcome == .written(leftOut: [.soa, .ede, .edeText]))
        let types = try records(bytes).map(\.type)
        #expect(types == [.cname, .cname, .privateUse])
        #expect(bytes.count == source.count)
    }

    /// Every length from far too short to far too long: exact, or refused with a reason.
    @Test(arguments: ["a", "a-edns", "a-edns-options", "cname-chain", "a-uncompressed"])
    func everyLimit(sample: String) throws {
        let source = Samples.bytes(sample)
        let shortest = try #require(try message(source).question?.end)
        for size in 0..<400 {
            let exact = try empty(source, .exactly(size))
            let bounded = try empty(source, .atMost(size))
            if exact.outcome.isWritten {
                #expect(exact.bytes.count == size)
                #expect(messageProblem(exact.bytes) == nil)
            } else {
                // Nothing needs more than the chain and an OPT, and padding of 11 octets.
                #expect(size < shortest + 11 + 11 + 130 || size < 12)
                #expect(exact.bytes.isEmpty)
            }
            #expect(bounded.bytes.count <= size)
            #expect(bounded.outcome.isWritten == (size >= minimum(sample)), "\(size)")
        }
    }

    /// Octets of the emptied answer with neither SOA nor error.
    private func minimum(_ sample: String) -> Int {
        switch sample {
        case "a", "a-uncompressed": 50
        case "a-edns": 61
        case "a-edns-options": 61 + 11 + 20 + 4
        default: 33 + (2 + 10 + 16) + (2 + 10 + 31)
        }
    }

    /// As the room grows: nothing, the code alone, some text, all text, then the SOA before it:
    /// first with the root for its names, then with its own.
    @Test func climbsTheLadder() throws {
        let source = Samples.bytes("a-edns")
        let text = Edits.mark.text.count
        var outcomes: [DNS.Answer.LeftOut] = []
        for size in 61...200 {
            guard case .written(let leftOut) = try empty(source, .atMost(size)).outcome else {
                continue
            }
            if outcomes.last != leftOut { outcomes.append(leftOut) }
            if size == 61 + 33 { #expect(leftOut == [.soa]) }
            if size == 61 + 55 + 6 + text { #expect(leftOut == []) }
        }
        #expect(
            outcomes == [
                [.soa, .ede, .edeText], [.soa, .edeText], [.soa], [.ede, .edeText], [.edeText], [],
            ])
    }

    @Test func cutsNoCharacterInTwo() throws {
        let source = Samples.bytes("a-edns")
        var answer = try loaded(source)
        answer.clear()
        answer.ede = DNS.ExtendedError(code: 4, text: "äöü")
        for size in 61 + 6...61 + 12 {
            let bytes = written(answer, source, .atMost(size)).bytes
            let opt = try #require(try message(bytes).opt)
            let text = bytes[(opt.rdata.lowerBound + 6)...]
            #expect(text.count == (size - 67) / 2 * 2)
            #expect(String(validating: text, as: UTF8.self) != nil)
            // To an exact length a space takes the odd octet.
            let exact = written(answer, source, .exactly(size)).bytes
            #expect(exact.count == size)
            if size % 2 == 0 { #expect(exact.last == UInt8(ascii: " ")) }
        }
    }

    /// 1...10 octets that a padding record cannot take go into the SOA's server.
    @Test(arguments: 0...24)
    func stretchesTheSOA(extra: Int) throws {
        let source = Samples.bytes("a")
        let size = 50 + 55 + extra
        let (outcome, bytes) = try empty(source, .exactly(size))
        #expect(outcome == .written(leftOut: [.ede, .edeText]))
        #expect(bytes.count == size)
        let text = try dig(bytes)
        let zeros = String(repeating: "0", count: extra < 11 ? extra : 0)
        #expect(text.contains("SOA ns\(zeros).brownout.invalid. brownout.invalid. 2025101901"))
        #expect(text.contains("TYPE65280") == (extra >= 11))
    }

    /// Without SOA and EDNS, names are compressed less: here only by what labels allow.
    @Test(arguments: [(4, true), (10, true), (5, false), (1, false)])
    func loosensNames(extra: Int, expected: Bool) throws {
        // Labels of 3, 5, 9 and 3 octets: `x.<pointer>` may become `x.abc.<pointer>`.
        let source = Samples.response(.ns, name("abc.12345.example")) { builder in
            builder.add(name("abc.12345.example"), ttl: 1, .ns(name("x.abc.12345.example")))
            builder.add(.root, ttl: 1, .ns(.root))
        }.bytes
        var answer = try loaded(source)
        answer.entries.removeLast()
        let size = source.count - 12 + extra
        let (outcome, bytes) = written(answer, source, .exactly(size))
        #expect(outcome.isWritten == expected)
        guard expected else {
            #expect(outcome == .refused(.unpaddable))
            return
        }
        #expect(bytes.count == size)
        let record = try #require(try records(bytes).first)
        #expect(try DNS.Name(from: bytes.span, at: record.nameOffset) == name("abc.12345.example"))
        let target = try DNS.Name(from: bytes.span, at: record.rdata.lowerBound)
        #expect(target == name("x.abc.12345.example"))
    }

    /// The length of a message that compresses badly is kept by changing it where it stands.
    @Test func changesValuesInPlace() throws {
        let builder = Samples.response(.ns, name("x.q")) {
            $0.add(name("x.q"), ttl: 9, .ns(name("q")))
        }
        // The target as `q.` in full: one octet more than the pointer.
        var bytes = builder.bytes
        bytes.removeLast(2)
        bytes += [1, UInt8(ascii: "q"), 0]
        bytes[bytes.count - 4] = 3
        var answer = try loaded(bytes)
        answer.entries[0].ttl = 77
        answer.responseCode = .refused
        answer.authoritative = true
        answer.soa = DNS.NegativeSOA(ttl: 1)
        let (outcome, out) = written(answer, bytes, .exactly(bytes.count))
        #expect(outcome == .written(leftOut: [.soa]))
        var expected = bytes
        expected[2] |= 0x04
        expected[3] |= 0x05
        expected.replaceSubrange(bytes.count - 9..<bytes.count - 5, with: [0, 0, 0, 77])
        #expect(out == expected)
        // What was removed cannot be patched.
        answer.entries.removeAll()
        #expect(written(answer, bytes, .exactly(bytes.count)).outcome.isWritten)
        #expect(written(answer, bytes, .exactly(bytes.count + 1)).outcome.isWritten)
    }

    @Test func patchesAddressesInPlace() throws {
        let source = Samples.bytes("a-uncompressed")
        var answer = try loaded(source)
        answer.setAddresses([address("10.0.0.1"), address("10.0.0.2")])
        let bytes = written(answer, source, .exactly(source.count)).bytes
        let found = try records(bytes).compactMap { $0.address(in: bytes.span) }
        #expect(found == [address("10.0.0.1"), address("10.0.0.2")])
        #expect(bytes.count == source.count)
    }

    /// The owner of the second NS is a pointer into a label, and so runs through TTLs. Found by
    /// fuzzing.
    @Test func patchesNoNames() throws {
        let source = octets(
            """
            1234 8180 0001 0001 0002 0003
            08 44796e616d6f4442 09 75732d656173742d31 09 616d617a6f6e617773 03 636f6d 00 00ff 0f01
            c00c 00ff ffff 09000005 0004 03dab6d4
            c015 0002 0001 00000e10 0006 036e7331c015
            c01d 0002 0001 00000e10 0006 036e7332c015
            c04e 0001 0001 00000e10 0004 cdfbc101
            c060 0001 0001 00000e10 0004 cdfbc101
            00 0029 04d0 00000000 0000
            """)
        var answer = try loaded(source)
        for index in answer.entries.indices { answer.entries[index].ttl = 1 }
        let (outcome, bytes) = written(answer, source, .exactly(source.count))
        #expect(outcome == .refused(.tooLong) && bytes.isEmpty)
    }

    @Test func fillsALargeTCPMessage() throws {
        let source = Samples.bytes("a-edns")
        for size in [4096, 65_535] {
            let (outcome, bytes) = try empty(source, .exactly(size))
            #expect(outcome == .written(leftOut: []) && bytes.count == size)
            #expect(messageProblem(bytes) == nil)
        }
        #expect(try empty(source, .exactly(65_536)).outcome == .refused(.tooLong))
        #expect(try empty(source, .exactly(-1)).outcome == .refused(.tooLong))
        #expect(try empty(source, .atMost(.min)).outcome == .refused(.tooLong))
        #expect(try empty(source, .atMost(.max)).outcome == .written(leftOut: []))
    }

    @Test(arguments: [("example.com.", "com."), ("com.", "."), (".", ".")])
    func ownerOfTheSOA(question: String, owner: String) throws {
        let source = Samples.response(.a, name(question)).bytes
        let (_, bytes) = try empty(source, .atMost(512))
        let soa = try #require(try records(bytes).first { $0.type == .soa })
        #expect(soa.section == .authority && soa.ttl == 60)
        #expect(try DNS.Name(from: bytes.span, at: soa.nameOffset).description == owner)
        #expect(Array(bytes[(soa.end - 4)..<soa.end]) == [0, 0, 0, 60])
    }

    /// Labels of a zone at 12, 21 and 31, where the question of the message has its own.
    @Test(arguments: [
        "abcdefghijk.com", "abcdefghijk.Dynamodb.us-east-1.net", "amazonaws.com", ".",
    ])
    func zoneOfTheSOA(zone: String) throws {
        let source = Samples.bytes("a")
        var answer = try loaded(source)
        answer.clear()
        answer.soa = DNS.NegativeSOA(owner: .zone(name(zone)), ttl: 60)
        let bytes = written(answer, source, .atMost(512)).bytes
        let soa = try #require(try records(bytes).first)
        #expect(try DNS.Name(from: bytes.span, at: soa.nameOffset).wire == name(zone).wire)
    }
}
