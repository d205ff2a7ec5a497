import Agent
import FaultKinds
import Testing
import Wire

/// Whose answers a fault with a scope acts on.
@Suite struct ScopeTests {
    static let yaml = "names: dynamodb.us-east-1.amazonaws.com\ndns: empty"

    /// A bench with one fault for user 7, where the asker is as given.
    static func bench(asker: Asker?) throws -> Bench {
        var bench = Bench()
        bench.injector.asker = { _, own, other in
            // The server is never taken for the asker.
            other.port == Fault.dnsPort && own.port != Fault.dnsPort ? asker : nil
        }
        bench.injector.arm(
            LiveFault(
                id: "f1", name: "drill", fault: try Fault(yaml: yaml), seed: 1, isDryRun: false,
                armedAt: bench.time, scope: HeldScope(user: 7, cgroup: nil, text: "uid 7")))
        return bench
    }

    @Test(
        arguments: [
            (Asker(user: 7, cgroup: 1), false, true), (Asker(user: 8, cgroup: 1), false, false),
            (nil, false, false), (Asker(user: 7, cgroup: 1), true, false),
        ] as [(Asker?, Bool, Bool)])
    func actsWithinItsScopeAlone(asker: Asker?, forwarded: Bool, fires: Bool) throws {
        var bench = try Self.bench(asker: asker)
        let packet = try Answers.udp(try Answers.dynamo())
        let outcome = bench.feed(packet, forwarded: forwarded)
        #expect(outcome.verdict == (fires ? .replace : .accept))
        #expect(outcome.packet == nil || fires)
        #expect(bench.counters("f1")?.matched == (fires ? 1 : 0))
        #expect(bench.counters("f1")?.seen == 1)
    }
}
