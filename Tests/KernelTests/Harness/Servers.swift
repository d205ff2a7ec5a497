import Foundation

/// An authoritative server with the zones of the tests, on loopback and on "remote" addresses.
enum NSD {
    /// How many names n0, n1 … there are.
    static let numbered = 40

    static let zones = [
        "example.test": """
        $ORIGIN example.test.
        $TTL 300
        @ IN SOA ns hostmaster 1 3600 900 604800 300
        @ IN NS ns
        @ IN A 192.0.2.80
        ns IN A 192.0.2.53
        ns IN AAAA 2001:db8::53
        plain IN A 192.0.2.1
        plain IN AAAA 2001:db8:1::1
        many IN A 198.51.100.1
        many IN A 198.51.100.2
        many IN A 198.51.100.3
        many IN A 198.51.100.4
        many IN A 198.51.100.5
        many IN A 198.51.100.6
        many IN AAAA 2001:db8:5::1
        many IN AAAA 2001:db8:5::2
        many IN AAAA 2001:db8:5::3
        alias IN CNAME middle
        middle IN CNAME many
        svc IN HTTPS 1 . alpn=h2 ipv4hint=198.51.100.1,198.51.100.2 ipv6hint=2001:db8:5::1
        svc IN A 198.51.100.1
        svc IN AAAA 2001:db8:5::1
        tree IN DNAME other
        host.other IN A 203.0.113.7
        host.other IN AAAA 2001:db8:7::7
        other IN A 203.0.113.1
        other IN AAAA 2001:db8:7::1
        other IN MX 10 plain
        other IN TXT "untouched"
        v4only IN A 203.0.113.4
        nodata IN TXT "no address"
        nodata-alias IN CNAME nodata
        *.wild IN A 203.0.113.9
        a.b.wild IN A 203.0.113.10
        child IN NS ns.child
        ns.child IN A 192.0.2.99

        """
            + (0..<numbered).map { number in
                // Each with three addresses: for caches, where a name may be used once only.
                (1...3).map { "n\(number) IN A 198.51.100.\($0)\n" }.joined()
            }.joined(),
        "amazonaws.com": """
        $ORIGIN amazonaws.com.
        $TTL 60
        @ IN SOA ns hostmaster 1 3600 900 604800 60
        @ IN NS ns
        ns IN A 192.0.2.53
        dynamodb.us-east-1 IN CNAME prod.ddb.us-east-1
        prod.ddb.us-east-1 IN A 10.0.0.1
        prod.ddb.us-east-1 IN A 10.0.0.2
        prod.ddb.us-east-1 IN AAAA 2001:db8:e::1
        dynamodb.us-west-2 IN A 10.0.2.1

        """,
    ]

    static let loopback = ["127.0.0.1", "::1"]
    static let remote = [Place.remoteV4, Place.remoteV6]

    /// Serves on port 53 of these addresses while `body` runs.
    static func serving<Value>(
        on addresses: [String] = loopback + remote, zones: [String: String] = zones,
        port: Int = 53, _ body: () async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        let configuration = try configuration(
            in: try await Place.scratch(), addresses: addresses, zones: zones, port: port)
        let name = zones.keys.sorted().first ?? "."
        return try await Program.serving(
            "nsd", ["-d", "-c", configuration.path()],
            isReady: { _ in try await isAnswering(addresses, port: port, name: name) },
            { _ in try await body() })
    }

    /// Writes the zones and what nsd.conf(5) wants into a folder; returns the latter's path.
    static func configuration(
        in folder: URL, addresses: [String], zones: [String: String] = zones, port: Int = 53
    ) throws -> URL {
        let path = folder.path()
        var lines =
            ["server:"] + addresses.map { "  ip-address: \($0)" }
            + [
                "  port: \(port)", "  username: \"\"", "  chroot: \"\"", "  database: \"\"",
                "  zonesdir: \"\(path)\"", "  pidfile: \"\(path)/nsd.pid\"",
                "  xfrdfile: \"\(path)/xfrd\"", "  zonelistfile: \"\(path)/zones\"",
                // What it limits would look like lost answers.
                "  rrl-ratelimit: 0", "  server-count: 1",
                "remote-control:", "  control-enable: no",
            ]
        for (zone, text) in zones {
            try Data(text.utf8).write(to: folder.appending(path: "\(zone).zone"))
            lines += ["zone:", "  name: \(zone)", "  zonefile: \(zone).zone"]
        }
        let configuration = folder.appending(path: "nsd.conf")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: configuration)
        return configuration
    }

    /// Whether there are answers on all addresses, over TCP too.
    static func isAnswering(_ addresses: [String], port: Int = 53, name: String) async throws
        -> Bool
    {
        for address in addresses {
            for isTCP in [false, true] {
                let road = Road(address: address, isTCP: isTCP, port: port)
                let answer = try? await RawDNS.answer(
                    Query(name, RType.soa), road, within: .milliseconds(200))
                guard let answer = answer ?? nil, answer.code == 0 else { return false }
            }
        }
        return true
    }
}
