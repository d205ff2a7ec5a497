import Spec
import Testing

private enum Leg: String, CaseIterable { case auto, wire, loopback, any }

@Suite struct FieldsTests {
    /// Reads what a fault file holds, in miniature.
    private static func read(_ yaml: String) throws(SpecError) {
        var fields = try Fields(Node.load(yaml: yaml, file: "f"), of: "a fault")
        _ = try fields.string("title")
        _ = try fields.requiredPatterns("names")
        _ = try fields.list("types", expected: "a record type") { (text) throws(ValueProblem) in
            text
        }
        _ = try fields.integer("port", in: 1...65535)
        _ = try fields.integer("seed", in: 0...UInt64.max)
        _ = try fields.percentage("probability")
        _ = try fields.duration("for", in: .seconds(1)...(.seconds(14_400)))
        _ = try fields.choice("leg", of: Leg.self)
        _ = try fields.bool("mark")
        if let node = try fields.node("delay") {
            var delay = try Fields(node, of: "the delay effect", primary: "by")
            _ = try delay.requiredDuration("by")
            _ = try delay.duration("jitter")
            try delay.finish()
        }
        try fields.finish()
    }

    @Test func whatIsRightIsRead() throws {
        let node = try Node.load(
            yaml: """
                title: 2025
                names: "*.test"
                port: 0x35
                seed: 18446744073709551615
                probability: 0.5%
                for: 1h30m
                leg: wire
                mark: false
                """, file: "f")
        var fields = try Fields(node, of: "a fault")
        #expect(try fields.string("title") == "2025")
        #expect(try fields.requiredPatterns("names") == [NamePattern(parsing: "*.test")])
        #expect(try fields.integer("port", in: 1...65535) == 53)
        #expect(try fields.integer("seed", in: 0...UInt64.max) == .max)
        #expect(try fields.percentage("probability")?.fraction == 0.005)
        #expect(try fields.duration("for") == .seconds(5400))
        #expect(try fields.requiredChoice("leg", of: Leg.self) == .wire)
        #expect(try fields.bool("mark") == false)
        #expect(try fields.strings("absent") == nil)
        #expect(fields.contains("leg") && !fields.contains("absent"))
        try fields.finish()
    }

    @Test func aPrimaryKeyMayStandAlone() throws {
        var fields = try Fields(
            Node.load(yaml: "300ms", file: "f"), of: "the delay effect", primary: "by")
        #expect(try fields.requiredDuration("by") == .milliseconds(300))
        try fields.finish()
        var list = try Fields(
            Node.load(yaml: "[a, b]", file: "f"), of: "the stale effect", primary: "addresses")
        #expect(try list.strings("addresses") == ["a", "b"])
    }

