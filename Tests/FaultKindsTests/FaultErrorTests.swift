import FaultKinds
import Spec
import Testing
import Wire

/// A mistake in a fault is one line that says where, what, and what would be right.
@Suite struct FaultErrorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var yaml: String
        var error: String
        var testDescription: String { id }
    }

    static let rows: [Row] = [
        Row(
            id: "unknown key", yaml: "names: a.b\ndns: empty\nprobabilty: 30%",
            error: "f.yaml:3:1: key `probabilty`: not a key of a fault; "
                + "did you mean `probability`?"),
        Row(
            id: "unknown effect", yaml: "names: a.b\ndns: emtpy",
            error: "f.yaml:2:6: key `emtpy`: there is no such effect; did you mean `empty`?"),
        Row(
            id: "unknown key of an effect", yaml: "names: a.b\ndns:\n  - empty: {tll: 5s}",
            error: "f.yaml:3:13: key `tll`: not a key of the empty effect; did you mean `ttl`?"),
        Row(
            id: "a key that is needed", yaml: "names: a.b\ndns: delay",
            error: "f.yaml:2:6: key `by`: missing; the delay effect needs it"),
        Row(
            id: "no names", yaml: "dns: empty",
            error: "f.yaml:1:1: key `names`: missing; a fault needs it"),
        Row(
            id: "no effect", yaml: "names: a.b\ndns: []",
            error:
                "f.yaml:2:6: key `dns`: no effect is given; write `dns: empty`, or one of empty, "
                + "nxdomain, servfail, refused, rcode, timeout, delay, partial, stale, redirect, "
                + "ttl, truncate"),
        Row(
            id: "a response code", yaml: "names: a.b\ndns: {rcode: 16}",
            error: "f.yaml:2:14: key `code`: \"16\" is not a response code of the message header; "
                + "write a number from 0 to 15 or a name such as NOTIMP"),
        Row(
            id: "a TTL in parts of seconds", yaml: "names: a.b\ndns: {ttl: 1.5s}",
            error: "f.yaml:2:12: key `to`: a TTL has whole seconds; write 1s, or 0s for none"),
        Row(
            id: "jitter above the delay", yaml: "names: a.b\ndns: {delay: {by: 1s, jitter: 2s}}",
            error: "f.yaml:2:14: delay: a jitter above the delay itself would be cut off at zero; "
                + "lower it, or raise `by`"),
        Row(
            id: "a scope of nobody", yaml: "names: a.b\ndns: empty\nscope: {}",
            error: "f.yaml:3:8: key `scope`: nobody is meant; "
                + "write one of cgroup, unit, pid, container, uid and netns"),
        Row(
            id: "a scope of two", yaml: "names: a.b\ndns: empty\nscope: {unit: a.service, pid: 7}",
            error: "f.yaml:3:31: key `pid`: `unit` says already which processes are meant; "
                + "leave one of the two out"),
        Row(
            id: "flap", yaml: "names: a.b\ndns: empty\nflap: {on: 1s, off: 1s, jitter: 5s}",
            error: "f.yaml:3:33: key `jitter`: it is longer than a phase; write at most 1s"),
    ]

    @Test(arguments: rows)
    func errors(row: Row) {
        #expect(throws: (any Error).self) { try Fault(Node.load(yaml: row.yaml, file: "f.yaml")) }
        do {
            _ = try Fault(Node.load(yaml: row.yaml, file: "f.yaml"))
        } catch {
            #expect("\(error)" == row.error)
        }
    }

    @Test func `a fault that says everything is read whole`() throws {
        let yaml = """
            title: t
            about: a
            source: s
            names: ['*.example.com', b.example.org]
            except: c.example.com
            types: [A, TYPE65]
            port: 5353
            dns: [{delay: {by: 300ms, jitter: 50ms, distribution: normal}}, empty]
            probability: 30%
            flap: {on: 10s, off: 5s, jitter: 1s}
            after: 5s
            seed: 42
            leg: wire
            mark: false
            resolvers: [10.0.0.0/8, '2001:db8::1']
            for: 2m
            """
        let fault = try Fault(Node.load(yaml: yaml, file: "f.yaml"))
        #expect(fault.names.map(\.description) == ["*.example.com", "b.example.org"])
        #expect(fault.types == [.a, .https])
        #expect(fault.port == 5353)
        #expect(
            fault.effects.map { $0.summary } == [
                "delay by=300ms jitter=50ms distribution=normal", "empty",
            ])
        #expect(fault.probability == 0.3)
        #expect(fault.flap == Flap(on: .seconds(10), off: .seconds(5), jitter: .seconds(1)))
        #expect(fault.seed == 42)
        #expect(fault.leg == .wire)
        #expect(!fault.mark)
        #expect(fault.resolvers.map(\.description) == ["10.0.0.0/8", "2001:db8::1"])
        #expect(fault.lease == .seconds(120))
    }
}
