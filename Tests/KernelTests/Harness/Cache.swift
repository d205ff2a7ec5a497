import Foundation

/// A caching resolver between client and upstream.
enum Cache: String, CaseIterable, Sendable {
    case unbound, dnsmasq

    /// Answers on an address while `body` runs, and asks `upstream` for the zones of the tests.
    ///
    /// - Parameters:
    ///   - anchor: Answers are validated (RFC 4035), from this root zone downwards.
    static func unbound<Value>(
        on address: String = "127.0.0.1", upstream: String = Place.remoteV4,
        overTCP: Bool = false, anchor: SignedRoot? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        let folder = try await Place.scratch()
        var lines = [
            "server:", "  interface: \(address)", "  username: \"\"", "  chroot: \"\"",
            "  directory: \"\(folder.path())\"", "  pidfile: \"\"", "  use-syslog: no",
            "  do-daemonize: no", "  do-not-query-localhost: no", "  num-threads: 1",
            // `test` and the reverse zones are answered by unbound itself otherwise.
            "  local-zone: \"test.\" nodefault", "  qname-minimisation: no",
            "  module-config: \"\(anchor == nil ? "" : "validator ")iterator\"",
            "  trust-anchor-signaling: no", "  tcp-upstream: \(overTCP ? "yes" : "no")",
        ]
        if let anchor {
            let file = folder.appending(path: "anchor")
            try Data(anchor.ds.utf8).write(to: file)
            lines.append("  trust-anchor-file: \"\(file.path())\"")
        }
        for zone in anchor == nil ? NSD.zones.keys.sorted() : ["."] {
            lines += ["stub-zone:", "  name: \"\(zone)\"", "  stub-addr: \(upstream)"]
        }
        lines += ["remote-control:", "  control-enable: no"]
        let configuration = folder.appending(path: "unbound.conf")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: configuration)
        return try await Program.serving(
            "unbound", ["-d", "-c", configuration.path()],
            isReady: { _ in try await NSD.isAnswering([address], name: "example.test") },
            { _ in try await body() })
    }

    static func dnsmasq<Value>(
        on address: String = "127.0.0.1", upstream: String = Place.remoteV4,
        anchor: SignedRoot? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        var arguments = [
            // No other user and no fork: there may be no other user in this namespace.
            "--no-daemon", "--conf-file=/dev/null", "--no-hosts", "--no-resolv",
            "--listen-address=\(address)", "--bind-interfaces", "--server=\(upstream)",
            "--cache-size=1000", "--pid-file",
        ]
        if let anchor {
            arguments += ["--dnssec", "--trust-anchor=.,\(anchor.fields)"]
        }
        return try await Program.serving(
            "dnsmasq", arguments,
            isReady: { _ in try await NSD.isAnswering([address], name: "example.test") },
            { _ in try await body() })
    }

    /// The host's own resolver, with its upstream on another "host".
    ///
    /// - Parameter overTCP: It asks over TCP; dnsmasq does what its client does.
    func serving<Value>(
        on address: String = "127.0.0.1", upstream: String = Place.remoteV4,
        overTCP: Bool = false, anchor: SignedRoot? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        switch self {
        case .unbound:
            try await Cache.unbound(
                on: address, upstream: upstream, overTCP: overTCP, anchor: anchor, body)
        case .dnsmasq:
            try await Cache.dnsmasq(on: address, upstream: upstream, anchor: anchor, body)
        }
    }
}

/// A root zone signed for these tests alone (ldnsutils). In it are n0.signed.test, n1.signed.test …
/// with two addresses each, and the insecure delegations to the other zones of the tests.
struct SignedRoot: Sendable {
    static let numbered = 20

    /// The zone file, signatures and all.
    var text: String
    /// The DS record of its key: a trust anchor.
    var ds: String

    /// Key tag, algorithm, digest type and digest, as dnsmasq(8) wants them.
    var fields: String {
        ds.split(whereSeparator: \.isWhitespace).drop { $0 != "DS" }.dropFirst()
            .joined(separator: ",")
    }

    init() async throws {
        try await Place.prepare()
        let folder = try await Place.scratch()
        let addresses = (0..<Self.numbered).flatMap { number in
            (1...2).map { "n\(number).signed.test. IN A 198.51.100.\($0)" }
        }
        let delegations = NSD.zones.keys.sorted().flatMap {
            ["\($0). IN NS ns.\($0).", "ns.\($0). IN A \(Place.remoteV4)"]
        }
        let plain =
            ["$ORIGIN .", "$TTL 300", "@ IN SOA ns.test. host.test. 1 3600 900 604800 300"]
            + ["@ IN NS ns.test.", "ns.test. IN A \(Place.remoteV4)"] + addresses + delegations
            + [""]
        let file = folder.appending(path: "zone")
        try Data(plain.joined(separator: "\n").utf8).write(to: file)
        _ = try [Program.find("ldns-keygen"), Program.find("ldns-signzone")]
        ds = try await Program.check(
            "sh", "-ec",
            """
            cd '\(folder.path())'
            key=$(ldns-keygen -a ECDSAP256SHA256 -k .)
            ldns-signzone -o . -f signed zone "$key"
            cat "$key.ds"
            """)
        text = try String(contentsOf: folder.appending(path: "signed"), encoding: .utf8)
    }
}
