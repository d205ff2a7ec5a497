import Control
import FoundationEssentials
import Glibc
import Testing

@testable import Agent

/// The API through a real socket, by the real client.
@Suite(.timeLimit(.minutes(1))) struct APITests {
    @Test func theLifeOfAFault() async throws {
        let world = World()
        try await served(world) { client in
            let armed = try await client.arm(
                ArmRequest(
                    body: "a.b c.d", name: "mine & yours", for: .seconds(60),
                    lease: .milliseconds(2500), dryRun: true))
            #expect(armed.name == "mine & yours" && armed.names == ["a.b", "c.d"] && armed.dryRun)
            #expect(armed.owner == Owner(uid: getuid(), pid: getpid()))
            #expect(armed.leaseEndsAt - armed.armedAt == .milliseconds(2500))
            #expect(try await client.faults().map(\.id) == ["f1"])
            world.clock.advance(by: .seconds(1))
            #expect(try await client.fault("f1").remainingSeconds == 1.5)
            #expect(try await client.renew("f1").remainingSeconds == 2.5)
            world.path.count("f1", fired: 4)
            #expect(try await client.status().faults.map(\.counts.fired) == [4])
            #expect(try await client.lift("f1").counts.fired == 4)
            #expect(try await client.faults().isEmpty)
            _ = try await client.arm(ArmRequest(body: "a.b", for: .seconds(1)))
            #expect(try await client.liftAll().map(\.id) == ["f2"])
            #expect(try await client.halt().halted)
            #expect(try await !client.resume().halted)
            #expect(try await client.health() == Health(healthy: true))
        }
    }

    @Test func aStatus() async throws {
        let world = World()
        try await served(world) { client in
            let status = try await client.status()
            #expect(status.version == Release.version && status.pid == 1)
            #expect(status.queues == QueueRun(first: 5, count: 18))
            #expect(status.queue == 5 && status.statement == .native && status.prefilter == .idle)
            #expect(status.counters.received == 9 && status.journal.path == nil)
        }
    }

    @Test func aSurvey() async throws {
        let world = World()
        try await served(world) { client in
            // Looked at anew each time: rules come and go.
            let surveys = [try await client.survey(), try await client.survey()]
            #expect(surveys == [Survey(chains: 1), Survey(chains: 2)])
            world.path.fail(.survey, .privilege("no"))
            await #expect(throws: AgentError.refused(APIError(.privilege, "no"), status: 503)) {
                try await client.survey()
            }
        }
    }

    @Test(arguments: [
        (ArmRequest(body: "?", for: .seconds(1)), 400, "spec", "plain:1:1"),
        (ArmRequest(body: "a.b"), 403, "lease", nil),
        (ArmRequest(body: "a.b", for: .seconds(3601)), 403, "lease", nil),
        (ArmRequest(body: "*", for: .seconds(1)), 403, "too-broad", nil),
        (ArmRequest(body: "*.corp", for: .seconds(1)), 403, "protected", nil),
    ])
    func refusals(request: ArmRequest, status: Int, code: String, location: String?) async throws {
        try await served(World(protected: ["login.corp"])) { client in
            do throws(AgentError) {
                _ = try await client.arm(request)
                Issue.record("armed")
            } catch {
                guard case .refused(let reply, status) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(reply.code.rawValue == code && reply.location == location)
            }
        }
    }

    @Test func aHungLoopIsUnhealthy() async throws {
        let world = World()
        try await served(world) { client in
            world.path.fail(.snapshot, .hung)
            let health = try await client.health()
            #expect(!health.healthy && health.problem != nil)
            world.path.fail(.snapshot, nil)
        }
    }

    @Test func events() async throws {
        let world = World()
        try await served(world) { client in
            let seen = try await client.events { events in
                _ = try await client.arm(ArmRequest(body: "a.b", for: .seconds(60)))
                _ = try await client.lift("f1")
                var seen: [AgentEvent.Kind] = []
                for try await event in events {
                    seen.append(event.event)
                    if event.event.endsFault { break }
                }
                return seen
            }
            #expect(seen == [.arm, .lift])
            // Whoever went away is no listener any more.
            while world.agent.feed.listenerCount > 0 { await Task.yield() }
        }
    }

    @Test func theStreamEndsWithTheAgent() async throws {
        let world = World()
        try await served(world) { client in
            let last = try await client.events { events in
                await world.agent.stop("test")
                var last: AgentEvent.Kind?
                for try await event in events { last = event.event }
                return last
            }
            #expect(last == .stop)
        }
    }

    @Test(arguments: [
        ("GET /nope HTTP/1.1", 404, "not-found"),
        ("GET / HTTP/1.1", 404, "not-found"),
        ("GET /v1/faults/f1/../../../etc/passwd HTTP/1.1", 404, "not-found"),
        ("PUT /v1/faults HTTP/1.1", 405, "method"),
        ("GET /v1/halt HTTP/1.1", 405, "method"),
        ("DELETE /v1/status HTTP/1.1", 405, "method"),
        ("GET /v1/status?x=1 HTTP/1.1", 400, "request"),
        ("POST /v1/faults?dryrun=true HTTP/1.1", 400, "request"),
        ("POST /v1/faults?dry-run=maybe HTTP/1.1", 400, "request"),
        ("POST /v1/faults?for=60 HTTP/1.1", 400, "request"),
        ("POST /v1/faults?for=1s&for=2s HTTP/1.1", 400, "request"),
        ("GET /v1/faults/f9 HTTP/1.1", 404, "not-found"),
        ("DELETE /v1/faults/%00%ff HTTP/1.1", 404, "not-found"),
        ("POST /v1/faults/f9/renew HTTP/1.1", 404, "not-found"),
    ])
    func errorsAreJSON(line: String, status: Int, code: String) async throws {
        try await served(World()) { client in
            let reply = try await rawExchange(
                client.socket, Array("\(line)\r\nhost: x\r\nconnection: close\r\n\r\n".utf8))
            #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
            #expect(reply.contains(#""code":"\#(code)""#), "\(reply)")
        }
    }

    @Test func aBodyIsBounded() async throws {
        let world = World()
        try await served(world) { client in
            let name = "a.b"
            let fits = name + String(repeating: " ", count: APIRouter.bodyLimit - name.utf8.count)
            _ = try await client.arm(ArmRequest(body: fits, for: .seconds(1)))
            do throws(AgentError) {
                _ = try await client.arm(ArmRequest(body: fits + " ", for: .seconds(1)))
                Issue.record("armed")
            } catch {
                guard case .refused(let reply, 413) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(reply.code == .tooLarge)
            }
        }
    }

    @Test func aBodyIsUTF8() async throws {
        try await served(World()) { client in
            let head =
                "POST /v1/faults HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n"
            let reply = try await rawExchange(client.socket, Array(head.utf8) + [0xff, 0xfe])
            #expect(reply.contains(#""code":"spec""#), "\(reply)")
        }
    }

    /// What is no HTTP is answered 400 or not at all, and the agent lives on.
    @Test func garbage() async throws {
        var random = SystemRandomNumberGenerator()
        var inputs: [[UInt8]] = [
            Array("\r\n\r\n".utf8), Array("GET\r\n\r\n".utf8), Array("GET / HTTP/9.9\r\n\r\n".utf8),
            Array("GET /v1/status HTTP/1.1\r\nhost: x\r\nx: \u{0}\r\n\r\n".utf8),
            Array("GET /\u{fffd}?%zz=%&=&&?#a HTTP/1.1\r\nhost: x\r\n\r\n".utf8),
            Array("GET http:///? HTTP/1.1\r\nhost: x\r\n\r\n".utf8),
            Array("GET :// HTTP/1.1\r\nhost: x\r\n\r\n".utf8),
            Array("POST /v1/faults HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".utf8),
            Array("POST /v1/faults HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\na.b".utf8),
            Array(
                "POST /v1/faults HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
                    .utf8),
            Array("GET /".utf8) + Array(repeating: 0x61, count: 300_000),
            Array("GET / HTTP/1.1\r\nx: ".utf8) + Array(repeating: 0x61, count: 300_000),
        ]
        for length in [1, 10, 1000, 100_000] {
            inputs.append((0..<length).map { _ in UInt8.random(in: 0 ... .max, using: &random) })
        }
        let all = inputs
        let world = World()
        try await served(world) { client in
            for input in all {
                let reply = try await rawExchange(client.socket, input)
                #expect(
                    reply.isEmpty || reply.hasPrefix("HTTP/1.1 4"), "\(input.prefix(40)): \(reply)")
            }
            #expect(try await client.health().healthy)
            #expect(world.path.begun.isEmpty)
        }
    }

    @Test func theSocketIsForRootAndTheGroup() async throws {
        try await served(World()) { client in
            let mode = try FileManager.default.attributesOfItem(atPath: client.socket)[
                .posixPermissions]
            #expect(mode as? Int == 0o660)
        }
    }
}
