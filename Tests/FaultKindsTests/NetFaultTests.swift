import FaultKinds
import Spec
import Testing
import Wire

/// Faults on connections, as files say them.
@Suite struct NetFaultTests {
    private func fault(_ yaml: String) throws -> Fault {
        try Fault(Node.load(yaml: yaml, file: "f.yaml"))
    }

    @Test(
        arguments: [
            ("db.example.com", "db.example.com"), ("db.example.com:5432", "db.example.com:5432"),
            ("*.example.com:1", "*.example.com:1"), ("10.0.0.9", "10.0.0.9"),
            ("10.1.2.3/8", "10.0.0.0/8"), ("10.0.0.0/8:443", "10.0.0.0/8:443"),
            ("2001:DB8::9", "2001:db8::9"), ("[2001:db8::9]:80", "[2001:db8::9]:80"),
            ("[2001:db8::9]", "2001:db8::9"), ("2001:db8::/32", "2001:db8::/32"),
            ("localhost", "localhost"),
        ])
    func hosts(_ row: (text: String, reads: String)) throws {
        #expect(try NetHost(parsing: row.text).description == row.reads)
    }

    @Test(arguments: [
        "", ":80", "10.0.0.300", "10.0.0.1:0", "10.0.0.1:70000", "10.0.0.0/40", "http://a.b",
        "a b", "[2001:db8::9", "[::1]80", "a.b:http", "1.2.3", "2001:db8::9:g",
    ])
    func noHosts(_ text: String) {
        #expect(throws: ValueProblem.self) { try NetHost(parsing: text) }
    }

    @Test(
        arguments: [
            ("1MB/s", 1_000_000), ("64kB/s", 64_000), ("500B/s", 500), ("2GB/s", 2_000_000_000),
        ])
    func rates(_ row: (text: String, bytes: Int)) throws {
        let rate = try ByteRate(parsing: row.text)
        #expect(rate.bytesPerSecond == row.bytes)
        #expect(rate.description == row.text)
    }

    @Test(arguments: ["", "1", "1MB", "1Mb/s", "-1MB/s", "0B/s", "1.5MB/s", "9999999GB/s"])
    func noRates(_ text: String) {
        #expect(throws: ValueProblem.self) { try ByteRate(parsing: text) }
    }

    @Test func everyKey() throws {
        let fault = try fault(
            """
            names: a.example.com
            hosts: [b.example.com:443, 10.0.0.0/8, '[fd00::1]:80']
            ports: [443, 8000-8100]
            dns: {delay: 1s}
            net: [{latency: {by: 100ms, jitter: 5ms}}, {throttle: 1MB/s}, reset]
            direction: outbound
            connections: all
            kill: true
            probability: 30%
            """)
        let net = try #require(fault.net)
        #expect(net.hosts.map(\.description).count == 4)
        #expect(
            net.effects.map { $0.summary } == [
                "latency by=100ms jitter=5ms", "throttle to=1MB/s", "reset",
            ])
        #expect(fault.watchedNames.map(\.description) == ["a.example.com", "b.example.com"])
        #expect(net.ports.map(\.description) == ["443", "8000-8100"])
        #expect(net.kill && net.direction == .outbound)
        #expect(fault.tooBroad == [])
    }

    @Test(
        arguments: [
            ("net: blackhole", "f.yaml:1:1: key `hosts`: missing; a fault needs it"),
            ("hosts: 10.0.0.1", "f.yaml:1:1: key `names`: missing; a fault needs it"),
            (
                "hosts: 10.0.0.1\nnet: blackhol",
                "f.yaml:2:6: key `blackhol`: there is no such effect; did you mean `blackhole`?"
            ),
            (
                "hosts: 10.0.0.1\nnet: halfopen\nconnections: new",
                "f.yaml:3:14: key `connections`: `halfopen` acts later than a connection begins; "
                    + "leave `connections` out; `blackhole`, `reset` and `reject` can be for new ones"
            ),
            (
                "hosts: 10.0.0.1\nnet: blackhole\nconnections: new\nkill: true",
                "f.yaml:4:7: key `kill`: established connections are to go on; "
                    + "leave one of the two out"
            ),
            (
                "hosts: 10.0.0.1\nnet: blackhole\nsni: true",
                "f.yaml:3:6: key `sni`: there is no name that a connection could ask for; "
                    + "write `names`; addresses in `hosts` say where else to look"
            ),
            (
                "names: a.b\nnet: reset\nsni: true\nkill: true",
                "f.yaml:4:7: key `kill`: what an open connection once asked for is not known; "
                    + "leave `kill` or `sni` out"
            ),
            (
                "names: a.b\ndns: empty\nports: 443",
                "f.yaml:3:1: key `ports`: not a key of a fault; did you mean `port`?"
            ),
        ])
    func problems(_ row: (yaml: String, error: String)) {
        let error = #expect(throws: SpecError.self) { try fault(row.yaml) }
        #expect(error?.description == row.error)
    }

    @Test(
        arguments: [
            ("hosts: 0.0.0.0/0", 1), ("hosts: '::/0'", 1), ("hosts: '*.com'", 1),
            ("hosts: 10.0.0.0/8", 0), ("hosts: 10.0.0.0/7", 1), ("ports: 443", 0),
            ("ports: 1-65535", 1), ("ports: 8000-8015", 0), ("ports: 8000-8016", 1),
        ])
    func broad(_ row: (lines: String, count: Int)) throws {
        #expect(try fault("net: blackhole\n" + row.lines).tooBroad.count == row.count)
    }

    /// A bucket fills at its rate, whatever comes, and does not make anybody wait beyond its backlog.
    @Test func throttleKeepsItsRate() throws {
        var throttle = Throttle()
        throttle.to = ByteRate(bytesPerSecond: 1_000_000)
        throttle.backlog = .milliseconds(100)
        var random = SeededRandom(seed: 1)
        var passed = 0
        var dropped = 0
        for millisecond in 0..<10_000 {
            let packet = NetPacket(
                length: 1_500, isReply: false, elapsed: .milliseconds(millisecond))
            switch throttle.hold(packet, random: &random) {
            case .delay(let wait):
                #expect(wait <= .milliseconds(102))
                passed += 1_500
            case .drop: dropped += 1
            }
        }
        #expect(abs(passed - 10_000_000) < 150_000)
        #expect(dropped > 0)
        // What comes back has a bucket of its own.
        let reply = NetPacket(length: 1_000, isReply: true, elapsed: .seconds(10))
        #expect(throttle.hold(reply, random: &random) == .delay(.milliseconds(1)))
    }
}
