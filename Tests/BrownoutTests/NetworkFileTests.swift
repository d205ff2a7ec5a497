import Control
import FaultKinds
import FoundationEssentials
import Spec
import Testing

@testable import brownout

@Suite struct NetworkFileTests {
    static let links: [(link: String, inode: UInt64?)] = [
        ("net:[4026531840]", 4_026_531_840), ("uts:[4026531838]", nil), ("net:[]", nil),
        ("net:[-1]", nil), ("/run/netns/blue", nil), ("net:4026531840", nil), ("", nil),
    ]

    @Test(arguments: links.indices)
    func link(index: Int) {
        #expect(NetworkFile.inode(Self.links[index].link) == Self.links[index].inode)
    }

    static let mounts = """
        22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        133 22 0:40 /netns /run/netns rw,relatime shared:1 - tmpfs tmpfs rw
        134 133 0:4 net:[4026532319] /run/netns/blue rw shared:2 - nsfs nsfs rw
        135 133 0:4 uts:[4026532320] /run/netns/other rw shared:2 - nsfs nsfs rw
        136 133 0:4 net:[4026532321] /run/a\\040b rw - nsfs nsfs rw
        137 133 0:4 net:[4026532322] /run/netns/hidden rw shared:2 master:7 - nsfs nsfs rw
        138 137 0:9 / /run/netns/hidden rw - tmpfs tmpfs rw
        139 133 0:4 net:[4026532323] /run/netns/file rw - ext4 nsfs rw
        140 133 short
        """

    @Test(arguments: [
        ("/run/netns/blue", UInt64?(4_026_532_319)), ("/run/netns", nil),
        ("/run/netns/other", nil), ("/run/a b", 4_026_532_321), ("/run/netns/hidden", nil),
        ("/run/netns/file", nil), ("/run/netns/none", nil), ("/", nil),
    ])
    func mount(path: String, inode: UInt64?) {
        #expect(NetworkFile.inode(mountedOn: path, Self.mounts) == inode)
    }

    @Test(arguments: [
        ("blue", ["/run/netns/blue", "/var/run/netns/blue"], "/etc/netns/blue", Int32?.none),
        ("/proc/42/ns/net", ["/proc/42/ns/net"], nil, 42),
        ("/proc/self/ns/net", ["/proc/self/ns/net"], nil, nil),
        ("/proc/42/ns/uts", ["/proc/42/ns/uts"], nil, nil),
        ("/proc/42/task/42/ns/net", ["/proc/42/task/42/ns/net"], nil, nil),
        ("./x", ["./x"], nil, nil),
    ])
    func name(text: String, paths: [String], configuration: String?, process: Int32?) {
        let name = NetworkName(text)
        #expect(name.paths == paths)
        #expect(name.configuration == configuration)
        #expect(name.process == process)
    }

    @Test(arguments: [
        ("/run/brownout.sock", "/run/brownout-netns-7.sock"), ("/tmp/s", "/tmp/s-netns-7"),
        (".sock", "-netns-7.sock"),
    ])
    func socket(ordinary: String, there: String) {
        #expect(AgentClient.socket(ordinary, ofNetwork: 7) == there)
    }

