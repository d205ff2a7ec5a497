import Spec
import Testing

@Suite struct NamePatternTests {
    /// Pattern, names that it matches, names that it does not.
    static let table: [Case<String, (yes: [String], no: [String])>] = [
        Case(
            "exact", "a.b.c", (["a.b.c", "A.B.C.", "a.b.c."], ["b.c", "x.a.b.c", "a.b", "a.b.cc"])),
        Case("upper case", "A.B.C", (["a.b.c"], ["a.b"])),
        Case("dot at the end", "a.b.c.", (["a.b.c"], [])),
        Case(
            "leading star", "*.b.c",
            (["x.b.c", "y.x.b.c", "*.b.c"], ["b.c", "xb.c", "x.b.c.d", "c"])),
        Case("everything", "*", (["a", "a.b", "x.amazonaws.com"], ["", "."])),
        Case("two labels and more", "*.*", (["a.b", "a.b.c"], ["a"])),
        Case(
            "star as a label", "sts.*.amazonaws.com",
            (
                ["sts.us-east-1.amazonaws.com"],
                ["sts.amazonaws.com", "sts.a.b.amazonaws.com", "xsts.a.amazonaws.com"]
            )),
        Case(
            "star at the end of a label", "ec2*.aws",
            (["ec2.aws", "ec2x.aws"], ["ec.aws", "ec2.x.aws"])),
        Case(
            "star within a label", "a*z.test",
            (["az.test", "abcz.test", "azz.test"], ["abc.test", "zaz.test"])),
        Case(
            "several stars", "*a*b*.test",
            (["ab.test", "xaxbx.test", "aabb.test"], ["ba.test", "a.b.test"])),
        Case("stars in a row", "a**b.test", (["ab.test", "axb.test"], ["a.test"])),
        Case(
            "leading and inner", "*.elb.*.amazonaws.com",
            (
                ["n.elb.us-east-1.amazonaws.com", "a.n.elb.x.amazonaws.com"],
                ["elb.us-east-1.amazonaws.com"]
            )),
        Case(
            "star that is no label", "*x.test", (["x.test", "yx.test"], ["y.x.test", "xy.test"])),
        Case("underscore", "_dmarc.test", (["_dmarc.test"], ["dmarc.test"])),
        Case("single label", "redis", (["redis"], ["a.redis", "redis.a"])),
    ]

    @Test(arguments: table) func matches(_ row: Case<String, (yes: [String], no: [String])>) throws
    {
        let pattern = try NamePattern(parsing: row.input)
        for name in row.output.yes { #expect(pattern.matches(name), "\(name)") }
        for name in row.output.no { #expect(!pattern.matches(name), "\(name)") }
        #expect(NamePattern(pattern.description) == pattern)
        #expect(NamePattern(row.input.uppercased() + ".") == NamePattern(row.input + "."))
    }

    static let wrong: [Case<String, String>] = [
        Case("empty", "", "an empty name pattern; write a name such as sts.amazonaws.com"),
        Case("dot", ".", "\".\" has an empty label; write a name such as sts.amazonaws.com"),
        Case(
            "two dots", "a..b",
            "\"a..b\" has an empty label; write a name such as sts.amazonaws.com"),
        Case(
            "leading dot", ".amazonaws.com",
            "\".amazonaws.com\" has an empty label; write a name such as sts.amazonaws.com"),
        Case(
            "two dots at the end", "a..",
            "\"a..\" has an empty label; write a name such as sts.amazonaws.com"),
        Case(
            "star and dots", "*..",
            "\"*..\" has an empty label; write a name such as sts.amazonaws.com"),
        Case(
            "URL", "https://sts.amazonaws.com/",
            "\"https://sts.amazonaws.com/\" is not a name; write the host name alone"),
        Case("path", "a.test/x", "\"a.test/x\" is not a name; write the host name alone"),
        Case(
            "port", "a.test:53",
            "\"a.test:53\" is not a name; write the name without a port; `port` is a key"),
        Case(
            "two names", "a.test b.test",
            "\"a.test b.test\" is not one name; write several names as a list: [a.test, b.test]"),
        Case(
            "comma", "a.test,b.test",
            "\"a.test,b.test\" is not one name; write several names as a list: [a.test, b.test]"),
        Case(
            "not ASCII", "bücher.test",
            "\"bücher.test\" is not in ASCII; write the form on the wire, xn--…"),
        Case(
            "question mark", "a?.test",
            "\"a?.test\" holds \"?\", which no host name has; letters, digits, - and _ are allowed, * stands for any of them"
        ),
        Case(
            "long label", String(repeating: "a", count: 64) + ".test",
            "\"" + String(repeating: "a", count: 60)
                + "…\" has a label of 64 octets; 63 are the most"),
        Case(
            "long name", Array(repeating: "abcdefghi", count: 26).joined(separator: "."),
            "\""
                + String(Array(repeating: "abcdefghi", count: 26).joined(separator: ".").prefix(60))
                + "…\" is longer than a name can be; 253 characters are the most"),
    ]

    @Test(arguments: wrong) func refuses(_ row: Case<String, String>) {
        #expect(errorLine { try NamePattern(parsing: row.input) } == row.output)
        #expect(NamePattern(row.input) == nil)
    }

    static let notNames: [Case<[UInt8], Void>] = [
        Case("nothing", [], ()),
        Case("no end", [1, 97], ()),
        Case("label past the end", [5, 97, 0], ()),
        Case("pointer", [0xC0, 0x0C], ()),
        Case("pointer after a label", [1, 97, 0xC0, 0x00], ()),
        Case("reserved length", [0x41, 97, 0], ()),
    ]

    @Test(arguments: notNames) func bytesThatAreNoNameDoNotMatch(_ row: Case<[UInt8], Void>) {
        for pattern in ["*", "a", "*.a", "*.*"] {
            #expect(NamePattern(pattern)?.matches(wire: row.input.span) == false)
        }
    }

    @Test func literalsForThePrefilter() throws {
        func literals(_ text: String) throws -> ([String], [UInt8]) {
            let pattern = try NamePattern(parsing: text)
            return (
                pattern.literalLabels.map { String(decoding: $0, as: UTF8.self) },
                pattern.literalSuffix
            )
        }
        let com = Array("\u{3}com\u{0}".utf8)
        #expect(
            try literals("*.STS.us-east-1.com") == (
                ["sts", "us-east-1", "com"],
                Array("\u{3}sts\u{9}us-east-1".utf8) + com
            ))
        #expect(
            try literals("sts.*.amazonaws.com") == (
                ["sts", "amazonaws", "com"],
                Array("\u{9}amazonaws".utf8) + com
            ))
        #expect(try literals("a.ec2*.com") == (["a", "com"], com))
        #expect(try literals("*") == ([], [0]))
        #expect(try literals("a.*") == (["a"], [0]))
    }

