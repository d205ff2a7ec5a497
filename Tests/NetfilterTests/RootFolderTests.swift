import Foundation
import Netfilter
import Testing

extension KernelTests {
    /// A folder that stands for a container's root: nothing in it leads out of it.
    @Suite struct RootFolderTests {
        @Test func linksStayWithin() throws {
            let manager = FileManager.default
            let root = manager.temporaryDirectory.appending(path: "root-\(UUID().uuidString)")
            defer { try? manager.removeItem(at: root) }
            for folder in ["etc", "run"] {
                try manager.createDirectory(
                    at: root.appending(path: folder), withIntermediateDirectories: true)
            }
            try Data("ours".utf8).write(to: root.appending(path: "run/real"))
            try Data("big".utf8 + [UInt8](repeating: 65, count: 1 << 20)).write(
                to: root.appending(path: "etc/big"))
            for (link, target) in [
                ("etc/resolv.conf", "/run/real"), ("etc/up", "../../../../run/real"),
                ("etc/passwd", "/etc/shadow"), ("etc/out", "/proc/self/environ"),
                ("etc/loop", "loop"),
            ] {
                try manager.createSymbolicLink(
                    atPath: root.appending(path: link).path(), withDestinationPath: target)
            }

            let folder = try RootFolder(root.path())
            for path in ["/etc/resolv.conf", "etc/up", "/run/real", "/../run/real"] {
                #expect(folder.text(path) == "ours", "\(path)")
                #expect(folder.exists(path), "\(path)")
            }
            for path in ["/etc/passwd", "/etc/out", "/etc/loop", "/etc/none"] {
                #expect(folder.text(path) == nil, "\(path)")
                #expect(!folder.exists(path), "\(path)")
            }
            // What would never end, or never answer.
            #expect((folder.text("/etc/big")?.utf8.count ?? .max) < 300_000)
            #expect(try RootFolder("/dev").text("zero") == nil)
            #expect(folder.text("/etc") == nil)
            #expect(folder.exists("/etc"))
            #expect(throws: NetlinkError.self) { _ = try RootFolder("/etc/passwd") }
            #expect(throws: NetlinkError.self) { _ = try RootFolder("/no/such") }
        }

        @Test func enteringNeedsOneThread() throws {
            try Sandbox.enter()
            let own = try NetworkNamespace.current()
            // Where it is already, it may have any number.
            #expect(try NetworkNamespace.enter("/proc/self/ns/net") == own)
            for path in ["/etc/passwd", "/no/such", "/"] {
                #expect(throws: NetlinkError.self, "\(path)") {
                    _ = try NetworkNamespace.enter(path)
                }
            }
            #expect(try NetworkNamespace.current() == own)
        }
    }
}
