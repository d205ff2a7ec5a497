import Testing
import Wire

@Suite struct AnswerTests {
    @Test func loadsRecordsButOPT() throws {
        let answer = try loaded(Samples.bytes("authority-and-additional"))
        #expect(answer.entries.map(\.record.type) == [.a, .ns, .ns, .a, .a])
        #expect(answer.entries.first?.data == .address(address("3.218.182.212")))
        #expect(answer.entries[1].data == .source)
        #expect(answer.addresses == [address("3.218.182.212")])
        #expect(answer.addressCount == 1)
        #expect(answer.question?.type == .a)
        #expect(answer.responseCode == .noError && !answer.truncated && !answer.authoritative)
    }

    @Test func forgetsTheAnswerBefore() throws {
        var answer = try loaded(Samples.bytes("a-eight"))
        answer.soa = DNS.NegativeSOA(ttl: 1)
        answer.ede = DNS.ExtendedError(code: 4, text: "x")
        answer.authenticData = true
        answer.truncated = true
        let next = Samples.bytes("servfail")
        answer.load(try message(next), from: next.span)
        #expect(answer.entries.isEmpty && answer.soa == nil && answer.ede == nil)
        #expect(!answer.authenticData && !answer.truncated && answer.responseCode == .servFail)
    }

    @Test func neverTakesADOver() throws {
        let bytes = Samples.bytes("rrsig")
        #expect(try message(bytes).header.authenticData)
        let answer = try loaded(bytes)
        #expect(!answer.authenticData)
        #expect(try !message(written(answer, bytes, .atMost(512)).bytes).header.authenticData)
        #expect(answer.entries.map(\.covered) == [nil, .a])
    }

    @Test(arguments: [
        ("a", "DynamoDB.us-east-1.amazonaws.com."),
        ("cname-chain", "DynamoDB.us-east-1.amazonaws.com."),
        ("dname", "www.new.example."), ("nodata", "DynamoDB.us-east-1.amazonaws.com."),
        ("root-ns", "."),
    ])
    func followsTheChain(sample: String, last: String) throws {
        let bytes = Samples.bytes(sample)
        let offset = try loaded(bytes).lastNameOffset
        #expect(try DNS.Name(from: bytes.span, at: offset).description == last)
    }

    @Test func followsAChainOutOfOrderAndInAnotherCase() throws {
        let bytes = Samples.response(.a, name("A.example")) { builder in
            builder.add(name("c.example"), ttl: 1, .a(1))
            builder.add(name("B.example"), ttl: 1, .cname(name("c.EXAMPLE")))
            builder.add(name("x.example"), ttl: 1, .cname(name("y.example")))
            builder.add(name("a.EXAMPLE"), ttl: 1, .cname(name("b.example")))
        }.bytes
        let offset = try loaded(bytes).lastNameOffset
        #expect(try DNS.Name(from: bytes.span, at: offset) == name("c.example"))
    }

    @Test func aQuestionForCNAMEHasNoChain() throws {
        let bytes = Samples.response(.cname) {
            $0.add(Samples.question, ttl: 1, .cname(Samples.zone))
        }.bytes
        #expect(try loaded(bytes).lastNameOffset == 12)
    }

    @Test func aLoopEnds() throws {
        let bytes = Samples.bytes("cname-loop")
        var answer = try loaded(bytes)
        answer.keepChainOnly()
        #expect(answer.entries.count == 2)
        #expect(written(answer, bytes, .atMost(512)).outcome.isWritten)
    }

    @Test func aMessageWithoutQuestionIsWritten() throws {
        let bytes = Samples.bytes("no-question")
        var answer = try loaded(bytes)
        answer.setAddresses([address("10.0.0.1")])
        #expect(answer.question == nil && answer.entries.isEmpty)
        #expect(written(answer, bytes, .exactly(bytes.count)).bytes == bytes)
    }
}
