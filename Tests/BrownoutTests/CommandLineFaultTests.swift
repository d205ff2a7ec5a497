import ArgumentParser
import FaultKinds
import Spec
import Testing

@testable import brownout

/// What flags become: the body of `POST /v1/faults`, and errors that name the flag.
@Suite struct CommandLineFaultTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var id: String
        var line: String
        var json: String
        var testDescription: String { id }
    }

    static let cases = [
        Case(
            id: "empty", line: "empty a.test",
            json: #"{"names":["a.test"],"dns":[{"empty":{}}]}"#),
        Case(
            id: "several names", line: "empty a.test *.b.test,c.test",
            json: #"{"names":["a.test","*.b.test","c.test"],"dns":[{"empty":{}}]}"#),
        Case(
            id: "keys", line: "empty a.test --ttl 5s --zone test",
            json: #"{"names":["a.test"],"dns":[{"empty":{"ttl":"5s","zone":"test"}}]}"#),
        Case(
            id: "number", line: "partial a.test --keep 1",
            json: #"{"names":["a.test"],"dns":[{"partial":{"keep":1}}]}"#),
        Case(
            id: "one address", line: "redirect a.test --to 10.0.0.9",
            json: #"{"names":["a.test"],"dns":[{"redirect":{"to":"10.0.0.9"}}]}"#),
        Case(
            id: "list of addresses", line: "redirect a.test --to 10.0.0.9,2001:db8::9",
            json: #"{"names":["a.test"],"dns":[{"redirect":{"to":["10.0.0.9","2001:db8::9"]}}]}"#),
        Case(
            id: "code by name", line: "rcode a.test --code NOTIMP",
            json: #"{"names":["a.test"],"dns":[{"rcode":{"code":"NOTIMP"}}]}"#),
        Case(
            id: "when", line: "empty a.test --for 5m --after 3s --probability 30% --seed 42",
            json:
                #"{"names":["a.test"],"dns":[{"empty":{}}],"probability":"30%","after":"3s","seed":42,"for":"5m"}"#
        ),
        Case(
            id: "where", line: "empty a.test --leg wire --port 5353 --resolvers 10.0.0.0/8,::1",
            json:
                #"{"names":["a.test"],"dns":[{"empty":{}}],"port":5353,"leg":"wire","resolvers":["10.0.0.0/8","::1"]}"#
        ),
        Case(
            id: "how",
            line: "empty a.test --types A,AAAA --except b.test --except c.test --no-mark",
            json:
                #"{"names":["a.test"],"dns":[{"empty":{}}],"except":["b.test","c.test"],"types":["A","AAAA"],"mark":false}"#
        ),
        Case(
            id: "flap in one", line: "empty a.test --flap on=10s,off=5s",
            json: #"{"names":["a.test"],"dns":[{"empty":{}}],"flap":{"on":"10s","off":"5s"}}"#),
        Case(
            id: "flap in three",
            line: "empty a.test --flap-on 10s --flap-off 5s --flap-jitter 1s",
            json:
                #"{"names":["a.test"],"dns":[{"empty":{}}],"flap":{"on":"10s","off":"5s","jitter":"1s"}}"#
        ),
        Case(
            id: "flap, the longer flag wins",
            line: "empty a.test --flap on=10s,off=5s --flap-on 1s",
            json: #"{"names":["a.test"],"dns":[{"empty":{}}],"flap":{"off":"5s","on":"1s"}}"#),
    ]

    /// The tree of a command line after `brownout dns`.
    static func node(_ line: String) throws -> Node {
        let parsed = try Brownout.parseAsRoot(["dns"] + ExampleWords.split(line))
        let command = try #require(parsed as? any TypedFault)
        return command.typed
    }

    @Test(arguments: cases)
    func becomesABody(one: Case) throws {
        let node = try Self.node(one.line)
        #expect(node.json() == one.json)
        _ = try Fault(node)
        // What the agent reads back must be the same.
        #expect(try Node.load(yaml: node.json(), file: "body").json() == one.json)
    }

    static let errors: [(id: String, line: String, error: String)] = [
        (
            "duration", "delay a.test --by '3 parsecs'",
            #"--by: "3 parsecs" is not a duration; "#
        ),
        ("missing key", "delay a.test", "dns delay: --by: missing; the delay effect needs it"),
        (
            "unit", "empty a.test --for 60",
            #"--for: "60" has no unit; write 60s for seconds, or 250ms, 5m, 2h, 1d"#
        ),
        (
            "percentage", "empty a.test --probability 0.3",
            #"--probability: "0.3" is not a percentage; write 0.3% for that many in a hundred"#
        ),
        (
            "leg", "empty a.test --leg wore",
            #"--leg: "wore" is not one of them; did you mean `wire`?"#
        ),
        (
            "seed", "empty a.test --seed many",
            #"--seed: "many" is not a whole number; "#
                + "write a whole number from 0 to 18446744073709551615"
        ),
        (
            "name", "empty a..test",
            #"NAME: "a..test" has an empty label; "#
                + "write a name such as sts.amazonaws.com"
        ),
        ("flap part", "empty a.test --flap on=1s", "--flap: `off` missing; flap needs it"),
        (
            "address", "redirect a.test --to here",
            #"--to: "here" is not an IP address; write 10.0.0.9 or 2001:db8::9"#
        ),
    ]

    @Test(arguments: errors)
    func errorsNameTheFlag(id: String, line: String, error: String) throws {
        let node = try Self.node(line)
        let thrown = #expect(throws: SpecError.self) { try Fault(node) }
        let text = ErrorText(try #require(thrown))
        // What would be right is Spec's to word.
        #expect(text.line.hasPrefix(error), "\(id): \(text.line)")
        #expect(text.code == .usage)
    }

    /// A fault file after `brownout inject f` with these flags.
    static func laid(_ flags: String, over yaml: String) throws -> Node {
        let file = try Node.load(yaml: yaml, file: "f.yaml")
        let parsed = try Brownout.parseAsRoot(["inject", "f"] + ExampleWords.split(flags))
        let command = try #require(parsed as? Inject)
        return try command.overrides.laid(over: file)
    }

    static let answers = "names: a.test\ndns: empty\n"
    static let connections = "names: a.test\nnet: blackhole\nports: 443\n"

    @Test(
        arguments: [
            (
                "title: t\nnames: a.test\nfor: 1h\ndns: empty\n", "--names b.test --for 5m",
                #"{"title":"t","dns":"empty","names":["b.test"],"for":"5m"}"#
            ),
            (
                connections, "--ports 80,8000-8100 --direction inbound",
                #"{"names":"a.test","net":"blackhole","ports":[80,"8000-8100"],"direction":"inbound"}"#
            ),
            (
                connections, "--connections new",
                #"{"names":"a.test","net":"blackhole","ports":443,"connections":"new"}"#
            ),
            (
                connections, "--kill",
                #"{"names":"a.test","net":"blackhole","ports":443,"kill":true}"#
            ),
            // Whoever is meant instead, nobody else is.
            (
                connections, "--hosts 10.0.0.9:80,b.test",
                #"{"net":"blackhole","ports":443,"hosts":["10.0.0.9:80","b.test"]}"#
            ),
            (
                "hosts: [a.test]\nnet: reset\n", "--names b.test",
                #"{"net":"reset","names":["b.test"]}"#
            ),
            // With both halves names stay those of the answers.
            (
                "names: a.test\ndns: empty\nnet: reset\n", "--hosts 10.0.0.9 --leg wire",
                #"{"names":"a.test","dns":"empty","net":"reset","hosts":["10.0.0.9"],"leg":"wire"}"#
            ),
        ])
    func overridesReplaceKeysOfAFile(yaml: String, flags: String, json: String) throws {
        let laid = try Self.laid(flags, over: yaml)
        #expect(laid.json() == json)
        _ = try Fault(laid)
    }

    @Test(
        arguments: [
            ("--hosts b.test", "--hosts"), ("--ports 80", "--ports"),
            ("--direction inbound", "--direction"), ("--connections new", "--connections"),
            ("--kill", "--kill"),
        ])
    func connectionsNeedNet(flags: String, flag: String) throws {
        let thrown = #expect(throws: SpecError.self) { try Self.laid(flags, over: Self.answers) }
        let text = ErrorText(try #require(thrown))
        #expect(
            text.line == "\(flag): is about connections, and this fault changes answers alone; "
                + "leave it out, or take a fault with `net`")
        #expect(text.code == .usage)
        _ = try Fault(try Self.laid(flags, over: Self.connections))
    }

    @Test(arguments: [("--types A", "--types"), ("--leg any", "--leg"), ("--no-mark", "--no-mark")])
    func answersNeedDNS(flags: String, flag: String) throws {
        let thrown = #expect(throws: SpecError.self) {
            try Self.laid(flags, over: Self.connections)
        }
        #expect(
            ErrorText(try #require(thrown)).line
                == "\(flag): is about answers, and this fault breaks connections alone; "
                + "leave it out, or take a fault with `dns`")
        _ = try Fault(try Self.laid(flags, over: Self.answers))
    }

    static let scopes: [(file: String, netns: String?, uid: String?, scope: String?)] = [
        ("names: a.test\ndns: empty\n", "blue", nil, #"{"netns":"blue"}"#),
        ("names: a.test\ndns: empty\n", "blue", "33", #"{"uid":33,"netns":"blue"}"#),
        ("names: a.test\ndns: empty\n", nil, "33", #"{"uid":33}"#),
        // A file's limits stay beside the flag.
        (
            "names: a.test\nscope: {uid: 33, netns: red}\ndns: empty\n", "blue", nil,
            #"{"uid":33,"netns":"blue"}"#
        ),
        (
            "names: a.test\nscope: {netns: red}\ndns: empty\n", nil, nil, #"{"netns":"red"}"#
        ),
        // What is no scope is left for the check to refuse.
        ("names: a.test\nscope: all\ndns: empty\n", "blue", nil, #""all""#),
    ]

    @Test(arguments: scopes.indices)
    func aNetworkNamespaceNarrows(index: Int) throws {
        let row = Self.scopes[index]
        let words =
            (row.netns.map { ["--netns", $0] } ?? []) + (row.uid.map { ["--uid", $0] } ?? [])
        let command = try Inject.parse(["f"] + words)
        let laid = try command.overrides
            .laid(over: try Node.load(yaml: row.file, file: "f"))
        #expect(laid["scope"]?.json() == row.scope)
    }
}

/// An effect command of any effect, for its tree.
protocol TypedFault {
    var typed: Node { get }
}

extension EffectCommand: TypedFault {
    var typed: Node { node(options: fault) }
}
