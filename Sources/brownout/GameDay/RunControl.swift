import Control
import FoundationEssentials
import GameDay
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The socket of a run, for those who are not at its terminal: what goes on, what waits for a person,
/// and their confirmations.
///
///     GET  /v1/run                        the run in a few keys
///     POST /v1/confirm?who=NAME[&step=N]  says that a step is done
///     POST /v1/stop?who=NAME              ends the run as Ctrl-C does
struct RunControl: Sendable {
    let socket: String
    let record: RunRecord
    let confirmations: Confirmations
    let interrupt: @Sendable (String) -> Void

    /// `sun_path` has 108 octets, one of them the final NUL (unix(7)).
    static let longestPath = 107

    /// What a run says of itself.
    struct State: Codable, Equatable {
        var run: String
        var title: String
        var phase: String?
        var seconds: Double
        var armed: [String]
        var waiting: [Confirmations.Request]
    }

    /// Serves until it is cancelled.
    func serve() async throws {
        let router = Router()
        router.get("/v1/run") { _, _ in try reply(await state) }
        router.post("/v1/confirm") { request, _ in
            let query = request.uri.queryParameters
            let who = query["who"].map(String.init) ?? "somebody"
            let step = query["step"].flatMap { Int($0) }
            guard let done = await confirmations.confirm(step: step, who: who) else {
                return try reply(
                    APIError(.notFound, "no step waits for a confirmation"),
                    status: .notFound)
            }
            return try reply(done)
        }
        router.post("/v1/stop") { request, _ in
            interrupt(request.uri.queryParameters["who"].map(String.init) ?? "its socket")
            return try reply(await state)
        }
        var quiet = Logger(label: "brownout.run")
        quiet.logLevel = .critical
        // What a run that was killed left there.
        try? FileManager.default.removeItem(atPath: socket)
        let application = Application(
            router: router,
            configuration: .init(address: .unixDomainSocket(path: socket)), logger: quiet)
        defer { try? FileManager.default.removeItem(atPath: socket) }
        try await application.run()
    }

    private var state: State {
        get async {
            let story = record.story
            return State(
                run: story.header.id, title: story.header.title,
                phase: story.current.map { story.phases[$0].info.name },
                seconds: Double(story.now) / 1000,
                armed: story.faults.filter { $0.isArmed }.map(\.name),
                waiting: await confirmations.waiting)
        }
    }

    private func reply(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws
        -> Response
    {
        let body = try ControlJSON.encode(value)
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
