import Testing
import Wire

@testable import brownout

/// Texts as the kernel writes them.
enum ProcText {
    static let header =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
        + "inode\n"

    static func row(_ local: String, _ remote: String, state: String, inode: Int) -> String {
        "   0: \(local) \(remote) \(state) 00000000:00000000 00:00000000 00000000     0        0 "
            + "\(inode) 1 0000000000000000 100 0 0 10 0\n"
    }

    static let any = "00000000:0000"
}

@Suite struct ProcNetTests {
    @Test(arguments: [
        ("0100007F:0035", "127.0.0.1", 53 as UInt16),
        ("3500007F:0035", "127.0.0.53", 53),
        ("00000000000000000000000001000000:0035", "::1", 53),
        ("B80D0120000000000000000001000000:01BB", "2001:db8::1", 443),
        ("0000000000000000FFFF00000100007F:0016", "127.0.0.1", 22),
    ])
    func endpoint(text: String, address: String, port: UInt16) throws {
        let found = try #require(ProcNet.endpoint(text))
        #expect(found.0.description == address)
        #expect(found.1 == port)
    }

    @Test(arguments: ["", ":", "0100007F", "0100007:0035", "0100007F01:0035", "0100007G:0035"])
    func whatIsNoEndpoint(text: String) {
        #expect(ProcNet.endpoint(text) == nil)
    }

    @Test func listenersAndConnections() {
        let udp = ProcNet.parse(
            ProcText.header + ProcText.row("0100007F:0035", ProcText.any, state: "07", inode: 5)
                + "garbage\n", .udp)
        #expect(udp.map(\.isListening) == [true])
        #expect(udp.map(\.inode) == [5])
        let tcp = ProcNet.parse(
            ProcText.header + ProcText.row("0100007F:0035", ProcText.any, state: "0A", inode: 6)
                + ProcText.row("0200000A:C000", "01010101:0355", state: "01", inode: 7), .tcp)
        #expect(tcp.map(\.isListening) == [true, false])
        #expect(tcp.map(\.isConnected) == [false, true])
        #expect(tcp.last?.remote.description == "1.1.1.1")
        #expect(tcp.last?.remotePort == 853)
    }

    @Test func ownersAreFoundByTheirDescriptors() throws {
        let folder = try HostFolder(
            ["/proc/12/comm": "dnsmasq\n", "/proc/self/comm": "me\n"],
            links: ["/proc/12/fd/3": "socket:[5]", "/proc/12/fd/4": "/dev/null"])
        #expect(ProcNet.owners(of: [5, 6], folder.host) == [5: "dnsmasq"])
        #expect(ProcNet.owners(of: [], folder.host) == [:])
    }
}
