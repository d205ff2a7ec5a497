import Control
import FoundationEssentials
import Testing

@testable import Agent

@Suite struct ProtectedNamesTests {
    @Test func readsLines() throws {
        let text = "# ours\n\n  Login.Example.com  # the door\r\n*.vault.example.com\n#\n"
        let names = try ProtectedNames(text: text, file: "f", spec: .plain)
        #expect(names.patterns == ["login.example.com", "*.vault.example.com"])
    }

    @Test func aBadLineIsNamed() {
        let problem = ProtectedNames.Problem(
            location: "f:3", problem: "`a b`: a name has no spaces")
        #expect(throws: problem) {
            try ProtectedNames(text: "x\n\na b\n", file: "f", spec: .plain)
        }
    }

    @Test func files() async throws {
        try await withFolder { folder in
            #expect(throws: ProtectedNames.Problem.self) {
                try ProtectedNames.load(path: folder + "/none", spec: .plain)
            }
            try Data([0x61, 0xff]).write(to: URL(filePath: folder + "/bytes"))
            #expect(throws: ProtectedNames.Problem.self) {
                try ProtectedNames.load(path: folder + "/bytes", spec: .plain)
            }
            try Data("a.b\n".utf8).write(to: URL(filePath: folder + "/good"))
            #expect(
                try ProtectedNames.load(path: folder + "/good", spec: .plain).patterns == ["a.b"])
        }
    }

    @Test(arguments: [
        ("a.b.c", false), ("x.b.c", true), ("*.b.c", false), ("*.c", false),
        ("*.b.c !a.b.c", true), ("*.c !*.b.c", true), ("*.c !x.b.c", false), ("*.d", true),
        ("x.d a.b.c", false),
    ])
    func checks(text: String, allowed: Bool) throws {
        let names = ProtectedNames(patterns: ["a.b.c"])
        let fault = try SpecReader.plain.fault(text, nil)
        if allowed {
            try names.check(fault)
        } else {
            #expect {
                try names.check(fault)
            } throws: { error in
                (error as? APIError)?.code == .protected
            }
        }
    }
}
