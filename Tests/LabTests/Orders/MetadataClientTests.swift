import AsyncHTTPClient
import Testing

@testable import Lab

/// The client of the instance metadata service with the service itself, over loopback.
@Suite(.timeLimit(.minutes(1)))
struct MetadataClientTests {
    private func withService(
        _ body: @Sendable (MetadataClient, CloudState) async throws -> Void
    ) async throws {
        let state = CloudState()
        let metadata = InstanceMetadata(state: state, life: .seconds(15))
        let server = LabHTTPServer(
            name: "metadata", host: "127.0.0.1", port: 0,
            respond: { request, _ in metadata.respond(request) })
        let http = MetadataClient.connections(careful: true)
        let (ports, tell) = AsyncStream.makeStream(of: Int.self)
        do {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    defer { tell.finish() }
                    try await server.run { tell.yield($0) }
                }
                if let port = await ports.first(where: { _ in true }) {
                    let client = MetadataClient(
                        http: http, patience: .seconds(5), base: "http://127.0.0.1:\(port)")
                    try await body(client, state)
                }
                group.cancelAll()
            }
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    @Test func readsWhatTheServiceSays() async throws {
        try await withService { client, state in
            let token = try await client.issue()
            #expect(state.accepts(token: token.id, .now))
            // In whole seconds, as the service says it.
            #expect(token.life > .seconds(12) && token.life <= .seconds(15))
            let another = try await client.issue()
            #expect(another.id != token.id)
        }
    }

    @Test func refusalIsTold() async throws {
        try await withService { client, _ in
            var client = client
            client.base += "/elsewhere"
            await #expect(throws: CloudClient.Failure(kind: .refusal, about: "api/token: 405")) {
                try await client.issue()
            }
        }
    }
}
