import Testing
import Wire

/// What the effects do to an answer, by name.
enum Edits {
    static let mark = DNS.ExtendedError(
        code: DNS.ExtendedError.forgedAnswer, text: "brownout:dynamodb-empty")

    static func empty(_ answer: inout DNS.Answer) {
        answer.keepChainOnly()
        answer.responseCode = .noError
        answer.soa = DNS.NegativeSOA(ttl: 60)
        answer.ede = mark
    }

    static func nxdomain(_ answer: inout DNS.Answer) {
        answer.clear()
        answer.responseCode = .nxDomain
        answer.soa = DNS.NegativeSOA(owner: .zone(name("amazonaws.com")), ttl: 60)
        answer.ede = mark
    }

    static func servfail(_ answer: inout DNS.Answer) {
        answer.clear()
        answer.responseCode = .servFail
        answer.ede = mark
    }

    static func truncate(_ answer: inout DNS.Answer) {
        answer.clear()
        answer.truncated = true
    }

    static func partial(_ answer: inout DNS.Answer) {
        answer.keepAddresses { index, _ in index == 0 }
        answer.dropSignatures()
        answer.ede = mark
    }

    static func redirect(_ answer: inout DNS.Answer) {
        answer.setAddresses([address("10.0.0.9"), address("fd00::9")])
        answer.dropSignatures()
        answer.ede = mark
    }

    static func ttl(_ answer: inout DNS.Answer) {
        for index in answer.entries.indices { answer.entries[index].ttl = 172_800 }
        answer.ede = mark
    }

    static let all: [(name: String, edit: @Sendable (inout DNS.Answer) -> Void)] = [
        ("empty", empty), ("nxdomain", nxdomain), ("servfail", servfail),
        ("truncate", truncate), ("partial", partial), ("redirect", redirect), ("ttl", ttl),
    ]
}

@Suite struct AnswerWritingTests {
    static let rewritable = Samples.all.map(\.name).filter { !["tsig", "sig0"].contains($0) }

    /// Source and result, in dig's words and in hexadecimal.
    @Test(arguments: Edits.all.map(\.name))
    func goldens(edit: String) throws {
        let change = try #require(Edits.all.first { $0.name == edit }?.edit)
        var text: [String] = []
        for sample in ["a", "a-edns-options", "cname-chain", "authority-and-additional"] {
            let source = Samples.bytes(sample)
            for limit in [DNS.Answer.Limit.atMost(1232), .exactly(source.count)] {
                var answer = try loaded(source)
                change(&answer)
                let (outcome, bytes) = written(answer, source, limit)
                text.append("# \(edit) \(sample) \(limit): \(outcome)")
                if outcome.isWritten { text += [try dig(bytes), hex(bytes), ""] }
            }
        }
        try Golden.expect(text.joined(separator: "\n"), is: "answer-\(edit).txt")
    }

