import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// A request's context that knows the connection it came on.
struct LabContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The address that the client connected to.
    var local: IPAddress? { channel.labAddress }
}

extension Channel {
    /// The local address, IPv4 also where it came through an IPv6 socket.
    var labAddress: IPAddress? {
        localAddress?.ipAddress.flatMap { IPAddress($0) }.map { address in
            // ::ffff:10.1.2.3
            if case .v6(let value) = address, value >> 32 == 0xFFFF {
                return .v4(UInt32(truncatingIfNeeded: value))
            }
            return address
        }
    }
}

/// The end of a connection without an answer: what a client sees of a machine that is gone.
struct Unanswered: Error {}

extension Response {
    /// A JSON reply, keys sorted, one line.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return Response(status: .internalServerError)
        }
        return text(
            String(decoding: data, as: UTF8.self) + "\n", type: "application/json", status: status,
            headers: headers)
    }

    static func text(
        _ text: String, type: String = "text/plain; charset=utf-8",
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPField.Name {
    /// A name that is known to be one.
    static func lab(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .server
    }

    static let target = lab("X-Amz-Target")
    static let securityToken = lab("X-Amz-Security-Token")
    static let mode = lab("X-Mode")
    static let cache = lab("X-Cache")
    static let region = lab("X-Region")
    static let servedBy = lab("X-Zone")
}
