import FoundationEssentials
import Testing

@testable import brownout

@Suite struct OnDemandAgentTests {
    static let places: [(id: String, own: String?, path: String, there: [String], found: String?)] =
        [
            (
                "beside us", "/opt/b/brownout", "/usr/bin",
                ["/opt/b/brownoutd", "/usr/bin/brownoutd"], "/opt/b/brownoutd"
            ),
            (
                "in PATH", "/opt/b/brownout", "/usr/sbin:/usr/bin", ["/usr/bin/brownoutd"],
                "/usr/bin/brownoutd"
            ),
            ("nowhere", "/opt/b/brownout", "/usr/sbin:/usr/bin", [], nil),
            ("without /proc", nil, "/usr/bin", ["/usr/bin/brownoutd"], "/usr/bin/brownoutd"),
        ]

    @Test(arguments: places.indices)
    func program(index: Int) {
        let one = Self.places[index]
        let found = OnDemandAgent.program(
            beside: one.own, path: one.path, isProgram: one.there.contains)
        #expect(found == one.found, "\(one.id)")
    }

    /// A stand-in for brownoutd.
    private func start(_ script: String, patience: Duration = .seconds(20)) async throws {
        let folder = try HostFolder(["/brownoutd": "#!/bin/sh\n" + script])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/brownoutd")
        let agent = OnDemandAgent(
            place: AgentPlace(socket: folder.path + "/s"), patience: patience)
        try await agent.start(folder.path + "/brownoutd")
    }

    @Test func readyIsReady() async throws {
        try await start("echo ready\nexec >&- 2>&-\nexec sleep 0.1\n")
    }

    @Test func itsErrorsAreOurs() async {
        await #expect(throws: ClientError.startFailed(line: "no nf_tables here", exitCode: 3)) {
            try await start("echo 'brownoutd: no nf_tables here' >&2\nexit 3\n")
        }
    }

    @Test func leavingWithoutAWord() async {
        await #expect(throws: ClientError.self) { try await start("exit 70\n") }
    }

    @Test func silenceIsBounded() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await start("exec sleep 1000\n", patience: .milliseconds(200))
        }
        guard case .startFailed(let line, 3) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(line.contains("was not ready within"))
    }

    @Test func aUserMayNotStartOne() async {
        let agent = OnDemandAgent(
            place: AgentPlace(socket: "/nonexistent/s"),
            privilege: Privilege(userID: 1000, status: nil))
        await #expect(throws: ClientError.mayNotStart(socket: "/nonexistent/s")) {
            try await agent.ensure()
        }
    }
}
