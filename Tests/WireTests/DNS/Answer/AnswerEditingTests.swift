import Testing
import Wire

@Suite struct AnswerEditingTests {
    private func edited(
        _ sample: String, _ edit: (inout DNS.Answer) -> Void
    ) throws -> (answer: DNS.Answer, text: [String]) {
        let bytes = Samples.bytes(sample)
        var answer = try loaded(bytes)
        edit(&answer)
        let (outcome, written) = written(answer, bytes, .atMost(4096))
        #expect(outcome.isWritten)
        let lines = try dig(written).split(separator: "\n").map(String.init)
        return (answer, lines.filter { $0.contains(" IN ") && !$0.hasPrefix(";") })
    }

    @Test func keepsTheChain() throws {
        let (_, text) = try edited("cname-chain") { $0.keepChainOnly() }
        #expect(
            text == [
                "answer: api.example.com. 300 IN CNAME lb.example.net.",
                "answer: lb.example.net. 60 IN CNAME DynamoDB.us-east-1.amazonaws.com.",
            ])
        let (_, dname) = try edited("dname") { $0.keepChainOnly() }
        #expect(
            dname == [
                "answer: old.example. 300 IN DNAME new.example.",
                "answer: www.old.example. 300 IN CNAME www.new.example.",
            ])
        #expect(try edited("authority-and-additional") { $0.keepChainOnly() }.text.isEmpty)
    }

    @Test func noChainWhereTheLinkWasAskedFor() throws {
        let bytes = Samples.response(.cname) {
            $0.add(Samples.question, ttl: 1, .cname(Samples.zone))
        }.bytes
        var answer = try loaded(bytes)
        answer.keepChainOnly()
        #expect(answer.entries.isEmpty)
    }

    @Test func clears() throws {
        let (answer, text) = try edited("authority-and-additional") { $0.clear() }
        #expect(answer.entries.isEmpty && text.isEmpty)
    }

    @Test func replacesAddresses() throws {
        let list = ["10.0.0.1", "::2", "10.0.0.3", "10.0.0.4"].map(address)
        let (_, text) = try edited("cname-chain") { $0.setAddresses(list) }
        #expect(
            text.dropFirst(2) == [
                "answer: DynamoDB.us-east-1.amazonaws.com. 5 IN A 10.0.0.1",
                "answer: DynamoDB.us-east-1.amazonaws.com. 5 IN A 10.0.0.3",
                "answer: DynamoDB.us-east-1.amazonaws.com. 5 IN A 10.0.0.4",
            ])
        #expect(text.first?.contains("CNAME") == true)
    }

    @Test func replacesManyByOneAndByNone() throws {
        let one = try edited("a-eight") { $0.setAddresses([address("10.0.0.1")]) }.text
        #expect(one == ["answer: DynamoDB.us-east-1.amazonaws.com. 5 IN A 10.0.0.1"])
        #expect(try edited("a-eight") { $0.setAddresses([]) }.text.isEmpty)
        #expect(try edited("a-eight") { $0.setAddresses([address("::1")]) }.text.isEmpty)
    }

    @Test func addsAddressesWhereThereWereNone() throws {
        let (_, text) = try edited("nodata") { answer in
            answer.keepChainOnly()
            answer.setAddresses([address("::5"), address("::6")])
        }
        #expect(
            text == [
                "answer: DynamoDB.us-east-1.amazonaws.com. 60 IN AAAA ::5",
                "answer: DynamoDB.us-east-1.amazonaws.com. 60 IN AAAA ::6",
            ])
        // The SOA of the authority section stays behind the new ones.
        let kept = try edited("nodata") { $0.setAddresses([address("::5")]) }.text
        #expect(kept.map { String($0.prefix(9)) } == ["answer: D", "authority"])
    }

    @Test func replacesBothTypesForANY() throws {
        let (_, text) = try edited("any") { $0.setAddresses([address("10.0.0.1")]) }
        #expect(text.count == 2 && text.first?.hasSuffix("IN A 10.0.0.1") == true)
        #expect(text.last?.contains("IN TXT") == true)
    }

    @Test func leavesOtherQuestionsAlone() throws {
        let before = try edited("txt") { _ in }.text
        #expect(try edited("txt") { $0.setAddresses([address("10.0.0.1")]) }.text == before)
    }

    @Test(arguments: [1, 3, 5, 7])
    func keepsSomeAddresses(count: Int) throws {
        var seen: [IPAddress] = []
        let (answer, _) = try edited("a-eight") { answer in
            answer.keepAddresses { index, address in
                seen.append(address)
                return index < count
            }
        }
        #expect(seen.count == 8 && answer.addresses == Array(seen[..<count]))
    }

    @Test func keepsOtherRecordsWhileItDropsAddresses() throws {
        let (answer, _) = try edited("authority-and-additional") {
            $0.keepAddresses { _, _ in false }
        }
        #expect(answer.entries.map(\.record.type) == [.ns, .ns, .a, .a])
    }

    @Test func dropsSignaturesOverAddresses() throws {
        #expect(try edited("rrsig") { $0.dropSignatures() }.answer.entries.count == 1)
        let kept = try edited("rrsig") { $0.dropSignatures { $0 == .cname } }
        #expect(kept.answer.entries.count == 2)
    }

    @Test func dropsHints() throws {
        let (_, text) = try edited("https") { $0.dropAddressHints() }
        // mandatory named ipv4hint: alpn alone remains. alpn, port and the private key stay.
        let data = "0001000000000200010001000602683202683300030002" + "20fbff000003010203"
        #expect(text == ["answer: DynamoDB.us-east-1.amazonaws.com. 60 IN HTTPS \\# 32 \(data)"])
    }

    @Test func dropsAMandatoryThatNamesOnlyHints() throws {
        let hints = [DNS.ServiceKey.ipv4hint, DNS.ServiceKey.ipv6hint]
        let bytes = Samples.response(.https) { builder in
            let binding = DNS.ServiceBinding(
                priority: 1, target: Samples.zone,
                parameters: [.mandatory(hints), .ipv4hint([1]), .ipv6hint([2])])
            builder.add(Samples.question, ttl: 1, .https(binding))
        }.bytes
        var answer = try loaded(bytes)
        answer.dropAddressHints()
        let out = written(answer, bytes, .atMost(512)).bytes
        let data = try #require(try records(out).first?.rdata)
        #expect(Array(out[data]) == [0, 1] + Samples.zone.wire)
    }
}
