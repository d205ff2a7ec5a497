import FoundationEssentials
import Spec
import Testing

@testable import ProbeKinds

/// `dns` against NSD, and against a server that answers wrongly in every way.
@Suite(.timeLimit(.minutes(2))) struct DNSProbeTests {
    static let zone = """
        $ORIGIN shop.test.
        $TTL 300
        @ IN SOA ns hostmaster 1 60 60 60 60
        @ IN NS ns
        ns IN A 127.0.0.1
        one 60 IN A 10.0.0.1
        both IN A 10.0.0.1
        both IN A 10.0.0.2
        both 20 IN AAAA fd00::1
        text IN TXT "no address"
        mail IN MX 10 one
        alias 5 IN CNAME one
        dangling IN CNAME gone
        """

    /// An answer larger than any datagram that a server would send.
    static let many = (1...250).map { "many IN A 10.1.0.\($0)" }.joined(separator: "\n")

    static func configuration(_ folder: URL, port: Int) -> String {
        """
        server:
            ip-address: 127.0.0.1
            port: \(port)
            do-ip6: no
            server-count: 1
            username: ""
            chroot: ""
            zonesdir: "\(folder.path)"
            database: ""
            pidfile: "\(folder.path)/nsd.pid"
            xfrdfile: "\(folder.path)/nsd.xfrd"
            xfrdir: "\(folder.path)"
            zonelistfile: "\(folder.path)/nsd.zones"
            logfile: "\(folder.path)/nsd.log"
            rrl-ratelimit: 0
        remote-control:
            control-enable: no
        zone:
            name: shop.test
            zonefile: "\(folder.path)/zone"

        """
    }

    struct Row: Sendable {
        var keys: String
        var reason: String?
        var facts: [FactName: FactValue] = [:]

        init(_ keys: String, _ reason: String? = nil, _ facts: [String: FactValue] = [:]) {
            self.keys = keys
            self.reason = reason
            for (name, value) in facts { self.facts[FactName(name)] = value }
        }
    }

    static let rows = [
        Row("name: one.shop.test", nil, ["addresses": .number(1), "ttl": .number(60)]),
        Row(
            "name: both.shop.test", nil,
            [
                "addresses": .number(3), "ttl": .number(20), "types": .text("A AAAA"),
                "rcode": .text("NOERROR"),
            ]),
        Row("{name: both.shop.test, addresses: 3}"),
        Row("{name: both.shop.test, addresses: 4}", "3 addresses, not 4"),
        Row("{name: both.shop.test, types: [A], addresses: 3}", "2 addresses, not 3"),
        Row("{name: one.shop.test, types: AAAA}", "NOERROR, no addresses"),
        // The outage: the name is there, and has nothing.
        Row(
            "name: text.shop.test", "NOERROR, no addresses",
            ["addresses": .number(0), "rcode": .text("NOERROR")]),
        Row("{name: text.shop.test, addresses: 0}"),
        Row("name: gone.shop.test", "NXDOMAIN", ["rcode": .text("NXDOMAIN")]),
        Row("{name: gone.shop.test, rcode: NXDOMAIN}"),
        Row("{name: one.shop.test, rcode: NXDOMAIN}", "NOERROR, not NXDOMAIN"),
        Row("name: elsewhere.test", "REFUSED"),
        Row("{name: mail.shop.test, types: MX}", nil, ["types": .text("MX")]),
        Row("{name: one.shop.test, types: MX}", "NOERROR, no MX"),
        Row(
            "{name: alias.shop.test, types: A}", nil,
            ["types": .text("CNAME A"), "ttl": .number(5), "addresses": .number(1)]),
        Row("name: dangling.shop.test", "NXDOMAIN"),
        Row("{name: one.shop.test, ttl: {min: 60s, max: 60s}}"),
        Row("{name: one.shop.test, ttl: {min: 61s}}", "TTL below 61s"),
        Row("{name: one.shop.test, ttl: {max: 59s}}", "TTL above 59s"),
        // Truncated over UDP, whole over TCP.
        Row("{name: many.shop.test, types: A, addresses: 250}", nil, ["addresses": .number(250)]),
    ]

    @Test func `a real server`() async throws {
        try await RealServer.withFolder { folder in
            let port = try await freePort()
            try Data((Self.zone + "\n" + Self.many + "\n").utf8)
                .write(to: folder.appending(path: "zone"))
            let file = folder.appending(path: "nsd.conf")
            try Data(Self.configuration(folder, port: port).utf8).write(to: file)
            try await RealServer.with(program: "nsd", ["-d", "-c", file.path]) {
                let yaml = "{name: one.shop.test, types: A, server: '127.0.0.1:\(port)'}"
                return (try? await Checked("dns", yaml, timeout: .seconds(1)))?.seen.passed == true
            } _: {
                for row in Self.rows {
                    let keys =
                        row.keys.first == "{" ? String(row.keys.dropFirst().dropLast()) : row.keys
                    let seen = try await Checked(
                        "dns", "{\(keys), server: '127.0.0.1:\(port)'}",
                        wanted: Set(row.facts.keys)
                    ).seen
                    #expect(seen.reason == row.reason, "\(row.keys)")
                    #expect(seen.facts == row.facts, "\(row.keys)")
                }
            }
        }
    }

    @Test(arguments: [
        ("right", nil), ("stranger", nil), ("truncated", nil), ("silent", "timed out"),
        ("short", "timed out"), ("garbage", "the answer is malformed"),
        ("half", "the answer is malformed"), ("loop", "the answer is malformed"),
        ("cut", "the answer ended early"), ("drip", "timed out"),
        ("closed", "closed without an answer"),
    ])
    func `wrong answers`(kind: String, reason: String?) async throws {
        try await RealServer.with("nameserver.py") { port in
            let yaml = "{name: \(kind).test, types: A, server: '127.0.0.1:\(port)'}"
            let one = try await Checked(
                "dns", yaml, wanted: [FactName("addresses")], timeout: .milliseconds(1500))
            #expect(one.seen.reason == reason)
            #expect(one.took < .seconds(12))
            if reason == nil {
                // Three over TCP; two from each of the strangers.
                let count: FactValue = .number(kind == "truncated" ? 3 : 1)
                #expect(one.seen.facts[FactName("addresses")] == count)
            }
        }
    }

    @Test func `nobody answers`() async throws {
        let port = try await freePort()
        let seen = try await Checked(
            "dns", "{name: a.test, types: A, server: '127.0.0.1:\(port)'}"
        ).seen
        #expect(seen.reason == "connection refused")
    }

    @Test func `the system knows localhost`() async throws {
        let wanted: Set = [FactName("addresses")]
        let seen = try await Checked(
            "dns", "{name: localhost, types: A, server: system}", wanted: wanted
        ).seen
        #expect(seen.reason == nil)
        #expect(seen.facts[FactName("addresses")] == .number(1))
        let more = try await Checked(
            "dns", "{name: localhost, types: A, server: system, addresses: 5}"
        ).seen
        #expect(more.reason == "1 addresses, not 5")
    }
}
