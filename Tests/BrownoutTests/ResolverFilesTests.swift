import FaultKinds
import Testing
import Wire

@testable import brownout

@Suite struct ResolverFilesTests {
    static let resolvConfs: [(id: String, text: String, servers: [String], options: [String])] = [
        ("empty", "", ["127.0.0.1"], []),
        ("usual", "search a.test\nnameserver 10.0.0.2\n", ["10.0.0.2"], []),
        (
            "comments and options",
            "# made by hand\n; so it is\nnameserver 127.0.0.53 # stub\noptions edns0 trust-ad\n",
            ["127.0.0.53"], ["edns0", "trust-ad"]
        ),
        ("scope", "nameserver fe80::1%eth0\n", ["fe80::1"], []),
        (
            "more than three",
            "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n",
            ["10.0.0.1", "10.0.0.2", "10.0.0.3"], []
        ),
        ("nonsense", "nameserver\nnameserver here\n\u{0}\n", ["127.0.0.1"], []),
    ]

    @Test(arguments: resolvConfs.indices)
    func resolvConf(index: Int) {
        let one = Self.resolvConfs[index]
        let conf = ResolvConf(one.text)
        #expect(conf.nameservers.map(\.description) == one.servers, "\(one.id)")
        #expect(conf.options == one.options, "\(one.id)")
    }

    @Test(arguments: [
        ("", ["files", "dns"]),
        ("passwd: files\nhosts: files dns # usual\n", ["files", "dns"]),
        ("hosts:files mdns4_minimal [NOTFOUND=return] dns", ["files", "mdns4_minimal", "dns"]),
        ("hosts: resolve [!UNAVAIL=return] files", ["resolve", "files"]),
        ("hosts: resolve [ !UNAVAIL=return TRYAGAIN=continue ] dns", ["resolve", "dns"]),
    ])
    func hostsSwitch(text: String, services: [String]) {
        #expect(HostsSwitch(text).services == services)
    }

    @Test func hostsFile() {
        let names = HostsFile(
            "127.0.0.1 localhost\n10.0.0.9 API.example.com api # mine\n\n10.0.0.8 api\nbroken\n"
                + "no.address api2\nfe80::1%eth0 router\n"
        ).names
        let found = names.mapValues(\.description)
        #expect(
            found == [
                "localhost": "127.0.0.1", "api.example.com": "10.0.0.9", "api": "10.0.0.9",
                "router": "fe80::1",
            ])
    }

    static let overTLS: [(id: String, main: String?, dropIns: [String], value: String)] = [
        ("nothing", nil, [], "no"),
        ("commented", "[Resolve]\n#DNSOverTLS=yes\n", [], "no"),
        ("main", "[Resolve]\nDNSOverTLS=opportunistic\n", [], "opportunistic"),
        ("drop-in wins", "[Resolve]\nDNSOverTLS=yes\n", ["[Resolve]\nDNSOverTLS = no\n"], "no"),
        ("another section", "[Other]\nDNSOverTLS=yes\n", [], "no"),
        ("true", "[Resolve]\nDNSOverTLS=true\n", [], "yes"),
    ]

    @Test(arguments: overTLS.indices)
    func resolvedConf(index: Int) {
        let one = Self.overTLS[index]
        #expect(
            ResolvedConf.dnsOverTLS(main: one.main, dropIns: one.dropIns) == one.value, "\(one.id)")
    }

    @Test(arguments: [
        ("forward-zone:\n  forward-tls-upstream: yes\n", true),
        ("forward-zone:\n  forward-ssl-upstream: yes\n", true),
        ("forward-zone:\n  forward-addr: 1.1.1.1@853#one.one\n", true),
        ("forward-zone:\n  forward-addr: 10.0.0.1\n  forward-tls-upstream: no\n", false),
        ("# forward-tls-upstream: yes\n", false),
    ])
    func unbound(text: String, encrypts: Bool) {
        #expect(EncryptionCheck.forwardsByTLS(text) == encrypts)
    }
}
