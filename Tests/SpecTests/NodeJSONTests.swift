import Spec
import Testing

@Suite struct NodeJSONTests {
    static let texts: [Case<String, String>] = [
        Case("order is kept", "b: 1\na: 2\n", #"{"b":1,"a":2}"#),
        Case("nothing", "[~, null, , '']".replacing(", ,", with: ","), #"[null,null,""]"#),
        Case("bools", "[true, False, 'true', yes, on]", #"[true,false,"true","yes","on"]"#),
        Case("integers", "[1, -7, +7, 007, 0x1F, 0o17, '1']", #"[1,-7,7,7,31,15,"1"]"#),
        Case("large integer", "[18446744073709551616]", "[18446744073709551616]"),
        Case("minus zero", "[-0, -00]", "[0,0]"),
        Case("floats", "[1.5, .5, 1., 1e3, -2.50E-07, 00.1]", "[1.5,0.5,1,1e3,-2.50e-07,0.1]"),
        Case(
            "no numbers", "[1.2.3, 1e, ., +, 0x, 1_000, .inf, 60s]",
            #"["1.2.3","1e",".","+","0x","1_000",".inf","60s"]"#),
        Case("text", #"["a\"b\\c\n\t\u0001 é 😀"]"#, #"["a\"b\\c\n\t\u0001 é 😀"]"#),
        Case("separators", #"["\u2028\u0085"]"#, #"["\u2028\u0085"]"#),
        Case("block text", "a: |\n  1\n  2\n", #"{"a":"1\n2\n"}"#),
        Case("empty", "a: []\nb: {}\n", #"{"a":[],"b":{}}"#),
    ]

    @Test(arguments: texts) func json(_ row: Case<String, String>) throws {
        let node = try Node.load(yaml: row.input, file: "f")
        #expect(node.json() == row.output)
        let again = try Node.load(yaml: node.json(), file: "f")
        #expect(again.json() == node.json(), "reads back as the same")
    }

    @Test func flagsKeepTheirKind() {
        let node = Node.mapping(
            [
                ("port", .scalar("53", at: .commandLine("--port"))),
                ("zone", .scalar("53", quoted: true, at: .commandLine("--zone"))),
                (
                    "to",
                    .sequence([.scalar("::1", at: .commandLine("--to"))], at: .commandLine("--to"))
                ),
            ], at: .commandLine("dns"))
        #expect(node.json() == #"{"port":53,"zone":"53","to":["::1"]}"#)
    }
}
