import Wire

/// DNS that is encrypted before it leaves a program: no agent can see or change it.
struct EncryptionCheck {
    var host: HostFiles

    /// Public resolvers that serve DNS over HTTPS on port 443 of these addresses.
    static let publicResolvers: [(name: String, addresses: [String])] = [
        (
            "Cloudflare",
            [
                "1.1.1.1", "1.0.0.1", "1.1.1.2", "1.1.1.3", "2606:4700:4700::1111",
                "2606:4700:4700::1001",
            ]
        ),
        ("Google", ["8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"]),
        ("Quad9", ["9.9.9.9", "9.9.9.10", "149.112.112.112", "2620:fe::fe", "2620:fe::9"]),
        ("AdGuard", ["94.140.14.14", "94.140.15.15", "2a10:50c0::ad1:ff", "2a10:50c0::ad2:ff"]),
        ("OpenDNS", ["208.67.222.222", "208.67.220.220", "2620:119:35::35", "2620:119:53::53"]),
        ("Mullvad", ["194.242.2.2", "2a07:e340::2"]),
    ]

    /// DNS over TLS (RFC 7858) and over QUIC (RFC 9250).
    static let encryptedPort: UInt16 = 853

    /// Programs whose business is to encrypt DNS.
    static let forwarders = [
        "stubby", "dnscrypt-proxy", "cloudflared", "https_dns_proxy", "dnsproxy",
    ]

    var check: Check {
        let found = connections + settings + running
        if found.isEmpty {
            return Check("encrypted", .pass, "no DNS over TLS, HTTPS or QUIC is in sight")
        }
        let loopback = ResolvConf(host.text("/etc/resolv.conf") ?? "").nameservers
            .allSatisfy(\.isLoopback)
        return Check(
            "encrypted", .warn, found.joined(separator: "; "),
            advice: loopback
                ? "faults act between the local cache and its clients (`leg: auto` or `loopback`); "
                    + "programs that encrypt for themselves miss them"
                : "what is encrypted is out of reach: turn it off for the exercise")
    }

    private var connections: [String] {
        let sockets = ProcNet.sockets(host).filter(\.isConnected)
        let seen = sockets.compactMap { socket -> (ProcSocket, String)? in
            if socket.remotePort == Self.encryptedPort {
                return (socket, socket.transport == .tcp ? "DNS over TLS" : "DNS over QUIC")
            }
            guard socket.remotePort == 443 else { return nil }
            let remote = socket.remote
            let resolver = Self.publicResolvers.first { entry in
                entry.addresses.contains { IPAddress($0) == remote }
            }
            return resolver.map { (socket, "perhaps DNS over HTTPS (\($0.name))") }
        }
        let owners = ProcNet.owners(of: Set(seen.map(\.0.inode)), host)
        var lines: [String] = []
        for (socket, what) in seen {
            let who = owners[socket.inode] ?? "somebody"
            let line = "\(who) has a connection to \(socket.remote): \(what)"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }

    private var settings: [String] {
        var found: [String] = []
        let folders = ["/usr/lib", "/run", "/etc"].map { "\($0)/systemd/resolved.conf.d" }
        let overTLS = ResolvedConf.dnsOverTLS(
            main: host.text("/etc/systemd/resolved.conf"),
            dropIns: folders.flatMap { host.texts(in: $0, ending: ".conf") })
        if overTLS != "no", host.exists(ResolverChecks.resolvedSocket) {
            found.append("systemd-resolved asks its servers by TLS (DNSOverTLS=\(overTLS))")
        }
        let unbound =
            [host.text("/etc/unbound/unbound.conf")].compactMap { $0 }
            + host.texts(in: "/etc/unbound/unbound.conf.d", ending: ".conf")
        if unbound.contains(where: Self.forwardsByTLS) {
            found.append("unbound's configuration forwards by TLS")
        }
        return found
    }

    /// unbound.conf(5): `forward-tls-upstream: yes` (or the older `-ssl-`), or a server with @853.
    static func forwardsByTLS(_ text: String) -> Bool {
        ConfigLines.of(text, comments: "#").contains { line in
            let words = ConfigLines.words(line)
            guard words.count > 1 else { return false }
            switch words[0] {
            case "forward-tls-upstream:", "forward-ssl-upstream:", "tls-upstream:", "ssl-upstream:":
                return words[1] == "yes"
            case "forward-addr:": return line.contains("@853")
            default: return false
            }
        }
    }

    private var running: [String] {
        let pids = host.entries("/proc").filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
        let names = Set(
            pids.compactMap { host.text("/proc/\($0)/comm") }.map {
                ConfigLines.of($0).joined()
            })
        return Self.forwarders.filter(names.contains).map { "\($0) runs, which encrypts DNS" }
    }
}
