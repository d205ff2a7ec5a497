import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Lab

/// What AWS documents of version 2 of the instance metadata service.
struct InstanceMetadataTests {
    private let state = CloudState()
    private let metadata: InstanceMetadata
    private let start = ContinuousClock.now
    private let date = Date(timeIntervalSince1970: 1_760_940_000)

    init() { metadata = InstanceMetadata(state: state, life: .seconds(15)) }

    private func ask(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [String: String] = [:],
        after: Duration = .zero
    ) async throws -> (status: Int, body: String, headers: HTTPFields) {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "169.254.169.254", path: path,
            headerFields: fields)
        let response = metadata.respond(
            Request(head: head, body: .init(buffer: ByteBuffer())), start + after, date)
        let collector = Collector()
        try await response.body.write(collector)
        return (response.status.code, await collector.text, response.headers)
    }

    private actor Text {
        var value = ""
        func add(_ more: String) { value += more }
    }

    private struct Collector: ResponseBodyWriter {
        private let collected = Text()
        var text: String { get async { await collected.value } }
        func write(_ buffer: ByteBuffer) async throws {
            await collected.add(String(buffer: buffer))
        }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    private static let life = "X-aws-ec2-metadata-token-ttl-seconds"
    private static let token = "X-aws-ec2-metadata-token"
    private static let role = "/latest/meta-data/iam/security-credentials/orders-instance"

    @Test(arguments: [
        (HTTPRequest.Method.put, [life: "21600"], 200), (.put, [life: "1"], 200), (.put, [:], 400),
        (.put, [life: "0"], 400), (.put, [life: "21601"], 400), (.put, [life: "a while"], 400),
        (.put, [life: "60", "X-Forwarded-For": "192.0.2.1"], 403), (.get, [life: "60"], 405),
    ])
    func tokens(
        method: HTTPRequest.Method, headers: [String: String], status: Int
    ) async throws {
        let answer = try await ask(method, "/latest/api/token", headers)
        #expect(answer.status == status)
        guard status == 200 else { return }
        #expect(!answer.body.isEmpty && answer.body.allSatisfy(\.isASCII))
        #expect(answer.headers[.metadataTokenLife] == headers[Self.life])
    }

    @Test func nothingIsSaidWithoutAToken() async throws {
        let token = try await ask(.put, "/latest/api/token", [Self.life: "60"]).body
        for headers in [[:], [Self.token: ""], [Self.token: token + "x"]] {
            let answer = try await ask(.get, Self.role, headers)
            #expect(answer.status == 401 && !answer.body.contains("AccessKey"))
        }
        #expect(try await ask(.get, Self.role, [Self.token: token]).status == 200)
        let good = [Self.token: token]
        #expect(try await ask(.get, Self.role, good, after: .seconds(59)).status == 200)
        #expect(try await ask(.get, Self.role, good, after: .seconds(60)).status == 401)
    }

    @Test(arguments: [
        ("/latest/meta-data/iam/security-credentials/", 200, "orders-instance"),
        ("/latest/meta-data/iam/security-credentials", 200, "orders-instance"),
        ("/latest/meta-data/iam/security-credentials/another", 404, "404 - Not Found\n"),
        ("/latest/meta-data/placement/region", 200, "us-east-1"),
        ("/latest/meta-data/placement/availability-zone", 200, "us-east-1a"),
        ("/latest/meta-data/instance-id", 200, "i-0123456789abcdef0"),
        ("/latest/user-data", 404, "404 - Not Found\n"), ("/", 404, "404 - Not Found\n"),
    ])
    func pages(path: String, status: Int, body: String) async throws {
        let token = try await ask(.put, "/latest/api/token", [Self.life: "60"]).body
        let answer = try await ask(.get, path, [Self.token: token])
        #expect(answer.status == status && answer.body == body)
        #expect(try await ask(.post, path, [Self.token: token]).status == 405)
    }

    @Test func credentialsAreGoodForAsLongAsTheySay() async throws {
        let token = try await ask(.put, "/latest/api/token", [Self.life: "60"]).body
        let text = try await ask(.get, Self.role, [Self.token: token]).body
        let read = try JSONDecoder().decode(CloudAPI.RoleCredentials.self, from: Data(text.utf8))
        #expect(read.code == "Success" && read.type == "AWS-HMAC")
        #expect(read.accessKeyID.hasPrefix("ASIA") && !read.secretAccessKey.isEmpty)
        #expect(read.lastUpdated == "2025-10-20T06:00:00Z")
        #expect(read.expiration == "2025-10-20T06:00:15Z")
        #expect(state.accepts(token: read.token, start + .seconds(15)))
        #expect(!state.accepts(token: read.token, start + .seconds(19)))
    }
}
