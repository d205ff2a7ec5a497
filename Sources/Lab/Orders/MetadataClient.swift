import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// The instance metadata service, as `orders` asks it: the credentials of the instance's role.
struct MetadataClient: Sendable {
    let http: HTTPClient
    /// For each of its requests; nil: whatever it takes.
    var patience: Duration?
    /// What SDKs ask unless told of IPv6.
    var base = "http://\(InstanceMetadata.addresses[0])"

    /// Connections for it alone. Carelessly they are made for as long as the kernel tries, which is
    /// two minutes.
    static func connections(careful: Bool) -> HTTPClient {
        if careful { return CloudClient.connections() }
        return HTTPClient(
            eventLoopGroupProvider: .shared(.singletonMultiThreadedEventLoopGroup),
            configuration: HTTPClient.Configuration(timeout: .init(connect: .seconds(127))))
    }

    /// One attempt: a token, the name of the role, its credentials.
    func issue() async throws(CloudClient.Failure) -> SessionToken {
        let asked = ContinuousClock.now
        let token = try await ask(
            .PUT, "api/token", header: "X-aws-ec2-metadata-token-ttl-seconds", "60")
        let folder = "meta-data/iam/security-credentials"
        let role = try await ask(.GET, "\(folder)/", header: Self.tokenHeader, token)
        let text = try await ask(.GET, "\(folder)/\(role)", header: Self.tokenHeader, token)
        guard
            let read = try? JSONDecoder().decode(
                CloudAPI.RoleCredentials.self, from: Data(text.utf8)),
            let end = try? Date(read.expiration, strategy: .iso8601)
        else { throw CloudClient.Failure(kind: .refusal, about: "\(folder)/\(role): unreadable") }
        return SessionToken(
            id: read.token, issued: asked, life: .seconds(end.timeIntervalSinceNow))
    }

    private static let tokenHeader = "X-aws-ec2-metadata-token"

    private func ask(
        _ method: HTTPMethod, _ path: String, header: String, _ value: String
    ) async throws(CloudClient.Failure) -> String {
        var request = HTTPClientRequest(url: "\(base)/latest/\(path)")
        request.method = method
        request.headers.add(name: header, value: value)
        do {
            let deadline = patience.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            let response = try await http.execute(request, deadline: deadline)
            let body = try await response.body.collect(upTo: 64 * 1024)
            guard response.status == .ok else {
                throw CloudClient.Failure(
                    kind: .refusal, about: "\(path): \(response.status.code)")
            }
            return String(buffer: body)
        } catch let failure as CloudClient.Failure {
            throw failure
        } catch {
            throw CloudClient.Failure(
                kind: CloudClient.isLate(error) ? .timeout : .connection,
                about: "\(path): \(error)")
        }
    }
}
