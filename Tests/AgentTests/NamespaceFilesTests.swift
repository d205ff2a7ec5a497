import FaultKinds
import Testing

@testable import Agent

@Suite struct NamespaceFilesTests {
    static let host = [
        "/etc/resolv.conf": "host", "/etc/nsswitch.conf": "host", "/run/nscd/socket": "",
        "/etc/netns/blue/resolv.conf": "blue", "/etc/netns/blue/only": "blue",
    ]

    static let base = NamespaceFiles(read: { host[$0] }, exists: { host[$0] != nil })

    @Test(arguments: [
        ("blue", "/etc/resolv.conf", String?("blue")), ("blue", "/etc/nsswitch.conf", "host"),
        ("blue", "/etc/only", "blue"), ("blue", "/run/nscd/socket", ""),
        ("blue", "/etc/none", nil), ("green", "/etc/resolv.conf", "host"),
        // A path has no such folder.
        ("/run/netns/blue", "/etc/resolv.conf", "host"), ("/run/netns/blue", "/etc/only", nil),
    ])
    func laidOver(name: String, path: String, text: String?) {
        let files = NamespaceFiles.named(NetworkName(name), over: Self.base)
        #expect(files.read(path) == text)
        #expect(files.exists(path) == (text != nil))
    }
}
