import FoundationEssentials
import NIOHTTP1

/// One request to the agent.
struct Call: Sendable {
    var method: HTTPMethod
    /// Path and query, percent-encoded.
    var path: String
    var body: String
    var contentType: String?

    /// - Parameters:
    ///   - route: a path of the API, as it stands.
    ///   - segments: further path segments, encoded here.
    init(
        _ method: HTTPMethod, _ route: String, _ segments: String...,
        query: [(String, String)] = [], body: String = "", contentType: String? = nil
    ) {
        self.method = method
        path = route + segments.map { "/" + percentEncoded($0) }.joined()
        if !query.isEmpty {
            path += "?" + query.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
        }
        self.body = body
        self.contentType = contentType
    }

    var head: HTTPRequestHead {
        var headers = HTTPHeaders([("host", "brownout"), ("connection", "close")])
        if let contentType {
            headers.add(name: "content-type", value: contentType)
        }
        if method != .GET {
            headers.add(name: "content-length", value: String(body.utf8.count))
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    }
}

/// A whole reply.
struct Reply: Sendable {
    var status: Int
    var body: Data

    /// The error that a reply without success stands for.
    var failure: AgentError {
        if let error = try? ControlJSON.decode(APIError.self, from: body) {
            return .refused(error, status: status)
        }
        return .unexpected("HTTP status \(status) without an error of the agent's")
    }
}

/// RFC 3986 section 2.3: all but the unreserved characters.
private func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let hex = String(byte, radix: 16, uppercase: true)
            encoded += byte < 16 ? "%0\(hex)" : "%\(hex)"
        }
    }
    return encoded
}
