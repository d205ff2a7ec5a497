import Control
import Testing

@testable import brownout

@Suite struct StatusTextTests {
    private func status(_ change: (inout AgentStatus) -> Void = { _ in }) -> AgentStatus {
        var status = Samples.status(queue: 3)
        change(&status)
        return status
    }

    @Test func idle() {
        #expect(
            StatusText(status(), now: Samples.start).text == """
                brownoutd 0.1.0  pid 77  up 1h2m  queue 3 (native), intercepts nothing
                nothing is armed

                packets: received 0, passed 0, rewritten 0, dropped 0

                """)
    }

    @Test(
        arguments: [
            (.idle, "intercepts nothing"), (.names, "intercepts answers with an armed name"),
            (.labels, "intercepts answers with a label of an armed name"),
            (.all, "intercepts every answer"),
        ] as [(AgentStatus.Prefilter, String)])
    func saysWhatIsIntercepted(_ row: (AgentStatus.Prefilter, String)) {
        let text = StatusText(
            status {
                $0.statement = .native
                $0.prefilter = row.0
            }, now: Samples.start
        ).text
        #expect(text.split(separator: "\n").first?.hasSuffix(", \(row.1)") == true)
    }

    @Test func busy() {
        let text = StatusText(
            status {
                $0.onDemand = true
                $0.statement = .compat
                $0.prefilter = .labels
                $0.faults = [
                    Samples.fault(counts: FaultCounts(seen: 1204, matched: 40, fired: 37)),
                    Samples.fault("f12", name: "doctor", lasts: .seconds(3600), dryRun: true),
                ]
                $0.counters = PacketCounters(
                    received: 1300, accepted: 1263, rewritten: 37, errors: 1)
                $0.journal.lost = 2
                $0.journal.problem = "no space"
            }, now: Samples.start + .seconds(18)
        ).text
        #expect(
            text == """
                brownoutd 0.1.0  pid 77  up 1h2m, on demand  queue 3 (compat), intercepts answers \
                with a label of an armed name

                ID    SEEN  MATCHED  FIRED  PASSED   LEFT  EFFECTS          NAME
                f1   1,204       40     37       0   0:42  empty            dns empty a.test
                f12      0        0      0       0  59:42  empty (dry run)  doctor

                packets: received 1,300, passed 1,263, rewritten 37, dropped 0, errors 1
                journal: 2 lines lost: no space

                """)
    }

    @Test func saysWhatIsMissing() {
        var fault = Samples.fault()
        fault.connections = ConnectionReport(addresses: 0, unheard: 12)
        let text = StatusText(
            status {
                $0.faults = [fault]
                $0.unguarded = "the guard has ended"
            }, now: Samples.start
        ).text
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("f1: 12 connections pass: no room to hear whom they ask for"))
        #expect(lines.last == "the guard has ended")
    }

    @Test func halted() {
        let text = StatusText(
            status {
                $0.halted = true
                $0.statement = .none
                $0.queue = nil
            }, now: Samples.start
        ).text
        #expect(text.contains("no kernel side\nhalted: new faults are refused"))
    }

    @Test(
        arguments: [
            (["cgroup": .string("/tests")], "f1: only cgroup /tests"),
            (["uid": .integer(33)], "f1: only uid 33"),
            (["pid": .integer(7), "uid": .string("www-data")], "f1: only pid 7, uid www-data"),
            (
                ["netns": .string("blue"), "unit": .string("nginx.service")],
                "f1: only unit nginx.service, netns blue"
            ),
            (["container": .string("0123456789ab")], "f1: only container 0123456789ab"),
        ] as [([String: JSONValue], String)])
    func scope(_ row: (keys: [String: JSONValue], line: String)) {
        var fault = Samples.fault()
        fault.spec = .object(["scope": .object(row.keys)])
        let text = StatusText(
            status { $0.faults = [fault, Samples.fault("f2")] }, now: Samples.start
        ).text
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains(row.line), "\(text)")
        #expect(!text.contains("f2: only"))
    }
}
