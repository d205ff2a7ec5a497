import FoundationEssentials
import Spec
import Testing

@testable import ProbeKinds

/// `prometheus` against Prometheus itself, and against what only resembles it.
@Suite(.timeLimit(.minutes(2))) struct PrometheusProbeTests {
    @Test func `a real server`() async throws {
        try await RealServer.withFolder { folder in
            let port = try await freePort()
            let configuration = folder.appending(path: "prometheus.yml")
            try Data("global: {scrape_interval: 1h}\n".utf8).write(to: configuration)
            let arguments = [
                "--config.file=\(configuration.path)", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--web.route-prefix=/under",
            ]
            let url = "http://127.0.0.1:\(port)/under"
            try await RealServer.with(program: "prometheus", arguments) {
                let ready = try? await Checked("http", "\(url)/-/ready", timeout: .seconds(1))
                return ready?.seen.passed == true
            } _: {
                let rows: [(query: String, bound: String?, value: Double?, reason: String?)] = [
                    ("1 + 1", "== 2", 2, nil), ("vector(3)", "< 5", 3, nil),
                    ("vector(3)", ">= 5", 3, "not >= 5"), ("vector(7)", nil, 7, nil),
                    ("vector(-1.5)", "<= -1.5", -1.5, nil),
                    (#"label_replace(vector(1), "a", "é&=+%", "", "")"#, "!= 2", 1, nil),
                    ("vector(1e300) * 1e300", "> 5", .infinity, nil),
                    ("vector(0) / 0", "< 5", nil, "no data"),
                    ("up", "== 1", nil, "no data"),
                    (
                        #"vector(1) or label_replace(vector(2), "a", "b", "", "")"#, "> 0", nil,
                        "more than one value"
                    ),
                    (#""text""#, nil, nil, "the query has no single value"),
                    ("up[5m]", nil, nil, "the query has no single value"),
                    ("rate(", nil, nil, "Prometheus: bad_data"),
                ]
                for row in rows {
                    let bound = row.bound.map { ", bound: '\($0)'" } ?? ""
                    let yaml = "{url: '\(url)', query: '\(row.query)'\(bound)}"
                    let seen = try await Checked(
                        "prometheus", yaml, wanted: [FactName("value")]
                    ).seen
                    #expect(seen.reason == row.reason, "\(row.query)")
                    #expect(
                        seen.facts[FactName("value")] == row.value.map { .number($0) },
                        "\(row.query)")
                }
                // Without the prefix it is not found, and not JSON.
                let lost = try await Checked(
                    "prometheus", "{url: 'http://127.0.0.1:\(port)', query: up}"
                ).seen
                #expect(lost.reason == "status 404, not 200")
            }
        }
    }

    @Test(arguments: [
        ("", "the answer is not Prometheus's"), ("{}", "the answer is not Prometheus's"),
        ("[]", "the answer is not Prometheus's"),
        (#"{"status":"success","data":{"resultType":"vector"}}"#, "the answer is not Prometheus's"),
        (
            #"{"status":"success","data":{"resultType":"scalar","result":[0]}}"#,
            "the answer is not Prometheus's"
        ),
        (
            #"{"status":"success","data":{"resultType":"scalar","result":[0,"x"]}}"#,
            "the answer is not Prometheus's"
        ),
        (String(repeating: "[", count: 100_000), "the answer is not Prometheus's"),
        (String(repeating: "a", count: 1_100_000), "the body is larger than 1 MiB"),
    ])
    func `what only resembles it`(body: String, reason: String) async throws {
        let server = try await ScriptedServer { _, _ in
            "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let yaml = "{url: 'http://127.0.0.1:\(server.port)', query: up}"
        let seen = try await Checked("prometheus", yaml).seen
        #expect(seen.reason == reason)
        await server.close()
    }

    @Test(arguments: [("/half", "the answer ended early"), ("/reset", "connection reset")])
    func `attacks`(path: String, reason: String) async throws {
        try await RealServer.with("endpoint.py") { port in
            let base = "http://127.0.0.1:\(port)"
            var request = HTTPProbe()
            request.url = try HTTPURL(parsing: base + path)
            let session = PrometheusSession(
                http: try HTTPSession(request, wanted: []), bound: nil, wanted: [])
            let seen = await session.check()
            #expect(seen.reason == reason)
        }
    }
}
