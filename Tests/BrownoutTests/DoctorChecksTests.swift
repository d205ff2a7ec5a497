import Control
import Testing

@testable import brownout

/// Hosts as they are found, and what `doctor` says of them.
@Suite struct DoctorChecksTests {
    struct Host: CustomTestStringConvertible, Sendable {
        var id: String
        var files: [String: String]
        var links: [String: String] = [:]
        var name: String?
        /// Level of each check that matters to the case.
        var levels: [String: Check.Level]
        /// A part of what is said.
        var says: [String: String] = [:]
        var testDescription: String { id }
    }

    static let dns = ["/etc/nsswitch.conf": "hosts: files dns\n"]

    static let hosts = [
        Host(
            id: "plain server",
            files: dns.with([
                "/etc/resolv.conf": "nameserver 10.0.0.2\n", "/etc/hosts": "127.0.0.1 localhost\n",
            ]),
            levels: [
                "resolver": .pass, "nsswitch": .pass, "hosts": .pass, "resolved": .pass,
                "nscd": .pass, "caches": .pass, "encrypted": .pass,
            ],
            says: ["resolver": "asks 10.0.0.2: faults act on answers as they arrive"]),
        Host(
            id: "systemd-resolved over its stub",
            files: dns.with([
                "/etc/resolv.conf": "nameserver 127.0.0.53\noptions edns0 trust-ad\n",
                ResolverChecks.resolvedSocket: "",
                "/proc/net/udp": ProcText.header
                    + ProcText.row("3500007F:0035", ProcText.any, state: "07", inode: 5),
                "/proc/9/comm": "systemd-resolve\n",
            ]), links: ["/proc/9/fd/3": "socket:[5]"],
            levels: ["resolver": .pass, "nsswitch": .pass, "resolved": .pass, "caches": .pass],
            says: [
                "resolver": "`leg: auto` acts between the local cache",
                "caches": "port 53 is served by systemd-resolve on 127.0.0.53",
            ]),
        Host(
            id: "nss-resolve",
            files: [
                "/etc/nsswitch.conf": "hosts: mymachines resolve [!UNAVAIL=return] files dns\n",
                "/etc/resolv.conf": "nameserver 127.0.0.53\n", ResolverChecks.resolvedSocket: "",
            ],
            levels: ["nsswitch": .warn, "resolved": .warn],
            says: ["nsswitch": "by varlink, not over port 53"]),
        Host(
            id: "nss-resolve without resolved",
            files: [
                "/etc/nsswitch.conf": "hosts: resolve files dns\n",
                "/etc/resolv.conf": "nameserver 10.0.0.2\n",
            ], levels: ["nsswitch": .pass, "resolved": .pass]),
        Host(
            id: "stub without resolved",
            files: dns.with(["/etc/resolv.conf": "nameserver 127.0.0.53\n"]),
            levels: ["resolved": .fail, "caches": .warn]),
        Host(
            id: "cache beside another server",
            files: dns.with(["/etc/resolv.conf": "nameserver ::1\nnameserver 10.0.0.2\n"]),
            levels: ["resolver": .warn]),
        Host(
            id: "no DNS at all", files: ["/etc/nsswitch.conf": "hosts: files\n"],
            levels: ["nsswitch": .fail, "resolver": .warn]),
        Host(
            id: "mdns for all", files: ["/etc/nsswitch.conf": "hosts: files mdns4 dns\n"],
            levels: ["nsswitch": .warn]),
        Host(
            id: "mdns for .local",
            files: ["/etc/nsswitch.conf": "hosts: files mdns4_minimal [NOTFOUND=return] dns\n"],
            levels: ["nsswitch": .pass], says: ["nsswitch": ".local is asked by mDNS"]),
        Host(
            id: "nscd", files: dns.with(["/run/nscd/socket": ""]), levels: ["nscd": .warn],
            says: ["nscd": "/run/nscd/socket"]),
        Host(
            id: "name in hosts", files: dns.with(["/etc/hosts": "10.0.0.9 api.example.com\n"]),
            name: "API.example.com.", levels: ["hosts": .fail],
            says: ["hosts": "api.example.com as 10.0.0.9"]),
        Host(
            id: "other names in hosts",
            files: dns.with(["/etc/hosts": "10.0.0.9 api.example.com\n"]), name: "b.example.com",
            levels: ["hosts": .pass], says: ["hosts": "answers for 1 names (api.example.com)"]),
        Host(
            id: "DNS over TLS by unbound",
            files: dns.with([
                "/etc/resolv.conf": "nameserver 127.0.0.1\n",
                "/etc/unbound/unbound.conf.d/f.conf": "forward-tls-upstream: yes\n",
                "/proc/net/tcp": ProcText.header
                    + ProcText.row("0200000A:C000", "01010101:0355", state: "01", inode: 7),
                "/proc/8/comm": "unbound\n",
            ]), links: ["/proc/8/fd/5": "socket:[7]"],
            levels: ["encrypted": .warn],
            says: ["encrypted": "unbound has a connection to 1.1.1.1: DNS over TLS; unbound's"]),
        Host(
            id: "DNS over HTTPS to a public resolver",
            files: dns.with([
                "/proc/net/tcp": ProcText.header
                    + ProcText.row("0200000A:C000", "08080808:01BB", state: "01", inode: 7)
                    + ProcText.row("0200000A:C001", "09080808:01BB", state: "01", inode: 8)
            ]),
            levels: ["encrypted": .warn],
            says: [
                "encrypted": "somebody has a connection to 8.8.8.8: perhaps DNS over HTTPS (Google)"
            ]),
        Host(
            id: "resolved by TLS",
            files: dns.with([
                ResolverChecks.resolvedSocket: "",
                "/etc/systemd/resolved.conf.d/t.conf": "[Resolve]\nDNSOverTLS=yes\n",
            ]), levels: ["encrypted": .warn], says: ["encrypted": "DNSOverTLS=yes"]),
        Host(
            id: "stubby runs", files: dns.with(["/proc/3/comm": "stubby\n"]),
            levels: ["encrypted": .warn], says: ["encrypted": "stubby runs"]),
    ]

