import Control
import FoundationEssentials
import GameDay
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix

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
            let step = query["step"].map { Int($0) }
            if step == .some(nil) {
                return try reply(
                    APIError(.request, "`step` is a number, such as 3"), status: .badRequest)
            }
            guard let done = await confirmations.confirm(step: step ?? nil, who: who) else {
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
        let application = Application(
            router: router,
            configuration: .init(address: .unixDomainSocket(path: socket)),
            onServerRunning: { _ in
                // Until now others could not write to it, unless under an odd umask.
                try? FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: socket)
            }, logger: quiet)
        defer { try? FileManager.default.removeItem(atPath: socket) }
        try await application.run()
    }

    /// Makes sure that a run may have the path: takes away the socket of one that was killed, and
    /// nothing else.
    static func claim(_ socket: String) async throws(ClientError) {
        let files = FileManager.default
        guard let type = try? files.attributesOfItem(atPath: socket)[.type] as? FileAttributeType
        else { return }
        guard type == .typeSocket else {
            throw .usage("--control: \(socket) is there and is no socket; it is left alone")
        }
        if let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: socket).get()
        {
            try? await channel.close()
            throw .usage("another run goes on there: it listens on \(socket)")
        }
        try? files.removeItem(atPath: socket)
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
