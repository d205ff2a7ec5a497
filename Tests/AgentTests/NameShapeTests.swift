import Testing

@testable import Agent

@Suite struct NameShapeTests {
    @Test(arguments: [
        ("a.b.c", "a.b.c", true),
        ("A.b.C.", "a.B.c", true),
        ("a.b.c", "b.c", false),
        ("*.b.c", "a.b.c", true),
        ("*.b.c", "x.a.b.c", true),
        ("*.b.c", "b.c", false),
        ("*.b.c", "*.c", true),
        ("*.b.c", "*.d.c", false),
        ("*.a.b.c", "x.b.c", false),
        ("*.b.c", "*.b.c", true),
        ("sts.*.amazonaws.com", "sts.us-east-1.amazonaws.com", true),
        ("sts.*.amazonaws.com", "sts.amazonaws.com", false),
        ("sts.*.amazonaws.com", "sts.x.y.amazonaws.com", false),
        ("sts.*.amazonaws.com", "*.us-east-1.amazonaws.com", true),
        ("sts.*.amazonaws.com", "*.sts.amazonaws.com", true),
        ("sts.*.amazonaws.com", "iam.*.amazonaws.com", false),
        ("ec2*.aws", "ec2.aws", true),
        ("ec2*.aws", "*7.aws", true),
        ("ec2*.aws", "ec.aws", false),
        ("a*.x", "*b.x", true),
        ("a*c.x", "a*b.x", false),
        ("a*a.x", "a.x", false),
        ("a*a.x", "aa.x", true),
        ("x.*", "x.*", true),
        ("*", "com", true),
        ("*", "a.b", true),
    ])
    func overlaps(left: String, right: String, expected: Bool) {
        #expect(NameShape(left).overlaps(NameShape(right)) == expected)
        #expect(NameShape(right).overlaps(NameShape(left)) == expected)
    }

    @Test func aCommonNameMustFitIntoDNS() {
        let long = String(repeating: "a", count: 40)
        // One label of 40 a's, then 40 b's: above 63.
        let beyond = NameShape(long + "*.x")
        #expect(!beyond.overlaps(NameShape("*" + String(repeating: "b", count: 40) + ".x")))
        #expect(beyond.overlaps(NameShape("*" + String(repeating: "b", count: 23) + ".x")))
        // Four labels of 62 and the root are 253 octets: one more label of one octet fits, two do not.
        let labels = Array(repeating: String(repeating: "a", count: 62), count: 4)
        let name = labels.joined(separator: ".")
        #expect(NameShape("*." + name).overlaps(NameShape("x." + name)))
        #expect(!NameShape("*." + name).overlaps(NameShape("x.y." + name)))
    }

    @Test(arguments: [
        ("a.b", "a.b", true), ("*.b", "a.b", true), ("*.b", "c.a.b", true), ("*.b", "b", false),
        ("*.b", "*.b", true), ("*.b", "*.a.b", true), ("*.a.b", "*.b", false),
        ("x*.b", "xy.b", true), ("x*.b", "y.b", false), ("x*.b", "xy*.b", false),
        ("s.*.c", "s.a*.c", true), ("s.*.c", "*.c", false), ("a.b", "*.b", false),
    ])
    func covers(left: String, right: String, expected: Bool) {
        #expect(NameShape(left).covers(NameShape(right)) == expected)
    }

    /// Against the definition: every name of up to three labels of up to three letters of `ab`, which
    /// is enough for patterns of up to three labels of up to two characters.
    @Test func agreesWithTryingAllNames() {
        let words = Self.texts(of: ["a", "b"], upTo: 4)
        var names: [[String]] = words.map { [$0] }
        let short = Self.texts(of: ["a", "b"], upTo: 2)
        for first in words { names += short.map { [first, $0] } }
        for first in short { for second in short { names += short.map { [first, second, $0] } } }
        let labels = Self.texts(of: ["a", "b", "*"], upTo: 2).filter { $0 != "**" }
        var patterns = labels.map { $0 }
        for label in labels where label.count == 1 { patterns += labels.map { label + "." + $0 } }
        let found = patterns.map { pattern in
            Set(names.indices.filter { Self.matches(names[$0], pattern) })
        }
        var wrong: [String] = []
        for (left, leftNames) in zip(patterns, found) {
            for (right, rightNames) in zip(patterns, found) {
                let expected = !leftNames.isDisjoint(with: rightNames)
                if NameShape(left).overlaps(NameShape(right)) != expected {
                    wrong.append("\(left) and \(right): \(expected)")
                }
                // `covers` may say no; where it says yes, it must be so.
                if NameShape(left).covers(NameShape(right)), !rightNames.isSubset(of: leftNames) {
                    wrong.append("\(left) does not cover \(right)")
                }
            }
        }
        #expect(wrong.isEmpty)
        #expect(patterns.count == 44)
    }

    private static func texts(of letters: [String], upTo length: Int) -> [String] {
        var all = letters
        var last = letters
        for _ in 1..<length {
            last = last.flatMap { text in letters.map { text + $0 } }
            all += last
        }
        return all
    }

    /// DESIGN.md's definition, word by word.
    private static func matches(_ name: [String], _ pattern: String) -> Bool {
        var labels = pattern.split(separator: ".").map(String.init)
        guard labels.first == "*" else { return matches(name[...], labels) }
        labels.removeFirst()
        return name.count > labels.count && matches(name.suffix(labels.count), labels)
    }

    private static func matches(_ name: ArraySlice<String>, _ labels: [String]) -> Bool {
        name.count == labels.count
            && zip(name, labels).allSatisfy { glob(Array($0)[...], Array($1)[...]) }
    }

    private static func glob(
        _ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>
    ) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return glob(text, pattern.dropFirst())
                || (!text.isEmpty && glob(text.dropFirst(), pattern))
        }
        return text.first == first && glob(text.dropFirst(), pattern.dropFirst())
    }
}