    /// Random patterns and names against a matcher that is slow and plain.
    @Test(arguments: [1, 2, 3] as [UInt64]) func agreesWithAPlainMatcher(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var hits = 0
        for _ in 0..<4000 {
            let labels = { (random: inout SeededGenerator, letters: [String]) -> String in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    (0..<Int.random(in: 1...4, using: &random)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &random)]
                    }.joined()
                }.joined(separator: ".")
            }
            let text = labels(&random, ["a", "b", "*", "*"])
            let name = labels(&random, ["a", "b"])
            let pattern = try NamePattern(parsing: text)
            let expected = Self.plain(text, name)
            if expected { hits += 1 }
            #expect(pattern.matches(name) == expected, "\(text) and \(name), seed \(seed)")
        }
        #expect(hits > 100, "the property was exercised")
    }

    private static func plain(_ pattern: String, _ name: String) -> Bool {
        var own = pattern.split(separator: ".").map(Array.init)
        var labels = name.split(separator: ".").map(Array.init)
        if own.first == ["*"] {
            own.removeFirst()
            guard labels.count > own.count else { return false }
            labels.removeFirst(labels.count - own.count)
        }
        guard own.count == labels.count else { return false }
        func glob(_ p: ArraySlice<Character>, _ n: ArraySlice<Character>) -> Bool {
            guard let first = p.first else { return n.isEmpty }
            if first == "*" {
                return glob(p.dropFirst(), n) || (!n.isEmpty && glob(p, n.dropFirst()))
            }
            return n.first == first && glob(p.dropFirst(), n.dropFirst())
        }
        return zip(own, labels).allSatisfy { glob($0[...], $1[...]) }
    }

    @Test(arguments: [4, 5] as [UInt64]) func arbitraryBytesNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let patterns = try ["*", "*.a", "a*b.*.c", "*.us-east-1.*.amazonaws.com"].map {
            try NamePattern(parsing: $0)
        }
        for _ in 0..<5000 {
            let small = Bool.random(using: &random)
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...(small ? 9 : 255), using: &random)
            }
            for pattern in patterns { _ = pattern.matches(wire: bytes.span) }
            _ = try? NamePattern(parsing: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func theWorstPatternIsQuick() throws {
        let pattern = try NamePattern(
            parsing: Array(repeating: String(repeating: "*a", count: 31) + "b", count: 3)
                .joined(separator: "."))
        let name = Array(repeating: String(repeating: "a", count: 63), count: 3)
        let clock = ContinuousClock()
        let taken = clock.measure {
            for _ in 0..<100 { _ = pattern.matches(name.joined(separator: ".")) }
        }
        // A backtracking matcher would take longer than the universe has existed.
        #expect(taken < .seconds(5))
    }
}
