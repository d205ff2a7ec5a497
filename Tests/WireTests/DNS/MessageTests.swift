import Testing
import Wire

@Suite struct MessageTests {
    @Test func indexesAnAnswer() throws {
        let bytes = Samples.bytes("authority-and-additional")
        let message = try message(bytes)
        #expect(message.header.id == 0x1234 && message.header.isResponse)
        #expect(message.header.recursionDesired && message.header.recursionAvailable)
        #expect(message.question?.nameOffset == 12 && message.question?.type == .a)
        #expect(message.question?.end == message.questionsEnd)
        #expect(message.length == bytes.count)
        #expect(message.opt?.rrClass == 1232)
        #expect(!message.isSigned && !message.isReferral)
        let records = try records(bytes)
        #expect(records.map(\.type) == [.a, .ns, .ns, .a, .a, .opt])
        let sections = records.map(\.section)
        #expect(
            sections == [.answer, .authority, .authority] + [.additional, .additional, .additional])
        #expect(records.last?.end == bytes.count)
        #expect(records.first?.address(in: bytes.span) == address("3.218.182.212"))
        #expect(records[1].address(in: bytes.span) == nil)
    }

    @Test(arguments: Samples.all.map(\.name))
    func parsesEverySampleAndNoTruncationOfIt(name: String) throws {
        let bytes = Samples.bytes(name)
        let message = try message(bytes)
        #expect(message.isSigned == ["tsig", "sig0"].contains(name))
        #expect(message.isReferral == (name == "referral"))
        for length in bytes.indices {
            #expect(messageProblem(Array(bytes[..<length])) != nil, "\(length) octets")
        }
        #expect(messageProblem(bytes + [0]) == .trailingBytes)
    }

    @Test func extendsTheResponseCode() throws {
        #expect(try message(Samples.bytes("badvers")).responseCode == .badVers)
        #expect(try message(Samples.bytes("nxdomain")).responseCode == .nxDomain)
        #expect(try message(Samples.bytes("servfail")).responseCode == .servFail)
    }

    @Test(arguments: 0..<6)
    func refusesCountsThatLie(field: Int) throws {
        var bytes = Samples.bytes("authority-and-additional")
        for count in [0xFFFF, 40, 9] {
            bytes[2 * field] = UInt8(count >> 8)
            bytes[2 * field + 1] = UInt8(count & 0xFF)
            // The first two fields are the ID and the flags: no counts.
            #expect((messageProblem(bytes) == nil) == (field < 2))
        }
    }

    @Test func aReferralIsOne() throws {
        func isReferral(_ change: (inout DNS.Builder) -> Void) throws -> Bool {
            var builder = Samples.response(.a)
            builder.header.recursionAvailable = false
            builder.add(name("com"), ttl: 1, .ns(name("a.gtld.example")), to: .authority)
            change(&builder)
            return try message(builder.bytes).isReferral
        }
        #expect(try isReferral { _ in })
        #expect(try !isReferral { $0.header.isResponse = false })
        #expect(try !isReferral { $0.header.authoritative = true })
        #expect(try !isReferral { $0.header.recursionAvailable = true })
        #expect(try !isReferral { $0.responseCode = .nxDomain })
        #expect(try !isReferral { $0.add(Samples.question, ttl: 1, .a(1)) })
        #expect(try !isReferral { $0.add(Samples.zone, ttl: 1, Samples.soa, to: .authority) })
        #expect(try !isReferral { $0.authorities = [] })
    }

    /// RDATA that is not what its type says, as the type and the octets.
    @Test(arguments: [
        (DNS.RecordType.a, "010203"), (.a, "0102030405"), (.a, ""),
        (.aaaa, "01020304"), (.cname, ""), (.cname, "0161"), (.cname, "0000"),
        (.cname, "c0ff"), (.ns, "0161c00c00"), (.mx, "00"), (.mx, "000a"), (.mx, "000a0000"),
        (.soa, "0000"), (.soa, "000000000000"), (.srv, "000100020003"),
        (.dname, "40"), (.naptr, "00010002 0161 0161 00"), (.naptr, "00010002 ff"),
        (.rrsig, "0001"), (.https, "0001"), (.https, "0001 00 0001"),
        (.https, "0001 00 0001 0002 02"), (.svcb, "000140"),
    ])
    func refusesWrongData(type: DNS.RecordType, data: String) {
        let builder = Samples.response(type) {
            $0.add(Samples.question, ttl: 1, .opaque(type, octets(data)))
        }
        #expect(messageProblem(builder.bytes) != nil)
    }

    @Test func lookAtTheNextRecordsNameIsNoData() {
        // A CNAME whose target would run on into the next record.
        let builder = Samples.response(.cname) {
            $0.add(Samples.question, ttl: 1, .opaque(.cname, [1, 97]))
            $0.add(.root, ttl: 1, .a(1))
        }
        #expect(messageProblem(builder.bytes) == .recordData)
    }

    @Test func allowsEmptyDataInAnUpdate() {
        var builder = Samples.response(.soa)
        builder.header.opcode = 5
        builder.authorities = [
            .init(Samples.question, ttl: 0, .opaque(.a, []), rrClass: 255),
            .init(Samples.question, ttl: 0, .opaque(.cname, []), rrClass: 254),
        ]
        #expect(messageProblem(builder.bytes) == nil)
    }

    @Test func refusesStrangeOPTs() {
        let opt = DNS.RecordData.opaque(.opt, [])
        let twice = Samples.response(.a, edns: DNS.EDNS()) {
            $0.add(.root, ttl: 0, opt, to: .additional)
        }
        #expect(messageProblem(twice.bytes) == .repeatedOPT)
        let misplaced = Samples.response(.a) { $0.add(.root, ttl: 0, opt, to: .authority) }
        #expect(messageProblem(misplaced.bytes) == .misplacedOPT)
        let named = Samples.response(.a) { $0.add(Samples.zone, ttl: 0, opt, to: .additional) }
        #expect(messageProblem(named.bytes) == .misplacedOPT)
        let broken = Samples.response(.a) {
            $0.add(.root, ttl: 0, .opaque(.opt, [0, 12, 0, 9, 0]), to: .additional)
        }
        #expect(messageProblem(broken.bytes) == .recordData)
    }

    @Test func cursorEndsOnOtherBytes() throws {
        var cursor = try message(Samples.bytes("a-eight")).records
        let other: [UInt8] = [1, 2, 3]
        #expect(cursor.next(in: other.span) == nil)
    }
}