    @Test func nothingMayBeAnEmptyMapping() throws {
        let node = try Node.load(yaml: "servfail:", file: "f")
        var fields = try Fields(node, of: "an effect")
        let none = try Node.load(yaml: "~", file: "f")
        let inner = try Fields(none, of: "the servfail effect", mayBeEmpty: true)
        try inner.finish()
        #expect(
            errorLine { try fields.node("servfail") }
                == "f:1:1: key `servfail`: has no value; write one, or leave the key out")
        #expect(
            errorLine { try Fields(none, of: "the delay effect", primary: "by") }
                == "f:1:1: the delay effect is empty; write its keys, `key: value` a line")
    }

    static let wrong: [Case<String, String>] = [
        Case(
            "not a mapping", "[a]",
            "f:1:1: a fault is a mapping, not a list; write its keys, `key: value` a line"),
        Case(
            "a text", "hello",
            "f:1:1: a fault is a mapping, not the text \"hello\"; write its keys, `key: value` a line"
        ),
        Case("missing", "title: x", "f:1:1: key `names`: missing; a fault needs it"),
        Case(
            "missing for a typo", "nmaes: a.test",
            "f:1:1: key `nmaes`: not a key of a fault; did you mean `names`?"),
        Case(
            "unknown, near", "names: a.test\nprobabilty: 30%",
            "f:2:1: key `probabilty`: not a key of a fault; did you mean `probability`?"),
        Case(
            "unknown, far", "names: a.test\nhost: b",
            "f:2:1: key `host`: not a key of a fault; known keys: title, names, types, port, seed, "
                + "probability, for, leg, mark, delay"),
        Case(
            "case", "Names: a.test",
            "f:1:1: key `Names`: not a key of a fault; did you mean `names`?"),
        Case(
            "merge", "names: a.test\n<<: {port: 53}",
            "f:2:1: key `<<`: not a key of a fault; merge keys are not supported; write the keys out"
        ),
        Case(
            "inner unknown", "names: a.test\ndelay:\n  by: 1s\n  jiter: 1s",
            "f:4:3: key `jiter`: not a key of the delay effect; did you mean `jitter`?"),
        Case(
            "no value", "names:\ntitle: x",
            "f:1:1: key `names`: has no value; write one, or leave the key out"),
        Case(
            "null", "names: a.test\nport: null",
            "f:2:1: key `port`: has no value; write one, or leave the key out"),
        Case(
            "empty text", "names: a.test\ntitle: ''",
            "f:2:8: key `title`: the value is empty; write a text"),
        Case(
            "empty list", "names: []",
            "f:1:8: key `names`: the list is empty; write a name pattern, or leave the key out"),
        Case(
            "empty in list", "names: [a.test, '']",
            "f:1:17: key `names`: the value is empty; write a name pattern"),
        Case(
            "null in list", "names:\n  - a.test\n  -\n",
            "f:3:4: key `names`: the value is empty; write a name pattern"),
        Case(
            "list in list", "names: [[a.test]]",
            "f:1:9: key `names`: a list is not a name pattern; write a name pattern"),
        Case(
            "mapping for a text", "names: a.test\ntitle: {a: b}",
            "f:2:8: key `title`: a mapping is not a text; write a text"),
        Case(
            "bare duration", "names: a.test\nfor: 60",
            "f:2:6: key `for`: \"60\" has no unit; write 60s for seconds, or 250ms, 5m, 2h, 1d"),
        Case(
            "no duration", "names: a.test\ndelay: 3 parsecs",
            "f:2:8: key `by`: \"3 parsecs\" is not a duration; write 250ms, 60s or 5m"),
        Case(
            "duration out of range", "names: a.test\nfor: 1d",
            "f:2:6: key `for`: \"1d\" is out of range; write 1s to 4h"),
        Case(
            "list for a duration", "names: a.test\nfor: [60s]",
            "f:2:6: key `for`: a list is not a duration; write a duration"),
        Case(
            "no percent sign", "names: a.test\nprobability: 30",
            "f:2:14: key `probability`: \"30\" is not a percentage; write 30% for that many in a hundred"
        ),
        Case(
            "percentage", "names: a.test\nprobability: 130%",
            "f:2:14: key `probability`: \"130%\" is more than everything; write 0% to 100%"),
        Case(
            "port", "names: a.test\nport: 70000",
            "f:2:7: key `port`: 70000 is out of range; write a whole number from 1 to 65535"),
        Case(
            "port negative", "names: a.test\nport: -1",
            "f:2:7: key `port`: -1 is out of range; write a whole number from 1 to 65535"),
        Case(
            "port huge", "names: a.test\nport: 99999999999999999999999",
            "f:2:7: key `port`: 99999999999999999999999 is out of range; write a whole number from 1 to 65535"
        ),
        Case(
            "port text", "names: a.test\nport: dns",
            "f:2:7: key `port`: \"dns\" is not a whole number; write a whole number from 1 to 65535"
        ),
        Case(
            "port fraction", "names: a.test\nport: 53.5",
            "f:2:7: key `port`: \"53.5\" is not a whole number; write a whole number from 1 to 65535"
        ),
        Case(
            "port quoted", "names: a.test\nport: '53'",
            "f:2:7: key `port`: \"53\" is a text, for it is quoted; write 53 without quotes"),
        Case(
            "port list", "names: a.test\nport: [53]",
            "f:2:7: key `port`: a list is not a whole number; write a whole number from 1 to 65535"),
        Case(
            "bool", "names: a.test\nmark: yes",
            "f:2:7: key `mark`: \"yes\" is neither true nor false; write true or false"),
        Case(
            "bool quoted", "names: a.test\nmark: 'true'",
            "f:2:7: key `mark`: \"true\" is neither true nor false; write true or false"),
        Case(
            "choice, near", "names: a.test\nleg: wier",
            "f:2:6: key `leg`: \"wier\" is not one of them; did you mean `wire`?"),
        Case(
            "choice, far", "names: a.test\nleg: cable",
            "f:2:6: key `leg`: \"cable\" is not one of them; write auto, wire, loopback, any"),
        Case(
            "pattern", "names: [a.test, 'https://b.test/']",
            "f:1:17: key `names`: \"https://b.test/\" is not a name; write the host name alone"),
        Case(
            "line breaks stay one line", "names: a.test\nleg: \"a\\nb\\e\"",
            "f:2:6: key `leg`: \"a\\nb\\u{1b}\" is not one of them; write auto, wire, loopback, any"
        ),
        Case(
            "long text is cut", "names: a.test\nleg: " + String(repeating: "x", count: 500),
            "f:2:6: key `leg`: \"" + String(repeating: "x", count: 60)
                + "…\" is not one of them; write auto, wire, loopback, any"),
    ]

    @Test(arguments: wrong) func errors(_ row: Case<String, String>) {
        #expect(errorLine { try Self.read(row.input) } == row.output)
    }

    @Test func flagsReadNaturally() throws {
        func effect(_ pairs: [(String, String)]) throws(SpecError) -> Duration {
            let node = Node.mapping(
                pairs.map { ($0, .scalar($1, at: .commandLine("--\($0)"))) },
                at: .commandLine("dns delay"))
            var fields = try Fields(node, of: "the delay effect", primary: "by")
            let by = try fields.requiredDuration("by")
            try fields.finish()
            return by
        }
        #expect(try effect([("by", "1s")]) == .seconds(1))
        #expect(
            errorLine { try effect([("by", "3 parsecs")]) }
                == "--by: \"3 parsecs\" is not a duration; write 250ms, 60s or 5m")
        #expect(
            errorLine { try effect([("by", "")]) }
                == "--by: has no value; give it one")
        #expect(
            errorLine { try effect([]) } == "dns delay: --by: missing; the delay effect needs it")
        #expect(
            errorLine { try effect([("by", "1s"), ("too", "2")]) }
                == "--too: not a key of the delay effect; known keys: by")
    }

    @Test func valuesOfOtherTargets() throws {
        let node = try Node.load(yaml: "to: [1, x]\nn: 7", file: "f")
        var fields = try Fields(node, of: "the redirect effect")
        #expect(
            errorLine {
                try fields.values("to", as: Int.self, kind: "an IP address", hint: "write 10.0.0.9")
            } == "f:1:9: key `to`: \"x\" is not an IP address; write 10.0.0.9")
        #expect(try fields.requiredValue("n", as: Int.self, kind: "a number", hint: "") == 7)
        #expect(
            "\(fields.error("n", "is odd", hint: "write 8"))" == "f:2:4: key `n`: is odd; write 8")
    }
}
