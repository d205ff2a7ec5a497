import Wire

/// Real-looking messages of every kind, by name: the seeds of the properties and of the corpus.
enum Samples {
    static let all: [(name: String, bytes: [UInt8])] = builders.map { ($0.name, $0.builder.bytes) }

    static func bytes(_ name: String) -> [UInt8] {
        all.first { $0.name == name }?.bytes ?? []
    }

    static let question = name("DynamoDB.us-east-1.amazonaws.com")
    static let zone = name("us-east-1.amazonaws.com")

    /// A response to a query of this type with EDNS or without; flags as a resolver sets them.
    static func response(
        _ type: DNS.RecordType, _ question: DNS.Name = question, edns: DNS.EDNS? = nil,
        _ fill: (inout DNS.Builder) -> Void = { _ in }
    ) -> DNS.Builder {
        var builder = DNS.Builder.query(question, type, id: 0x1234, edns: edns)
        builder.header.isResponse = true
        builder.header.recursionAvailable = true
        fill(&builder)
        return builder
    }

    static let soa = DNS.RecordData.soa(
        DNS.StartOfAuthority(
            primary: name("ns-460.awsdns-57.com"), mailbox: name("awsdns-hostmaster.amazon.com"),
            refresh: 7200, retry: 900, expire: 1_209_600, minimum: 86_400))

    private static let builders: [(name: String, builder: DNS.Builder)] =
        addresses + chains + services + edns + negative + others

    private static let addresses: [(name: String, builder: DNS.Builder)] = [
        ("query-a", .query(question, .a, id: 1)),
        ("query-edns", .query(question, .aaaa, id: 2, edns: DNS.EDNS(dnssecOK: true))),
        ("a", response(.a) { $0.add(question, ttl: 5, .a(v4("3.218.182.212"))) }),
        (
            "a-eight",
            response(.a) { builder in
                for host in 1...8 as ClosedRange<UInt32> {
                    builder.add(question, ttl: 5, .a(v4("52.94.0.0") + host))
                }
            }
        ),
        ("aaaa", response(.aaaa) { $0.add(question, ttl: 60, .aaaa(v6("2600:1f18::52"))) }),
        (
            "any",
            response(.any) { builder in
                builder.add(question, ttl: 5, .a(v4("3.218.182.212")))
                builder.add(question, ttl: 5, .aaaa(v6("2600:1f18::52")))
                builder.add(question, ttl: 5, .txt(["v=spf1 -all", ""]))
            }
        ),
        (
            "a-uncompressed",
            response(.a) { builder in
                builder.compresses = false
                builder.add(question, ttl: 5, .a(v4("3.218.182.212")))
                builder.add(question, ttl: 5, .a(v4("3.218.182.213")))
            }
        ),
    ]

    private static let chains: [(name: String, builder: DNS.Builder)] = [
        (
            "cname-chain",
            response(.a, name("api.example.com")) { builder in
                builder.add(name("api.example.com"), ttl: 300, .cname(name("lb.example.net")))
                builder.add(name("lb.example.net"), ttl: 60, .cname(question))
                builder.add(question, ttl: 5, .a(v4("3.218.182.212")))
                builder.add(question, ttl: 5, .a(v4("3.218.182.213")))
            }
        ),
        (
            "dname",
            response(.aaaa, name("www.old.example")) { builder in
                builder.add(name("old.example"), ttl: 300, .dname(name("new.example")))
                builder.add(name("www.old.example"), ttl: 300, .cname(name("www.new.example")))
                builder.add(name("www.new.example"), ttl: 60, .aaaa(v6("2001:db8::1")))
            }
        ),
        (
            "cname-loop",
            response(.a, name("a.example")) { builder in
                builder.add(name("a.example"), ttl: 1, .cname(name("b.example")))
                builder.add(name("b.example"), ttl: 1, .cname(name("a.example")))
            }
        ),
        (
            "authority-and-additional",
            response(.a, edns: DNS.EDNS()) { builder in
                builder.add(question, ttl: 5, .a(v4("3.218.182.212")))
                for host in ["ns1", "ns2"] {
                    let server = name("\(host).us-east-1.amazonaws.com")
                    builder.add(zone, ttl: 3600, .ns(server), to: .authority)
                    builder.add(server, ttl: 3600, .a(v4("205.251.193.1")), to: .additional)
                }
            }
        ),
    ]

    private static let services: [(name: String, builder: DNS.Builder)] = [
        (
            "https",
            response(.https, edns: DNS.EDNS()) { builder in
                builder.add(question, ttl: 60, .https(binding))
                builder.add(question, ttl: 60, .a(v4("3.218.182.212")), to: .additional)
            }
        ),
        (
            "svcb-alias",
            response(.svcb) { builder in
                builder.add(question, ttl: 60, .svcb(.init(priority: 0, target: zone)))
            }
        ),
        (
            "srv",
            response(.srv) { builder in
                builder.add(
                    question, ttl: 60, .srv(priority: 1, weight: 2, port: 443, zone))
            }
        ),
        ("mx", response(.mx) { $0.add(question, ttl: 60, .mx(preference: 10, zone)) }),
        (
            "naptr",
            response(DNS.RecordType.naptr) { builder in
                let rules = octets("0064 0032 0173 077369702b443255 00")
                builder.add(question, ttl: 60, .opaque(.naptr, rules + zone.wire))
            }
        ),
    ]