    @Test(arguments: hosts)
    func findings(one: Host) throws {
        let folder = try HostFolder(one.files, links: one.links)
        let checks =
            ResolverChecks(host: folder.host).all(name: one.name)
            + [EncryptionCheck(host: folder.host).check]
        for (id, level) in one.levels {
            let check = try #require(checks.first { $0.id == id })
            #expect(check.level == level, "\(id): \(check.finding)")
            // What is wrong comes with what to do.
            if level == .fail { #expect(check.advice != nil) }
        }
        for (id, part) in one.says {
            let check = try #require(checks.first { $0.id == id })
            #expect(check.finding.contains(part), "\(check.finding)")
        }
    }

    static let kernelConfigs: [(id: String, text: String, missing: [String])] = [
        (
            "native",
            "CONFIG_NF_TABLES=m\nCONFIG_NF_TABLES_INET=y\nCONFIG_NETFILTER_NETLINK_QUEUE=m\n"
                + "CONFIG_NFT_QUEUE=m\n", []
        ),
        (
            "compat",
            "CONFIG_NF_TABLES=y\nCONFIG_NF_TABLES_INET=y\nCONFIG_NETFILTER_NETLINK_QUEUE=y\n"
                + "CONFIG_NFT_COMPAT=y\nCONFIG_NETFILTER_XT_TARGET_NFQUEUE=y\n"
                + "# CONFIG_NFT_QUEUE is not set\n", []
        ),
        (
            "neither",
            "CONFIG_NF_TABLES=y\nCONFIG_NF_TABLES_INET=y\nCONFIG_NETFILTER_NETLINK_QUEUE=y\n",
            ["NFT_QUEUE (or NFT_COMPAT and NETFILTER_XT_TARGET_NFQUEUE)"]
        ),
    ]

    @Test(arguments: kernelConfigs.indices)
    func kernelConfig(index: Int) {
        let one = Self.kernelConfigs[index]
        #expect(KernelChecks.missing(one.text) == one.missing, "\(one.id)")
    }

    @Test func otherQueues() throws {
        let row = "    0      0 2 65531     0     0        0  1\n"
        let folder = try HostFolder(["/proc/net/netfilter/nfnetlink_queue": "    7  812" + row])
        let check = KernelChecks(host: folder.host, config: nil, status: nil).queues
        #expect(check.finding.contains("queues 7;"))
        let own = try HostFolder([
            "/proc/net/netfilter/nfnetlink_queue": (53_000...53_018).map { "\($0) 812" + row }
                .joined()
        ])
        #expect(
            KernelChecks(host: own.host, config: nil, status: Samples.status(queue: 53_000)).queues
                .finding.contains("queues 53018;"))
        let none = try HostFolder(["/proc/net/netfilter/nfnetlink_queue": ""])
        let quiet = KernelChecks(host: none.host, config: nil, status: nil).queues
        #expect(quiet.level == .pass && quiet.finding.contains("no other"))
    }

    @Test func containers() throws {
        let folder = try HostFolder(
            ["/sys/class/net/docker0/bridge/id": "", "/sys/class/net/eth0/mtu": "1500"],
            links: [
                "/proc/self/ns/net": "net:[1]", "/proc/5/ns/net": "net:[1]",
                "/proc/6/ns/net": "net:[2]",
            ])
        let check = KernelChecks(host: folder.host, config: nil, status: nil).containers
        #expect(check.finding.hasPrefix("bridges docker0; other network namespaces: 1; answers"))
    }

    static let privileges:
        [(id: String, user: UInt32, status: String?, netAdmin: Bool, mayStart: Bool)] = [
            ("root", 0, "CapEff:\t000001ffffffffff\n", true, true),
            ("root in a container", 0, "CapEff:\t00000000a80425fb\n", false, true),
            ("user", 1000, "Name:\tx\nCapEff:\t0000000000000000\n", false, false),
            ("user with the capability", 1000, "CapEff:\t0000000000001000\n", true, true),
            ("unreadable, root", 0, nil, true, true),
            ("unreadable, user", 1000, nil, false, false),
        ]

    @Test(arguments: privileges.indices)
    func privilege(index: Int) {
        let one = Self.privileges[index]
        let privilege = Privilege(userID: one.user, status: one.status)
        #expect(privilege.netAdmin == one.netAdmin, "\(one.id)")
        #expect(privilege.mayStartAgent == one.mayStart, "\(one.id)")
    }

    /// The real files of this host must be readable by the same code.
    @Test func thisHostHasAStatus() {
        #expect(HostFiles().text("/proc/self/status")?.contains("CapEff:") == true)
        #expect(HostFiles().entries("/proc/self/fd").isEmpty == false)
    }
}

extension [String: String] {
    fileprivate func with(_ others: [String: String]) -> Self { merging(others) { $1 } }
}
