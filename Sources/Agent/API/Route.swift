import Control
import HTTPTypes

/// One operation of the API. The table of them (`Routes.swift`) makes the router, and a test holds
/// `openapi.json` to it.
struct Route: Sendable {
    var method: HTTPRequest.Method
    /// With parameters in braces, as OpenAPI and Hummingbird both write them.
    var path: String
    /// `operationId` in the document.
    var operation: String
    var query: [Parameter] = []
    /// Media types of the request's body; empty: none is read.
    var takes: [String] = []
    /// The reply's HTTP status when all went well.
    var status = 200
    var gives: Reply
    /// What can go wrong beyond what can on every route (`internal`).
    var errors: [APIError.Code] = []
    var answer: @Sendable (APICall, Agent) async throws(APIError) -> APIReply

    struct Parameter: Equatable, Sendable {
        var name: String
        var kind: Kind

        enum Kind: String, Sendable {
            case text, duration, flag
        }
    }

    /// The media type and, in JSON, the schema of the reply.
    enum Reply: Equatable, Sendable {
        case json(String)
        /// JSON without a schema of ours.
        case document
        case lines(String)

        var mediaType: String {
            switch self {
            case .json, .document: "application/json"
            case .lines: "application/x-ndjson"
            }
        }
    }

    /// HTTP statuses of `errors`, with those of every route.
    var errorStatuses: Set<Int> {
        Set((errors + [.request, .internal]).map { APIError($0, "").status })
    }
}

/// A request, taken apart.
struct APICall: Sendable {
    /// `{id}` in the path; empty where the path has none.
    var id: String
    var query: [String: String]
    var body: String
    var owner: Owner
    var spec: SpecReader

    func text(_ name: String) -> String? {
        query[name]
    }

    func duration(_ name: String) throws(APIError) -> Duration? {
        guard let text = query[name] else { return nil }
        do {
            return try spec.duration(text)
        } catch {
            throw APIError(.request, "`\(name)`: \(error.error)")
        }
    }

    func flag(_ name: String) throws(APIError) -> Bool {
        switch query[name] {
        case nil, "false": return false
        case "true", "": return true
        case let other?:
            throw APIError(.request, "`\(name)` is `\(other)`; it is `true` or `false`")
        }
    }
}

/// What a route gives back.
enum APIReply: Sendable {
    case json(status: Int, [UInt8])
    case lines(EventFeed.Lines)

    /// Encodes a value; a failure is a bug of ours and said as one.
    static func value(
        _ value: some Encodable & Sendable, status: Int = 200
    ) throws(APIError) -> APIReply {
        do {
            return .json(status: status, Array(try ControlJSON.encode(value)))
        } catch {
            throw APIError(.internal, "a reply did not encode: \(error)")
        }
    }
}