    static let binding = DNS.ServiceBinding(
        priority: 1, target: .root,
        parameters: [
            .mandatory([DNS.ServiceKey.alpn, DNS.ServiceKey.ipv4hint]),
            .alpn(["h2", "h3"]), .port(8443), .ipv4hint([v4("3.218.182.212")]),
            .ipv6hint([v6("2600:1f18::52")]), .init(key: 65_280, value: [1, 2, 3]),
        ])

    private static let cookie = DNS.EDNS.Option(
        code: DNS.OptionCode.cookie, value: octets("0123456789abcdef 1122334455667788"))

    private static let edns: [(name: String, builder: DNS.Builder)] = [
        (
            "a-edns",
            response(.a, edns: DNS.EDNS(udpSize: 4096)) {
                $0.add(question, ttl: 5, .a(v4("3.218.182.212")))
            }
        ),
        (
            "a-edns-options",
            response(
                .a,
                edns: DNS.EDNS(
                    dnssecOK: true,
                    options: [
                        .init(code: 3, value: Array("ns1.iad".utf8)), cookie, .padding(20),
                        .init(code: 65_001, value: []),
                    ])
            ) { $0.add(question, ttl: 5, .a(v4("3.218.182.212"))) }
        ),
        (
            "rrsig",
            response(.a, edns: DNS.EDNS(dnssecOK: true)) { builder in
                builder.header.authenticData = true
                builder.add(question, ttl: 5, .a(v4("3.218.182.212")))
                let fields = octets("0001 0d 04 00000005 68f00000 68e00000 3039")
                let signature = [UInt8](repeating: 0x5A, count: 64)
                builder.add(
                    question, ttl: 5, .opaque(.rrsig, fields + zone.wire + signature))
            }
        ),
        (
            "badvers",
            response(.a, edns: DNS.EDNS()) { $0.responseCode = .badVers }
        ),
    ]

    private static let negative: [(name: String, builder: DNS.Builder)] = [
        ("nodata", response(.aaaa) { $0.add(zone, ttl: 60, soa, to: .authority) }),
        (
            "nxdomain",
            response(.a, edns: DNS.EDNS()) { builder in
                builder.responseCode = .nxDomain
                builder.add(zone, ttl: 60, soa, to: .authority)
            }
        ),
        ("servfail", response(.a) { $0.responseCode = .servFail }),
        (
            "referral",
            response(.a) { builder in
                builder.header.recursionAvailable = false
                let server = name("ns-460.awsdns-57.com")
                builder.add(name("amazonaws.com"), ttl: 172_800, .ns(server), to: .authority)
                builder.add(server, ttl: 172_800, .a(v4("205.251.193.204")), to: .additional)
            }
        ),
        (
            "truncated",
            response(.txt) { $0.header.truncated = true }
        ),
    ]

    private static let others: [(name: String, builder: DNS.Builder)] = [
        ("txt", response(.txt) { $0.add(question, ttl: 1, .txt(["one", "two and three"])) }),
        ("soa", response(.soa, zone) { $0.add(zone, ttl: 900, soa) }),
        ("ns", response(.ns, zone) { $0.add(zone, ttl: 900, .ns(name("ns1.example."))) }),
        (
            "ptr",
            response(.ptr, name("212.182.218.3.in-addr.arpa")) {
                $0.add(name("212.182.218.3.in-addr.arpa"), ttl: 900, .ptr(zone))
            }
        ),
        (
            "type65280",
            response(.privateUse) {
                $0.add(question, ttl: 1, .opaque(.privateUse, [0xDE, 0xAD]))
            }
        ),
        (
            "tsig",
            response(.a, edns: DNS.EDNS()) { builder in
                builder.add(question, ttl: 5, .a(v4("3.218.182.212")))
                let signature = DNS.TransactionSignature(
                    algorithm: name("hmac-sha256"), timeSigned: 1_760_857_740,
                    mac: [UInt8](repeating: 7, count: 32), originalID: 0x1234)
                builder.additionals.append(
                    .init(name("key.example"), ttl: 0, .tsig(signature), rrClass: 255))
            }
        ),
        (
            "sig0",
            response(.a) { builder in
                let fields = octets("0000 0d 00 00000000 68f00000 68e00000 3039")
                builder.add(.root, ttl: 0, .opaque(.sig, fields + zone.wire), to: .additional)
            }
        ),
        (
            "two-questions",
            {
                var builder = response(.a) { $0.add(question, ttl: 5, .a(v4("3.218.182.212"))) }
                builder.questions.append(.init(zone, .aaaa))
                return builder
            }()
        ),
        ("no-question", DNS.Builder(header: DNS.Header(id: 9))),
        ("root-ns", response(.ns, .root) { $0.add(.root, ttl: 1, .ns(name("a.root."))) }),
    ]
}
