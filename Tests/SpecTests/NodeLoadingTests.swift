import Spec
import Testing

@Suite struct NodeLoadingTests {
    @Test func everyValueAndKeyKnowsItsPlace() throws {
        let node = try Node.load(
            yaml: """
                title: two words
                dns:
                  - empty: {ttl: 60s}
                  - delay: "300ms"
                """, file: "f.yaml")
        #expect(node.location.description == "f.yaml:1:1")
        let entries = try #require(node.entries)
        #expect(entries.map(\.key) == ["title", "dns"])
        #expect(entries.map(\.keyLocation.description) == ["f.yaml:1:1", "f.yaml:2:1"])
        #expect(entries[0].value.text == "two words")
        #expect(entries[0].value.location.description == "f.yaml:1:8")
        let effects = try #require(node["dns"]?.elements)
        #expect(effects.map(\.location.description) == ["f.yaml:3:5", "f.yaml:4:5"])
        #expect(effects[0]["empty"]?["ttl"]?.location.description == "f.yaml:3:18")
        #expect(
            effects[1]["delay"]?.value == .scalar("300ms", quoted: true), "quoted scalars say so")
    }

    @Test func columnsCountUnicodeScalars() throws {
        let node = try Node.load(yaml: "{\"ключ\": é, b: 😀}", file: "f")
        #expect(node.entries?.map(\.keyLocation.column) == [2, 13])
        #expect(node["b"]?.location.column == 16)
    }

    @Test func jsonIsTheSameCode() throws {
        let node = try Node.load(
            yaml: #"{"names": ["a.test", "*.b.test"], "port": 53, "mark": true, "x": "\u00e9\/"}"#,
            file: "body")
        #expect(node["names"]?.elements?.map(\.text) == ["a.test", "*.b.test"])
        #expect(node["port"]?.value == .scalar("53", quoted: false))
        #expect(node["x"]?.text == "é/")
    }

    @Test func byteOrderMarkIsAllowed() throws {
        let node = try Node.load(utf8: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "f")
        #expect(node["a"]?.text == "1")
        #expect(node["a"]?.location.description == "f:1:4")
    }

    @Test func aFewAliasesAreFollowed() throws {
        let node = try Node.load(yaml: "a: &n [x, y]\nb: *n\nc: *n\n", file: "f")
        #expect(node["b"]?.elements?.map(\.text) == ["x", "y"])
        #expect(node["c"] == node["a"], "an alias stands where its anchor stands")
    }

    @Test func ampersandsAndStarsInTextsAreNoAnchors() throws {
        let stars = (0..<50).map { "  - \"*.n\($0).test\"" }.joined(separator: "\n")
        let text = "source: https://x.test/?a=1&b=2&c=3\nabout: R&D\nnames:\n\(stars)\n"
        #expect(try Node.load(yaml: text, file: "f")["names"]?.elements?.count == 50)
    }

    @Test func commandLineTreesHaveNoLines() {
        let by = Node.scalar("300ms", at: .commandLine("--by"))
        let node = Node.mapping([("by", by)], at: .commandLine("dns delay"))
        #expect(node["by"]?.location.description == "--by")
        #expect(node.entries?.first?.keyLocation == by.location)
        #expect(!by.location.hasLine)
    }

    static let wrong: [Case<String, String>] = [
        Case("empty", "", "f:1:1: nothing is written here; write a mapping, `key: value` a line"),
        Case(
            "comment only", "# nothing\n",
            "f:1:1: nothing is written here; write a mapping, `key: value` a line"),
        Case(
            "tab indents", "dns:\n\t- empty",
            "f:2:1: not YAML: found character that cannot start any token while scanning for the "
                + "next token; indent with spaces, not tabs"),
        Case(
            "pattern without quotes", "names: *.amazonaws.com\n",
            "f:1:8: not YAML: did not find expected alphabetic or numeric character while scanning "
                + "an alias; quote a pattern that begins with *: \"*.example.com\""),
        Case(
            "alias of nothing", "names: *amazonaws\n",
            "f:1:8: not YAML: found undefined alias; "
                + "quote a pattern that begins with *: \"*.example.com\""),
        Case(
            "colon in a text", "title: a: b\n",
            "f:1:9: not YAML: mapping values are not allowed in this context; quote a text that "
                + "holds a colon, or check the indentation"),
        Case(
            "no colon", "title: x\nabout\n",
            "f:3:1: not YAML: could not find expected ':' while scanning a simple key; "
                + "write `key: value`, with a space after the colon"),
        Case(
            "bracket left open", "title: x\nnames: [a, b\nfor: 60s\n",
            "f:3:4: not YAML: did not find expected ',' or ']' while parsing a flow sequence; "
                + "close the bracket of line 2, column 8, or put a comma between the values"),
        Case(
            "quote left open", "title: \"x\nfor: 60s\n",
            "f:3:1: not YAML: found unexpected end of stream while scanning a quoted scalar; "
                + "close the quote of line 1, column 8"),
        Case(
            "indentation", "a: 1\n  b: 2\n",
            "f:2:4: not YAML: mapping values are not allowed in this context; quote a text that "
                + "holds a colon, or check the indentation"),
        Case(
            "at sign", "title: @x\n",
            "f:1:8: not YAML: found character that cannot start any token while scanning for the "
                + "next token; quote a text that begins with @"),
        Case(
            "two documents", "a: 1\n---\nb: 2\n",
            "f:2:1: a second document starts here; write one document a file"),
        Case(
            "duplicate key", "title: x\nfor: 60s\ntitle: y\n",
            "f:3:1: key `title`: given twice in one mapping; keep one of them; the first is at "
                + "line 1"),
        Case(
            "duplicate key, quoted and in one line", "{\"a\": 1, b: {}, 'a': 2}",
            "f:1:17: key `a`: given twice in one mapping; keep one of them; the first is at line 1"),
        Case(
            "duplicate key, deep",
            "dns:\n  - delay: {by: 1s}\n  - empty:\n      ttl: 1s\n      ttl: 2s",
            "f:5:7: key `ttl`: given twice in one mapping; keep one of them; the first is at line 4"
        ),
        Case(
            "key given three times", "a: 1\na: 2\na: 3\n",
            "f:1:1: key `a`: given twice in one mapping; keep one of them"),
        Case(
            "list as key", "? [a, b]\n: c\n",
            "f:1:3: a list or a mapping cannot be a key; write a word before the colon"),
        Case("empty key", "'': c\n", "f:1:1: the key is empty; write a word before the colon"),
        Case(
            "tag", "a: !ruby/object x\n",
            "f:1:4: the tag \"!ruby/object\" is not known here; write the value without a tag"),
        Case(
            "control character", "a: 1\nb: x\u{7}y\n",
            "f:2:5: the control character U+0007 is not allowed in YAML; remove it"),
        Case(
            "NUL", "a: 1\n\u{0}",
            "f:2:1: the control character U+0000 is not allowed in YAML; remove it"),
        Case(
            "deep flow", String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
            "f:1:33: more than 32 levels deep; no spec nests so far; check the brackets and the "
                + "indentation"),
        Case(
            "very deep flow", String(repeating: "[", count: 100_000),
            "f:1:1: not YAML: nested too deeply while parsing; no spec nests so far; check the "
                + "brackets and the indentation"),
        Case(
            "very deep block", String(repeating: "- ", count: 100_000),
            "f:1:1999: not YAML: nested too deeply while parsing; no spec nests so far; check the "
                + "brackets and the indentation"),
        Case(
            "too large", String(repeating: "#", count: 256 * 1024 + 1),
            "f: larger than 256 KiB; a spec is a few KiB; is this the right file?"),
        Case(
            "too many values", "[" + String(repeating: "a,", count: 60_000) + "]",
            "f:1:100000: more than 50000 values; split the file"),
        Case(
            "alias bomb", bomb,
            "f:1:4: more than 10 aliases of anchors; write the values out, or quote what is no "
                + "alias"),
    ]

    /// A billion laughs: nine levels of nine.
    static let bomb =
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + zip("abcdefgh", "bcdefghi").map { before, name in
            "\(name): &\(name) [\(Array(repeating: "*\(before)", count: 9).joined(separator: ","))]\n"
        }.joined()

    @Test(arguments: wrong) func errors(_ row: Case<String, String>) {
        #expect(errorLine { try Node.load(yaml: row.input, file: "f") } == row.output)
    }

    /// Aliases as keys are what hashing would expand; ten are few enough to be quick.
    @Test func mostAliasesAllowedIsQuick() {
        let leaf = "a: &a [\(Array(repeating: "x", count: 9_000).joined(separator: ","))]\n"
        let text = leaf + "b: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: &d [*c,*c,*c]\n? *d\n: 1\n"
        #expect(
            errorLine { try Node.load(yaml: text, file: "f") }
                == "f:1:9988: more than 50000 values; split the file")
    }

    static let notUTF8: [Case<[UInt8], String>] = [
        Case(
            "latin-1", Array("title: caf".utf8) + [0xE9, 0x0A],
            "f:1:11: the byte 0xE9 is not UTF-8; save the file as UTF-8"),
        Case(
            "UTF-16", [0xFF, 0xFE, 0x61, 0x00],
            "f:1:1: the byte 0xFF is not UTF-8; save the file as UTF-8"),
        Case(
            "cut short", Array("a: 1\nb: ".utf8) + [0xF0, 0x9F],
            "f:2:4: the byte 0xF0 is not UTF-8; save the file as UTF-8"),
        Case(
            "surrogate", Array("é: ".utf8) + [0xED, 0xA0, 0x80],
            "f:1:4: the byte 0xED is not UTF-8; save the file as UTF-8"),
        Case(
            "too large", Array(repeating: 0xFF, count: 256 * 1024 + 1),
            "f: larger than 256 KiB; a spec is a few KiB; is this the right file?"),
    ]

    @Test(arguments: notUTF8) func bytesThatAreNoText(_ row: Case<[UInt8], String>) {
        #expect(errorLine { try Node.load(utf8: row.input, file: "f") } == row.output)
    }
}
