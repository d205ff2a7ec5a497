import Spec
import Testing

@Suite struct SpecErrorTests {
    static let place = SourceLocation(file: "f.yaml", line: 3, column: 9)
    static let table: [Case<SpecError, String>] = [
        Case(
            "file and key",
            SpecError(location: place, key: "by", problem: "is odd", hint: "write 2"),
            "f.yaml:3:9: key `by`: is odd; write 2"),
        Case("no key", SpecError(location: place, problem: "not YAML"), "f.yaml:3:9: not YAML"),
        Case(
            "flag", SpecError(location: .commandLine("--by"), key: "by", problem: "is odd"),
            "--by: is odd"),
        Case(
            "command",
            SpecError(location: .commandLine("dns delay"), key: "by", problem: "missing"),
            "dns delay: --by: missing"),
        Case(
            "whole file", SpecError(location: .whole(file: "f.yaml"), problem: "cannot be read"),
            "f.yaml: cannot be read"),
        Case(
            "always one line",
            SpecError(
                location: SourceLocation(file: "a\nb", line: 1, column: 1), key: "k\r",
                problem: "x\u{2028}y", hint: "\u{202E}z"),
            "a\\nb:1:1: key `k\\r`: x\\u{2028}y; \\u{202e}z"),
        Case(
            "a value's problem",
            SpecError(location: place, key: "by", ValueProblem("p", hint: "h")),
            "f.yaml:3:9: key `by`: p; h"),
    ]

    @Test(arguments: table) func description(_ row: Case<SpecError, String>) {
        #expect("\(row.input)" == row.output)
    }
}
