import Control
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Turns the route table into a Hummingbird router. The one place where an error becomes a reply.
struct APIRouter {
    let agent: Agent
    let spec: SpecReader

    /// The most that a request's body may hold.
    static let bodyLimit = 1 << 20

    func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: [])
        router.add(middleware: ErrorReplies())
        for route in Route.all {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await answer(route, request, context)
            }
        }
        for (path, allowed) in Dictionary(grouping: Route.all, by: \.path) {
            let allowed = allowed.map(\.method.rawValue)
            for method in Self.methods where !allowed.contains(method.rawValue) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    Self.methodRefusal(method, path, allowed: allowed)
                }
            }
        }
        return router
    }

    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .delete, .patch, .options,
    ]

    private static func methodRefusal(
        _ method: HTTPRequest.Method, _ path: String, allowed: [String]
    ) -> Response {
        let error = APIError(
            .method, "\(path) takes \(allowed.joined(separator: ", ")), not \(method.rawValue)")
        var response = Response(error)
        response.headers[.allow] = allowed.joined(separator: ", ")
        return response
    }

    private func answer(
        _ route: Route, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let call = APICall(
            id: context.parameters.get("id") ?? "",
            query: try query(of: request, for: route),
            body: route.takes.isEmpty ? "" : try await body(of: request),
            owner: try await context.owner(), spec: spec)
        switch try await route.answer(call, agent) {
        case .json(let status, let bytes):
            return Response(
                status: HTTPResponse.Status(code: status),
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .lines(let lines):
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: stream(lines, until: request))
        }
    }

    /// Each parameter once, and none that the route does not know: `dryrun=true` must not arm for real.
    private func query(of request: Request, for route: Route) throws(APIError) -> [String: String] {
        var query: [String: String] = [:]
        for (key, value) in request.uri.queryParameters {
            let name = String(key)
            guard route.query.contains(where: { $0.name == name }) else {
                let known = route.query.map { "`\($0.name)`" }.joined(separator: ", ")
                throw APIError(
                    .request,
                    "unknown parameter `\(name)`; "
                        + (known.isEmpty ? "\(route.path) takes none" : "there are \(known)"))
            }
            guard query.updateValue(String(value), forKey: name) == nil else {
                throw APIError(.request, "`\(name)` is there twice")
            }
        }
        return query
    }

    private func body(of request: Request) async throws -> String {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "a fault's text may hold \(Self.bodyLimit) bytes")
        } catch {
            throw APIError(.request, "the body did not arrive whole: \(error)")
        }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw APIError(.spec, "the fault's text is not UTF-8")
        }
        return text
    }

    /// Ends with the lines, or when the client goes.
    private func stream(_ lines: EventFeed.Lines, until request: Request) -> ResponseBody {
        ResponseBody { writer in
            // Cancelled, an AsyncStream ends: a client that went away leaves no listener behind.
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                for await line in lines {
                    try await writer.write(ByteBuffer(string: line + "\n"))
                }
            }
            try await writer.finish(nil)
        }
    }
}

/// Words every error of the routes and of Hummingbird as an `APIError`.
private struct ErrorReplies: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return Response(error)
        } catch let error as HTTPError where error.status == .notFound {
            return Response(APIError(.notFound, "no such path; GET /openapi.json has them all"))
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return Response(
                APIError(.tooLarge, "a fault's text may hold \(APIRouter.bodyLimit) bytes"))
        } catch {
            context.logger.error("\(request.method) \(request.uri.path): \(error)")
            return Response(APIError(.internal, "internal error; the agent's log has more"))
        }
    }
}

extension Response {
    fileprivate init(_ error: APIError) {
        // An error's three strings always encode; a reply without a body is still one.
        let bytes = (try? ControlJSON.encode(error)).map { Array($0) } ?? []
        self.init(
            status: HTTPResponse.Status(code: error.status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
