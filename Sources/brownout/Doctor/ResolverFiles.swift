import Wire

/// `/etc/resolv.conf` (resolv.conf(5)).
struct ResolvConf: Equatable, Sendable {
    /// As glibc uses them: the first three; 127.0.0.1 where there are none.
    var nameservers: [IPAddress]
    var options: [String]
    /// Those after the third, which glibc ignores.
    var ignored: [String]

    init(_ text: String) {
        var found: [IPAddress] = []
        options = []
        for line in ConfigLines.of(text) {
            let words = ConfigLines.words(line)
            // `fe80::1%eth0`: the scope is no part of the address.
            if words[0] == "nameserver", words.count > 1,
                let address = IPAddress(String(words[1].prefix { $0 != "%" }))
            {
                found.append(address)
            } else if words[0] == "options" {
                options += words.dropFirst()
            }
        }
        nameservers = found.isEmpty ? [.v4(0x7F00_0001)] : Array(found.prefix(3))
        ignored = found.dropFirst(3).map(\.description)
    }
}

/// The `hosts:` line of `/etc/nsswitch.conf` (nsswitch.conf(5)).
struct HostsSwitch: Equatable, Sendable {
    /// Services in order, without the `[…=…]` between them.
    var services: [String]

    init(_ text: String) {
        let line = ConfigLines.of(text, comments: "#").last { $0.hasPrefix("hosts:") }
        // glibc's own default, where the line is missing.
        var words = line.map { ConfigLines.words($0.dropFirst(6)) } ?? ["files", "dns"]
        var inAction = false
        words.removeAll { word in
            if word.hasPrefix("[") { inAction = true }
            defer { if word.hasSuffix("]") { inAction = false } }
            return inAction
        }
        services = words
    }
}

/// `DNSOverTLS=` of systemd-resolved (resolved.conf(5)).
enum ResolvedConf {
    /// The value in force, `no` where nothing is set: the main file, then drop-ins by their names.
    static func dnsOverTLS(main: String?, dropIns: [String]) -> String {
        var value = "no"
        for text in [main].compactMap({ $0 }) + dropIns {
            var section = ""
            for line in ConfigLines.of(text) {
                if line.hasPrefix("[") { section = line }
                let parts = line.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard section == "[Resolve]", parts.count == 2,
                    ConfigLines.words(parts[0]) == ["DNSOverTLS"]
                else { continue }
                value = ConfigLines.words(parts[1]).first?.lowercased() ?? "no"
            }
        }
        return ["1", "yes", "true", "on"].contains(value)
            ? "yes" : value == "opportunistic" ? value : "no"
    }
}
