import Testing
import Wire

@Suite struct NameTests {
    @Test(arguments: [
        ("example.com", "example.com."), ("Example.COM.", "Example.COM."), (".", "."),
        ("*.example", "*.example."), ("_dns.example", "_dns.example."),
        ("a\\.b.c", "a\\.b.c."), ("a\\046b", "a\\.b."), ("\\000\\255", "\\000\\255."),
        ("sp\\ ace", "sp\\032ace."), ("a b", "a\\032b."), ("\\\"q\\;", "\\\"q\\;."),
        ("ü", "\\195\\188."),
    ])
    func readsAndPrints(text: String, printed: String) {
        let name = DNS.Name(text)
        #expect(name?.description == printed)
        #expect(DNS.Name(printed)?.wire == name?.wire)
        #expect(name.flatMap { DNS.Name(wire: $0.wire) } == name)
    }

    @Test(arguments: [
        "", "..", ".a", "a..b", "a..", "\\", "a\\25", "a\\256", "a\\2x5", "a.\\",
        String(repeating: "a", count: 64),
        String(repeating: "abcdefg.", count: 32),
    ])
    func refuses(text: String) {
        #expect(DNS.Name(text) == nil)
    }

    @Test func takesTheLargestOnes() {
        #expect(DNS.Name(String(repeating: "a", count: 63)) != nil)
        // 31 labels of 8 octets, one of 6, and the root: 255
        let longest = String(repeating: "abcdefg.", count: 31) + "abcde"
        #expect(DNS.Name(longest)?.wire.count == 255)
        #expect(DNS.Name(longest + "f") == nil)
        #expect(DNS.Name(String(repeating: "a.", count: 127))?.labels.count == 127)
    }

    @Test(arguments: [[], [1], [1, 97], [0, 0], [0xC0, 0], [1, 97, 0xC0, 0], [0x40, 0], [64]])
    func refusesWire(wire: [UInt8]) {
        #expect(DNS.Name(wire: wire) == nil)
    }

    @Test func ignoresCaseInComparisons() {
        let (left, right) = (name("DynamoDB.AWS"), name("dynamodb.aws"))
        #expect(left == right && left.hashValue == right.hashValue)
        #expect(left.wire != right.wire && left.lowercased.wire == right.wire)
        // `[` and `{` differ by the bit that tells cases apart, yet are no letters.
        #expect(name("[") != name("{") && name("@") != name("`"))
    }

    @Test(arguments: [
        ("a.b.c", "b.C", true), ("b.c", "b.c", true), ("c", "b.c", false), ("ab.c", "b.c", false),
        ("a.b", ".", true), (".", ".", true), (".", "a", false),
    ])
    func subdomains(below: String, above: String, expected: Bool) {
        #expect(name(below).isSubdomain(of: name(above)) == expected)
    }

    @Test func parents() {
        #expect(name("a.b").parent == name("b"))
        #expect(name("b").parent == .root)
        #expect(DNS.Name.root.parent == nil && DNS.Name.root.isRoot)
        #expect(name("a.bc").labels.map { Array($0) } == [[97], [98, 99]])
    }
}
