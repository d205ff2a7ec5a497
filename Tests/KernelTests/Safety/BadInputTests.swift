import Control
import Foundation
import Testing

extension KernelTests {
    /// What cannot be armed: one clear line, the right code, and nothing armed.
    @Suite("bad input") struct BadInputTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var id: String
            var body: String
            var duration: Duration? = .seconds(60)
            var lease: Duration?
            var code: APIError.Code
            var status: Int
            /// What the line must hold.
            var says: [String]
            /// Where in the body, if it is there.
            var location: String?
            var testDescription: String { id }
        }

        static let cases: [Case] = [
            Case(
                id: "unknown effect", body: "names: a.example.test\ndns: emtpy\n", code: .spec,
                status: 400, says: ["emtpy", "empty"], location: "drill:2:6"),
            Case(
                id: "unknown key", body: "names: a.example.test\ndns: empty\nprobabilty: 30%\n",
                code: .spec, status: 400, says: ["probabilty", "probability"],
                location: "drill:3:1"),
            Case(
                id: "unknown key of an effect",
                body: "names: a.example.test\ndns:\n  - delay: {bye: 3s}\n", code: .spec,
                status: 400, says: ["by"], location: "drill:3:13"),
            Case(
                id: "a duration without unit",
                body: "names: a.example.test\ndns: {delay: 300}\n", code: .spec, status: 400,
                says: ["300", "ms"], location: "drill:2:14"),
            Case(
                id: "an unknown unit", body: "names: a.example.test\ndns: {delay: 3 parsecs}\n",
                code: .spec, status: 400, says: ["parsecs"], location: "drill:2:14"),
            Case(
                id: "a share above 100%",
                body: "names: a.example.test\ndns: empty\nprobability: 130%\n", code: .spec,
                status: 400, says: ["130%"], location: "drill:3:14"),
            Case(
                id: "a bad pattern", body: "names: 'a..example.test'\ndns: empty\n",
                code: .spec, status: 400, says: ["a..example.test"], location: "drill:1:8"),
            Case(
                id: "no names", body: "dns: empty\n", code: .spec, status: 400, says: ["names"]),
            Case(
                id: "no effect", body: "names: a.example.test\n", code: .spec, status: 400,
                says: ["dns"]),
            Case(
                id: "a missing required key", body: "names: a.example.test\ndns: delay\n",
                code: .spec, status: 400, says: ["by"]),
            Case(
                id: "a bad address",
                body: "names: a.example.test\ndns: {redirect: 10.0.0.900}\n", code: .spec,
                status: 400, says: ["10.0.0.900"], location: "drill:2:17"),
            Case(
                id: "no YAML", body: "names: [a.example.test\ndns: empty\n", code: .spec,
                status: 400, says: []),
            Case(id: "nothing", body: "", code: .spec, status: 400, says: []),
            Case(
                id: "everything", body: "names: '*'\ndns: empty\n", code: .tooBroad,
                status: 403, says: ["`*`"]),
            Case(
                id: "a public suffix", body: "names: '*.co.uk'\ndns: empty\n", code: .tooBroad,
                status: 403, says: ["*.co.uk"]),
            Case(
                id: "a protected name", body: "names: vault.example.test\ndns: empty\n",
                code: .protected, status: 403, says: ["vault.example.test"]),
            Case(
                id: "a pattern over a protected name",
                body: "names: '*.example.test'\ndns: empty\n", code: .protected, status: 403,
                says: ["vault.example.test", "except"]),
            Case(
                id: "longer than the maximum", body: "names: a.example.test\ndns: empty\n",
                duration: .seconds(601), code: .lease, status: 403, says: ["10m"]),
            Case(
                id: "no length", body: "names: a.example.test\ndns: empty\n", duration: nil,
                code: .lease, status: 403, says: ["for"]),
            Case(
                id: "a lease too short to renew",
                body: "names: a.example.test\ndns: empty\n", lease: .milliseconds(10),
                code: .request, status: 400, says: ["lease"]),
        ]

        @Test("the API refuses, with a reason, and arms nothing")
        func refuses() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving(
                    ["--max-for", "10m"], protecting: ["vault.example.test", "# a comment"]
                ) { agent in
                    let query = Query("plain.example.test")
                    let before = try #require(try await RawDNS.ask(query))
                    let idle = try await ruleset()
                    for item in Self.cases {
                        let request = ArmRequest(
                            body: item.body, name: "drill", for: item.duration,
                            lease: item.lease)
                        do {
                            let armed = try await agent.client.arm(request)
                            Issue.record("\(item.id): armed \(armed.id)")
                        } catch AgentError.refused(let error, let status) {
                            Self.expect(error, status, item)
                        }
                    }
                    #expect(try await agent.client.status().faults == [])
                    #expect(try await ruleset() == idle)
                    #expect(try await RawDNS.ask(query) == before)
                    let refusals = try agent.events().filter { $0.event == .refuse }
                    #expect(refusals.count == Self.cases.count)
                    #expect(refusals.allSatisfy { $0.why?.isEmpty == false })
                    #expect(refusals.allSatisfy { $0.who?.uid == geteuid() })
                }
            }
        }

        private static func expect(_ error: APIError, _ status: Int, _ item: Case) {
            #expect(error.code == item.code, "\(item.id): \(error.error)")
            #expect(status == item.status, "\(item.id)")
            #expect(!error.error.contains("\n"), "\(item.id): \(error.error)")
            for word in item.says {
                #expect(error.error.contains(word), "\(item.id): \(error.error)")
            }
            if let location = item.location {
                #expect(error.location == location, "\(item.id): \(error.error)")
            }
        }

        @Test("a fault that could hit a protected name is armed if it spares it")
        func spared() async throws {
            try await NSD.serving {
                try await AgentUnderTest.serving(protecting: ["plain.example.test"]) { agent in
                    let query = Query("plain.example.test")
                    let before = try #require(try await RawDNS.ask(query))
                    _ = try await agent.arm(
                        "empty", names: "'*.example.test'", "except: plain.example.test")
                    #expect(try await RawDNS.ask(query) == before)
                    let other = try await RawDNS.answer(Query("many.example.test"))
                    #expect(other?.answers == [])
                }
            }
        }

        struct Start: Sendable, CustomTestStringConvertible {
            var arguments: [String]
            var status: Int32
            var says: String
            var wrapper: [String] = []
            var testDescription: String {
                (wrapper + ["brownoutd"] + arguments).joined(separator: " ")
            }
        }

        @Test(
            "brownoutd refuses to start, with one line and a code",
            arguments: [
                Start(arguments: ["--max-for", "soon"], status: 2, says: "--max-for"),
                Start(arguments: ["--max-for", "0s"], status: 2, says: "--max-for"),
                Start(arguments: ["--queue", "65536"], status: 2, says: "--queue"),
                Start(arguments: ["--protect", "/no/such/file"], status: 2, says: "/no/such"),
                Start(arguments: ["--journal", "/no/such/j"], status: 2, says: "/no/such/j"),
                Start(arguments: ["--bogus"], status: 2, says: "--bogus"),
                Start(arguments: ["--socket", "/no/such/s"], status: 3, says: "/no/such/s"),
                // Root of the namespace, and yet without the privilege.
                Start(
                    arguments: [], status: 3, says: "CAP_NET_ADMIN",
                    wrapper: ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-all"]),
            ])
        func doesNotStart(_ start: Start) async throws {
            try await Place.prepare()
            let folder = try await Place.scratch()
            var arguments = start.arguments
            if !arguments.contains("--socket") {
                arguments += ["--socket", folder.appending(path: "s").path()]
            }
            if !arguments.contains("--journal") {
                arguments += ["--journal", folder.appending(path: "j").path()]
            }
            let command = start.wrapper + [AgentUnderTest.path] + arguments
            let ended = try await Program.run(command[0], Array(command.dropFirst()))
            #expect(ended.status == start.status, "\(ended.errors)")
            #expect(ended.errors.contains(start.says), "\(ended.errors)")
            // The command line's own errors come with a line of usage.
            let lines = ended.errors.split(separator: "\n").filter {
                !$0.hasPrefix("Usage:") && !$0.hasPrefix("  See ") && !$0.hasPrefix("Help:")
            }
            #expect(lines.count == 1, "\(ended.errors)")
            #expect(ended.output.isEmpty)
            #expect(try await ruleset() == "")
        }

        @Test("an ordinary user without a namespace of their own: exit 3, one line")
        func ordinaryUser() async throws {
            try await Place.prepare()
            // In a user namespace of one user there is nobody else to be; the test above with the
            // bounding set covers the missing privilege there.
            guard Place.hasOtherUsers else { return }
            let folder = try await Place.scratch()
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o777], ofItemAtPath: folder.path())
            let ended = try await Program.run(
                "setpriv",
                [
                    "--reuid", "65534", "--regid", "65534", "--clear-groups", AgentUnderTest.path,
                    "--socket", folder.appending(path: "s").path(),
                    "--journal", folder.appending(path: "j").path(),
                ])
            #expect(ended.status == 3, "\(ended.errors)")
            #expect(ended.errors.contains("CAP_NET_ADMIN"), "\(ended.errors)")
            #expect(ended.errors.split(separator: "\n").count == 1, "\(ended.errors)")
            #expect(try await ruleset() == "")
        }

        @Test("the socket keeps others out; capabilities are dropped but for CAP_NET_ADMIN")
        func privileges() async throws {
            try await AgentUnderTest.serving { agent in
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: agent.client.socket)
                let mode = try #require(attributes[.posixPermissions] as? Int)
                #expect(mode == 0o660 || mode == 0o600)
                let tasks = "/proc/\(agent.program.pid)/task"
                for thread in try FileManager.default.contentsOfDirectory(atPath: tasks) {
                    let status = try String(
                        contentsOfFile: "\(tasks)/\(thread)/status", encoding: .utf8)
                    for set in ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"] {
                        let line = status.split(separator: "\n").first { $0.hasPrefix(set) }
                        let text = line?.split(separator: "\t").last ?? ""
                        let bits = try #require(UInt64(text, radix: 16))
                        // CAP_NET_ADMIN is number 12 (linux/capability.h).
                        #expect(bits & ~(1 << 12) == 0, "thread \(thread): \(set) \(text)")
                    }
                }
            }
        }
    }
}