    @Test func othersAreBesideTheOrdinaryOne() throws {
        let folder = try HostFolder([
            "/run/brownout.sock": "", "/run/brownout-netns-7.sock": "",
            "/run/brownout-netns-4026532319.sock": "", "/run/brownout-netns-x.sock": "",
            "/run/brownout-netns-7": "", "/run/else-netns-7.sock": "",
        ])
        func others(_ socket: String, _ ordinary: String) -> [String] {
            AgentPlace(socket: socket).others(ordinary: ordinary, host: folder.host).map(\.socket)
        }
        #expect(
            others("/run/brownout.sock", "/run/brownout.sock") == [
                "/run/brownout-netns-4026532319.sock", "/run/brownout-netns-7.sock",
            ])
        // Whoever means one of them is not told of it twice.
        #expect(
            others("/run/brownout-netns-7.sock", "/run/brownout.sock") == [
                "/run/brownout.sock", "/run/brownout-netns-4026532319.sock",
            ])
        #expect(others("/run/brownout", "/run/brownout") == ["/run/brownout-netns-7"])
        #expect(others("/no/s", "/no/s").isEmpty)
    }

    @Test func ourOwn() throws {
        let own = try #require(NetworkFile(of: nil))
        #expect(try NetworkFile("/proc/self/ns/net").inode == own.inode)
        #expect(throws: ClientError.self) { _ = try NetworkFile("/proc/self/ns/mnt") }
        #expect(throws: ClientError.self) { _ = try NetworkFile("/") }
        #expect(throws: ClientError.noNetwork("there is no network namespace x: no /run/netns/x")) {
            _ = try NetworkFile("x")
        }
    }

    @Test func aFaultWithoutANamespaceIsForTheOrdinaryAgent() async throws {
        let scope = try Scope(
            .mapping([("uid", .scalar("33", at: .commandLine("--uid")))], at: .commandLine("f")))
        let ordinary = AgentPlace.Ordinary(socket: "/nonexistent/s", isNamed: false)
        let place = try await AgentPlace.find([nil, scope], ordinary: ordinary)
        #expect(place == AgentPlace(socket: "/nonexistent/s"))
        #expect(try await AgentPlace.find("/proc/self/ns/net", ordinary: ordinary) == place)
        let named = AgentPlace.Ordinary(socket: "/nonexistent/s", isNamed: true)
        #expect(try await AgentPlace.find(nil, ordinary: named).isNamed)
    }
}

@Suite struct ScopeProcessTests {
    static let id = "4f1c0ffee" + String(repeating: "0", count: 55)

    @Test(arguments: [
        ("0::/system.slice/docker-\(id).scope\n", Int?(0)),
        ("0::/machine.slice/libpod-\(id).scope/container\n", 1),
        ("0::/machine.slice/libpod-conmon-\(id).scope\n", nil),
        ("9:name=systemd:/docker/\(id)\n0::/\n", 0),
        ("0::/kubepods/pod1/cri-containerd-\(id).scope/a:b/c\n", 2),
        ("0::/\n", nil), ("", nil),
    ])
    func depth(membership: String, depth: Int?) {
        let found = ScopeProcess.depth(in: membership) {
            GroupName.isContainer($0, String(Self.id.prefix(12)))
        }
        #expect(found == depth)
    }

    @Test func theOutermostIsTheContainer() throws {
        let folder = try HostFolder([
            "/proc/7/cgroup": "0::/docker-\(Self.id).scope/docker/inner\n",
            "/proc/30/cgroup": "0::/docker-\(Self.id).scope\n",
            "/proc/41/cgroup": "0::/docker-\(Self.id).scope\n",
            "/proc/5/cgroup": "0::/system.slice/shop.service\n", "/proc/meminfo": "",
        ])
        func find(_ processes: Scope.Processes) -> Int32? {
            ScopeProcess(processes, host: folder.host)?.id
        }
        #expect(find(.container(String(Self.id.prefix(12)))) == 30)
        #expect(find(.container("0123456789ab")) == nil)
        #expect(find(.unit("shop.service")) == 5)
        #expect(find(.pid(41)) == 41)
        #expect(find(.pid(42)) == nil)
        // Without a hierarchy of cgroup v2 no path means anything.
        #expect(find(.cgroup("/system.slice")) == nil)
    }

    @Test func ofAControlGroupOneThatSharesOurNetworkCounts() throws {
        let folder = try HostFolder([
            "/proc/self/mountinfo":
                "35 25 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n",
            "/proc/self/net/dev": "",
            "/proc/5/cgroup": "0::/system.slice\n", "/proc/5/net/dev": "",
            "/proc/6/cgroup": "0::/system.slice/shop.service\n",
            "/proc/7/cgroup": "0::/system.slicer\n",
        ])
        func find(_ path: String) -> Int32? {
            ScopeProcess(.cgroup(path), host: folder.host)?.id
        }
        #expect(find("/system.slice") == 5)
        #expect(find("/sys/fs/cgroup/system.slice/") == 5)
        #expect(find("/system.slice/shop.service") == 6)
        #expect(find("/system") == nil)
        // A link is the same file, as two processes of one namespace have it.
        let shared = folder.path + "/proc/6/net"
        try FileManager.default.createDirectory(
            atPath: shared, withIntermediateDirectories: true)
        try FileManager.default.linkItem(
            atPath: folder.path + "/proc/self/net/dev", toPath: shared + "/dev")
        #expect(find("/system.slice") == 6)
    }
}
