import AsyncHTTPClient
import Control
import FoundationEssentials
import GameDay
import Glibc
import NIOCore
import NIOHTTP1

/// Talks to a run that goes on, over its socket.
struct RunClient {
    let socket: String

    func confirm(step: Int?, who: String) async throws -> Confirmations.Request {
        var query = [URLQuery.item("who", who)]
        if let step { query.append(URLQuery.item("step", "\(step)")) }
        let path = "/v1/confirm?" + query.joined(separator: "&")
        guard let url = URL(httpURLWithSocketPath: socket, uri: path) else {
            throw ClientError.unreadable(file: socket, problem: "no path of a socket")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        } catch {
            throw ClientError.unreadable(file: socket, problem: "no run answers there")
        }
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else {
            let error = try? ControlJSON.decode(APIError.self, from: body.readableBytesView)
            throw ClientError.usage(error?.error ?? "the run answered \(response.status.code)")
        }
        return try ControlJSON.decode(
            Confirmations.Request.self, from: body.readableBytesView)
    }
}

/// Parts of a URL's query.
enum URLQuery {
    static func item(_ name: String, _ value: String) -> String {
        let safe = value.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                return String(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                return byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return "\(name)=\(safe.joined())"
    }
}

/// Who sits at the terminal.
enum Login {
    static var name: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["SUDO_USER"] ?? environment["USER"] ?? environment["LOGNAME"]
            ?? "uid \(getuid())"
    }
}
