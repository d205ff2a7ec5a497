import Glibc
import Testing

@testable import Netfilter

@Suite struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func notifies(abstract: Bool) throws {
        let name = (abstract ? "@" : "/tmp/") + "brownout-notify-\(getpid())-\(abstract)"
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer {
            close(receiver)
            unsafe unlink(name)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(name.utf8))
            if abstract { unsafe $0[0] = 0 }
        }
        let length = socklen_t(2 + name.utf8.count)
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(receiver, $0, length)
            }
        }
        try #require(bound == 0)
        #expect(ServiceManager.notify("READY=1\nSTATUS=armed", socket: name))
        let received = TestSocket(adopting: dup(receiver)).receive(within: 2_000)
        #expect(received == Array("READY=1\nSTATUS=armed".utf8))
    }

    @Test(arguments: [
        "", "relative", "/tmp/brownout-nobody-listens", "@" + String(repeating: "x", count: 200),
    ])
    func nobodyThere(_ path: String) {
        #expect(!ServiceManager.notify("READY=1", socket: path))
    }
}
