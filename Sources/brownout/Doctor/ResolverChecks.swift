import FaultKinds
import Wire

/// The way of a name from a program to the wire, as this host's files tell it.
struct ResolverChecks {
    var host: HostFiles

    static let resolvedSocket = "/run/systemd/resolve/io.systemd.Resolve"

    var resolvConf: ResolvConf { ResolvConf(host.text("/etc/resolv.conf") ?? "") }
    private var services: [String] {
        HostsSwitch(host.text("/etc/nsswitch.conf") ?? "").services
    }

    func all(name: String?) -> [Check] {
        [resolver, nameSwitch, hostsFile(name: name), resolved, nscd, caches]
    }

    /// Which servers are asked, and what `leg: auto` means therefore.
    var resolver: Check {
        guard host.text("/etc/resolv.conf") != nil else {
            return Check(
                "resolver", .warn, "/etc/resolv.conf cannot be read; glibc asks 127.0.0.1 then")
        }
        let conf = resolvConf
        let loopback = conf.nameservers.filter(\.isLoopback)
        let servers = conf.nameservers.map(\.description).joined(separator: ", ")
        let options = conf.options.isEmpty ? "" : "; options \(conf.options.joined(separator: " "))"
        if loopback.isEmpty {
            return Check(
                "resolver", .pass, "asks \(servers)\(options): faults act on answers as they arrive"
            )
        }
        if loopback.count < conf.nameservers.count {
            return Check(
                "resolver", .warn,
                "asks \(servers)\(options): a local cache and other hosts side by side",
                advice: "`leg: auto` means the local cache's answers here; use `--leg any`")
        }
        return Check(
            "resolver", .pass,
            "asks \(servers)\(options), on this host: `leg: auto` acts between the local cache and "
                + "its clients, `--leg wire` poisons the cache")
    }

    /// What else than DNS answers for names.
    var nameSwitch: Check {
        let line = "hosts: \(services.joined(separator: " "))"
        if !services.contains("dns"), !services.contains("resolve") {
            return Check(
                "nsswitch", .fail, "\(line): glibc does not ask DNS at all",
                advice: "only programs with a resolver of their own feel a fault")
        }
        if services.contains("resolve"), host.exists(Self.resolvedSocket) {
            return Check(
                "nsswitch", .warn,
                "\(line): glibc asks systemd-resolved by varlink, not over port 53",
                advice: "use `--leg wire` (or `any`); answers that resolved has cached stay until "
                    + "`resolvectl flush-caches`")
        }
        if services.contains(where: { $0.hasPrefix("mdns") && !$0.hasSuffix("_minimal") }) {
            return Check(
                "nsswitch", .warn,
                "\(line): mdns asks the local network for every name before or besides DNS",
                advice: "use mdns4_minimal, which is for .local alone")
        }
        let local = services.filter { ["mymachines", "myhostname", "nis", "ldap"].contains($0) }
        let notes =
            local.isEmpty ? "" : "; names known to \(local.joined(separator: ", ")) are spared"
        let multicast =
            services.contains { $0.hasPrefix("mdns") } ? "; .local is asked by mDNS" : ""
        return Check("nsswitch", .pass, line + notes + multicast)
    }

    /// Names that never reach DNS.
    func hostsFile(name: String?) -> Check {
        let names = HostsFile(host.text("/etc/hosts") ?? "").names
        let wanted = name.map { String($0.last == "." ? $0.dropLast() : $0[...]).lowercased() }
        if let wanted, let address = names[wanted] {
            return Check(
                "hosts", .fail, "/etc/hosts has \(wanted) as \(address): it never reaches DNS",
                advice: "take the line out, or choose another name")
        }
        let own = ["localhost", "ip6-localhost", "ip6-loopback", "localhost.localdomain"]
        let hostname = ConfigLines.of(host.text("/etc/hostname") ?? "").first ?? ""
        let others = names.keys.filter { key in
            key.contains(".") && !own.contains(key) && !key.hasPrefix(hostname + ".")
        }.sorted()
        if others.isEmpty { return Check("hosts", .pass, "/etc/hosts overrides no name of others") }
        let shown = others.prefix(3).joined(separator: ", ")
        return Check(
            "hosts", .pass,
            "/etc/hosts answers for \(others.count) names (\(shown)\(others.count > 3 ? ", …" : "")): "
                + "faults on their answers miss")
    }

    var resolved: Check {
        let stub = resolvConf.nameservers.contains {
            $0 == .v4(0x7F00_0035) || $0 == .v4(0x7F00_0036)
        }
        guard host.exists(Self.resolvedSocket) else {
            return Check(
                "resolved", stub ? .fail : .pass,
                stub
                    ? "/etc/resolv.conf names systemd-resolved, which does not run"
                    : "systemd-resolved does not run",
                advice: stub ? "`systemctl start systemd-resolved`" : nil)
        }
        if services.contains("resolve") {
            return Check(
                "resolved", .warn, "systemd-resolved runs, and glibc asks it over its own socket",
                advice: "see nsswitch: use `--leg wire`")
        }
        return Check(
            "resolved", .pass,
            stub
                ? "systemd-resolved runs and is asked over 127.0.0.53: faults act on its answers"
                : "systemd-resolved runs and is not in this host's resolver path; programs that ask "
                    + "it over D-Bus or varlink feel faults on the wire alone")
    }

    var nscd: Check {
        let socket = ["/run/nscd/socket", "/var/run/nscd/socket"].first(where: host.exists)
        guard let socket else { return Check("nscd", .pass, "nscd does not run") }
        return Check(
            "nscd", .warn, "nscd answers for glibc (\(socket)) and keeps what it has",
            advice: "`nscd -i hosts` empties it; do so before arming and after lifting")
    }

    /// Whoever listens on port 53 of this host.
    var caches: Check {
        let listeners = ProcNet.sockets(host).filter { $0.isListening && $0.localPort == 53 }
        let used = resolvConf.nameservers.contains(where: \.isLoopback)
        if listeners.isEmpty {
            return used
                ? Check(
                    "caches", .warn, "resolv.conf asks this host, where nobody listens on port 53",
                    advice: "start the local cache; names do not resolve without it")
                : Check("caches", .pass, "nobody listens on port 53 here")
        }
        let owners = ProcNet.owners(of: Set(listeners.map(\.inode)), host)
        var known: [String] = []
        for listener in listeners {
            let who = "\(owners[listener.inode] ?? "somebody") on \(listener.local)"
            if !known.contains(who) { known.append(who) }
        }
        return Check(
            "caches", .pass,
            "port 53 is served by \(known.joined(separator: ", ")): "
                + (used
                    ? "what it has cached is spared by `--leg wire` until its TTL ends"
                    : "it is not in this host's resolver path"))
    }
}
