import Glibc
import Netfilter
import Testing

extension KernelTests {
    @Suite struct HostTests {
        @Test func interfaces() throws {
            try Sandbox.enter()
            #expect(Interfaces.index(of: "lo") == 1)
            #expect(Interfaces.name(of: 1) == "lo")
            #expect(Interfaces.index(of: "no-such-one") == nil)
            #expect(Interfaces.name(of: 4_000_000) == nil)
        }

        @Test func namespaces() throws {
            try Sandbox.enter()
            let own = try NetworkNamespace.current()
            #expect(try NetworkNamespace.ofProcess(getpid()) == own)
            #expect(throws: NetlinkError.self) { _ = try NetworkNamespace(path: "/proc/none") }
            let path = NetworkNamespace.path(ofProcess: getpid())
            let inside = try NetworkNamespace.run(inside: path) { () throws(NetlinkError) in
                try NetworkNamespace.current()
            }
            #expect(inside == own)
            #expect(throws: NetlinkError.self) {
                try NetworkNamespace.run(inside: "/proc/none") { 1 }
            }
        }

        @Test func kernelSupport() throws {
            try Sandbox.enter()
            let support = try KernelSupport.probe()
            #expect(Set(support.answers.keys) == Set(KernelSupport.Feature.allCases))
            #expect(support.suffices)
            let table = try OwnerTable()
            #expect(support.has(.nativeQueue) == (table.statement == .native))
            try table.close()
            // Nothing is left of it, and it works beside an agent.
            #expect(try !Sandbox.tables().contains("brownout"))
        }

        @Test(arguments: [ChildRole.unprivileged, .unprivilegedAgent])
        func privileges(role: ChildRole) throws {
            try Sandbox.enter()
            let child = try ChildProcess(role)
            #expect(child.wait() == 0)
        }
    }
}