    /// Unedited, an answer whose names are compressed as far as they can be is written as it was.
    @Test(arguments: rewritable)
    func writesWhatItLoaded(sample: String) throws {
        let source = Samples.bytes(sample)
        var answer = try loaded(source)
        answer.authenticData = try message(source).header.authenticData
        let (outcome, bytes) = written(answer, source, .exactly(source.count))
        #expect(outcome == .written(leftOut: []))
        #expect(bytes.count == source.count)
        if !["a-uncompressed", "a-edns-options"].contains(sample) { #expect(bytes == source) }
    }

    @Test(arguments: rewritable, Edits.all.map(\.name))
    func everyEditOfEverySample(sample: String, edit: String) throws {
        let source = Samples.bytes(sample)
        let change = try #require(Edits.all.first { $0.name == edit }?.edit)
        var answer = try loaded(source)
        change(&answer)
        for limit in [DNS.Answer.Limit.atMost(1232), .exactly(source.count)] {
            let (outcome, bytes) = written(answer, source, limit)
            guard outcome.isWritten else {
                // What must not be refused: anything that removes, and UDP with room.
                #expect(limit == .exactly(source.count))
                #expect(source.count < 64 || ["redirect", "nxdomain", "empty"].contains(edit))
                continue
            }
            try expect(bytes, follows: answer, source)
            if limit == .exactly(source.count) { #expect(bytes.count == source.count) }
        }
    }

    /// Header, questions and options are as in the source, records as in the answer.
    private func expect(
        _ bytes: [UInt8], follows answer: DNS.Answer, _ source: [UInt8]
    ) throws {
        let (before, after) = (try message(source), try message(bytes))
        let kept: UInt16 = 0xF9D0  // QR, opcode, RD, RA, Z, CD
        #expect(after.header.id == before.header.id)
        #expect(after.header.flags & kept == before.header.flags & kept)
        #expect(after.responseCode == answer.responseCode)
        #expect(after.header.truncated == answer.truncated)
        #expect(after.questionsEnd == before.questionsEnd)
        #expect(bytes[12..<after.questionsEnd] == source[12..<before.questionsEnd])
        let found = try records(bytes).filter { $0.type != .opt && $0.type != .privateUse }
        let expected = answer.entries.filter { $0.record.type != .privateUse }
        let names = try found.map { try DNS.Name(from: bytes.span, at: $0.nameOffset).wire }
        let owners = try expected.map {
            try DNS.Name(from: source.span, at: $0.record.nameOffset).wire
        }
        // Our own SOA, if it found room, stands at the end of the authority section.
        let extra = found.count - expected.count
        #expect(extra == 0 || extra == 1 && answer.soa != nil)
        let insertion = expected.prefix { $0.record.section != .additional }.count
        #expect(Array(names[..<insertion]) == Array(owners[..<insertion]))
        #expect(Array(names[(insertion + extra)...]) == Array(owners[insertion...]))
        if let opt = before.opt {
            let again = try #require(after.opt)
            #expect(again.rrClass == opt.rrClass && again.ttl << 8 == opt.ttl << 8)
            #expect(options(again, bytes).starts(with: options(opt, source)))
        } else {
            #expect(after.opt == nil)
        }
    }

    /// All options but padding, to the octet.
    private func options(_ opt: DNS.Record, _ bytes: [UInt8]) -> [[UInt8]] {
        var cursor = DNS.OptionCursor(opt.rdata)
        var options: [[UInt8]] = []
        while let option = cursor.next(in: bytes.span) {
            if option.code != DNS.OptionCode.padding { options.append(Array(bytes[option.whole])) }
        }
        return options
    }

    @Test func refusesSignedMessages() throws {
        for sample in ["tsig", "sig0"] {
            let source = Samples.bytes(sample)
            let (outcome, bytes) = written(try loaded(source), source, .atMost(4096))
            #expect(outcome == .refused(.signed) && bytes.isEmpty)
        }
    }

    @Test func refusesWhatWasNotLoaded() throws {
        let source = Samples.bytes("a")
        #expect(written(DNS.Answer(), source, .atMost(512)).outcome == .refused(.otherSource))
        let other = Samples.bytes("aaaa")
        let outcome = written(try loaded(source), other, .atMost(512)).outcome
        #expect(outcome == .refused(.otherSource))
        // As long as the right one, yet full of pointers to nowhere.
        let garbage = [UInt8](repeating: 0xFF, count: source.count)
        let refused = written(try loaded(source), garbage, .atMost(512)).outcome
        #expect(refused == .refused(.otherSource))
    }

    @Test func refusesCodesWithoutRoom() throws {
        for (sample, code, isWritten) in [
            ("a", 15, true), ("a", 16, false), ("a-edns", 16, true), ("a-edns", 4095, true),
            ("a-edns", 4096, false),
        ] as [(String, UInt16, Bool)] {
            let source = Samples.bytes(sample)
            var answer = try loaded(source)
            answer.responseCode = DNS.ResponseCode(rawValue: code)
            let (outcome, bytes) = written(answer, source, .atMost(512))
            #expect(outcome == (isWritten ? .written(leftOut: []) : .refused(.responseCode)))
            if isWritten { #expect(try message(bytes).responseCode.rawValue == code) }
        }
    }

    @Test func writesAfterWhatIsThere() throws {
        let source = Samples.bytes("cname-chain")
        var answer = try loaded(source)
        Edits.empty(&answer)
        var out = Writer(capacity: 600)
        out.append([1, 2])
        #expect(answer.write(to: &out, source: source.span, limit: .atMost(512)).isWritten)
        #expect(Array(out.bytes[2...]) == written(answer, source, .atMost(512)).bytes)
    }

    @Test func leavesTheOutputAsItWas() throws {
        let source = Samples.bytes("a-eight")
        let answer = try loaded(source)
        for capacity in 0..<source.count {
            var out = Writer(capacity: capacity + 2)
            out.append([1, 2])
            let outcome = answer.write(to: &out, source: source.span, limit: .atMost(512))
            #expect(outcome == .refused(.tooLong))
            #expect(out.bytes == [1, 2] && !out.overflowed)
        }
    }

    /// A server that compresses SRV targets breaks RFC 2782; what we write does not.
    @Test func rewritesNamesOfEveryType() throws {
        let pointer: [UInt8] = [0xC0, 21]  // us-east-1.amazonaws.com in the question
        let shapes: [(DNS.RecordType, prefix: [UInt8], suffix: [UInt8])] = [
            (.srv, [0, 1, 0, 2, 0, 3], []), (.dname, [], []), (.afsdb, [0, 1], []),
            (.naptr, octets("00010002 0161 00 00"), []), (.https, [0, 1], [0, 3, 0, 2, 1, 187]),
            (.rp, pointer, []), (.nsec, [], [0, 1, 0x40]), (.px, [0, 1] + pointer, []),
            (.kx, [0, 1], []), (.rrsig, [UInt8](repeating: 9, count: 18), [1, 2, 3]),
        ]
        for (type, prefix, suffix) in shapes {
            let source = Samples.response(type) {
                $0.add(.root, ttl: 1, .txt(["gone"]))
                $0.add(Samples.question, ttl: 1, .opaque(type, prefix + pointer + suffix))
            }.bytes
            var answer = try loaded(source)
            answer.entries.removeFirst()
            let bytes = written(answer, source, .atMost(512)).bytes
            let data = try #require(try records(bytes).first?.rdata)
            let first =
                [.rp, .px].contains(type) ? Array(prefix.dropLast(2)) + Samples.zone.wire : prefix
            #expect(Array(bytes[data]) == first + Samples.zone.wire + suffix, "\(type)")
        }
    }

    /// The owner of the record that is kept is a pointer into one that goes.
    @Test func survivesTheTargetsOfItsPointers() throws {
        let source = Samples.response(.a, name("q.example")) { builder in
            builder.add(name("gone.example.net"), ttl: 1, .txt(["gone"]))
            builder.add(
                name("kept.gone.example.net"), ttl: 1,
                .mx(preference: 1, name("mx.gone.example.net")))
        }.bytes
        var answer = try loaded(source)
        answer.entries.removeFirst()
        let bytes = written(answer, source, .atMost(512)).bytes
        let record = try #require(try records(bytes).first)
        let owner = try DNS.Name(from: bytes.span, at: record.nameOffset)
        let target = try DNS.Name(from: bytes.span, at: record.rdata.lowerBound + 2)
        #expect(owner == name("kept.gone.example.net") && target == name("mx.gone.example.net"))
    }
}
