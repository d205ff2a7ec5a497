import FoundationEssentials
import NIOCore
import NIOHTTP1
public import Spec

/// A request to the service: what it answers, and how fast.
///
/// A check connects, sends one request and reads the answer to its end, up to 1 MiB. Redirects are
/// answers like any other and not followed. Each check has a connection of its own, for a name that
/// has no addresses hurts only those who connect; `connection: kept` shows what clients see that are
/// connected already. Names are resolved as programs do, through the system.
///
/// Latency is the time until the last byte, TTFB until the first. It passes if the answer has the
/// status, and the headers, the text and the JSON values where they are asked for. An answer that ends
/// early is a failure, whatever its status was.
///
/// Example:
///     checkout:
///       http: {url: "http://127.0.0.1:8080/orders/1", status: 200, json: {$.mode: ok}}
///       every: 1s
public struct HTTPProbe: KeyedProbe {
    /// What to ask for: an `http` or `https` URL.
    public var url: HTTPURL?
    /// The method of the request.
    public var method = "GET"
    /// Headers to send, by name.
    public var headers: [Pair] = []
    /// The body to send.
    public var body: String?
    /// A PEM file with the certificates to trust, instead of the system's.
    public var ca: String?
    /// Whether any certificate will do.
    public var insecure = false
    /// The statuses that pass: a number, a class such as `2xx`, or a list of them.
    public var status = StatusRange.usual
    /// Headers that the answer must have, each with its value.
    public var header: [Pair] = []
    /// A text that the body must contain.
    public var contains: String?
    /// JSON paths such as `$.a.b[0]`, each with the value that the body must have there.
    public var json: [JSONValueAt] = []
    /// A `fresh` connection for each check, or one that is `kept`.
    public var connection = ConnectionUse.fresh

    /// A name and a value.
    public struct Pair: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// A place in the body, and what must be there.
    public struct JSONValueAt: Hashable, Sendable {
        var path: JSONPath
        var value: String
    }

    /// Whether a probe connects for each check.
    public enum ConnectionUse: String, CaseIterable, Sendable { case fresh, kept }
    /// Whether it only watches: no fault on connections touches it. It needs CAP_NET_ADMIN.
    public var observer = false

    public static let name = "http"
    public static let primaryKey: String? = "url"
    public static let keys: [ProbeKey<Self>] = [
        .value("url", \.url, .text, expected: "a URL", required: true) {
            (text) throws(ValueProblem) in try HTTPURL(parsing: text)
        },
        .value("method", \.method, .text, expected: "a method", default: "GET") {
            (text) throws(ValueProblem) in try HTTPToken.method(text)
        },
        .texts("headers", \.headers, of: "`headers`") { (name, value) throws(ValueProblem) in
            try Pair(name: HTTPToken.name(name), value: HTTPToken.value(value))
        },
        .text("body", \.body),
        .text("ca", \.ca), .bool("insecure", \.insecure),
        .values(
            "status", \.status, .shaped(StatusRange.pattern), expected: "a status",
            default: "2xx, 3xx"
        ) { (text) throws(ValueProblem) in try StatusRange(parsing: text) },
        .texts("header", \.header, of: "`header`") { (name, value) throws(ValueProblem) in
            Pair(name: try HTTPToken.name(name), value: value)
        },
        .text("contains", \.contains),
        .texts("json", \.json, of: "`json`") { (path, value) throws(ValueProblem) in
            JSONValueAt(path: try JSONPath(parsing: path), value: value)
        },
        .choice("connection", \.connection), .bool("observer", \.observer),
    ]
    public static let facts = [
        FactSchema("status", .number, "The status code."),
        FactSchema("header", .text, argument: "NAME", "A header of the answer."),
        FactSchema("json", .text, argument: "PATH", "A number or text of a JSON body."),
        FactSchema("body", .text, "The whole body."),
    ]

    public init() {}

    public func check(_ fields: Fields) throws(SpecError) {
        guard let url, !url.isSecure else { return }
        for key in ["ca", "insecure"] where fields.contains(key) {
            throw fields.error(key, "there is no TLS here", hint: "write an https URL")
        }
    }

    public var target: String { "\(method) \(url.map(\.description) ?? "")" }

    public func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        try HTTPSession(self, wanted: wanted)
    }
}

/// An `http` probe at work.
struct HTTPSession: ProbeSession {
    private let probe: HTTPProbe
    private let client: HTTPClient
    private let head: HTTPRequestHead
    private let body: ByteBuffer?
    private let wanted: Set<FactName>
    /// The paths that expectations ask for, read once.
    private let paths: [(name: FactName, path: JSONPath)]

    init(_ probe: HTTPProbe, wanted: Set<FactName>, lookups: Lookups = .shared) throws(ProbeError) {
        guard let url = probe.url else { throw ProbeError("no url") }
        self.probe = probe
        self.wanted = wanted
        var paths: [(name: FactName, path: JSONPath)] = []
        for name in wanted where name.word == "json" {
            do throws(ValueProblem) {
                paths.append((name, try JSONPath(parsing: name.argument)))
            } catch {
                throw ProbeError(error.description)
            }
        }
        self.paths = paths
        let dialer = try Dialer(url.server, lookups: lookups, observing: probe.observer)
        let keeps = probe.connection == .kept
        let tls: TLSClient? =
            url.isSecure
            ? try TLSClient(
                serverName: dialer.serverName, authority: probe.ca, insecure: probe.insecure,
                protocols: ["http/1.1"]) : nil
        client = HTTPClient(dialer, tls: tls, keeps: keeps)
        body = probe.body.map { ByteBuffer(string: $0) }
        head = Self.head(of: probe, url: url, keeps: keeps, length: body?.readableBytes)
    }

    private static func head(
        of probe: HTTPProbe, url: HTTPURL, keeps: Bool, length: Int?
    ) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        for pair in probe.headers { headers.add(name: pair.name, value: pair.value) }
        func supply(_ name: String, _ value: String) {
            if !headers.contains(name: name) { headers.add(name: name, value: value) }
        }
        supply("Host", url.authority)
        supply("User-Agent", "brownout-probe")
        supply("Accept", "*/*")
        if !keeps { supply("Connection", "close") }
        if let length { headers.replaceOrAdd(name: "Content-Length", value: "\(length)") }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: probe.method), uri: url.target,
            headers: headers)
    }

    func check() async -> Observation { await look().seen }

    /// A check, with the answer as it came.
    func look() async -> (seen: Observation, outcome: HTTPOutcome) {
        let begin = ContinuousClock.now
        let outcome = await client.send(head, body: body)
        var seen = Observation(
            passed: false, latency: begin.duration(to: .now),
            ttfb: outcome.firstByte.map { begin.duration(to: $0) })
        if outcome.isHeavy {
            await withTaskExecutorPreference(globalConcurrentExecutor) { judge(outcome, &seen) }
        } else {
            judge(outcome, &seen)
        }
        return (seen, outcome)
    }

    private func judge(_ outcome: HTTPOutcome, _ seen: inout Observation) {
        let document = document(of: outcome)
        seen.reason = outcome.reason ?? problem(of: outcome, document)
        seen.passed = seen.reason == nil
        if !wanted.isEmpty { seen.facts = facts(of: outcome, document) }
    }

    func close() async { client.close() }

    private func document(of outcome: HTTPOutcome) -> JSONDocument? {
        guard !probe.json.isEmpty || !paths.isEmpty, outcome.reason == nil,
            let body = outcome.body
        else { return nil }
        return try? JSONDecoder().decode(JSONDocument.self, from: Data(body.readableBytesView))
    }

    private func problem(of outcome: HTTPOutcome, _ document: JSONDocument?) -> String? {
        guard let head = outcome.head else { return Reason.noAnswer }
        let status = Int(head.status.code)
        if let problem = StatusRange.problem(status, expected: probe.status) { return problem }
        for pair in probe.header {
            guard let value = Self.header(pair.name, of: head) else {
                return "no header \(pair.name)"
            }
            if value != pair.value { return "header \(pair.name) is not \(pair.value)" }
        }
        if let text = probe.contains, !String(buffer: outcome.body ?? ByteBuffer()).contains(text) {
            return "the body does not contain \(text.prefix(40))"
        }
        guard !probe.json.isEmpty else { return nil }
        guard let document else { return "the body is not JSON" }
        for expected in probe.json {
            guard let fact = document[expected.path]?.fact else {
                return "json \(expected.path) is not there"
            }
            let matches =
                switch fact {
                case .number(let number): Double(expected.value) == number
                case .text(let text): expected.value == text
                }
            if !matches { return "json \(expected.path) is not \(expected.value)" }
        }
        return nil
    }

    private func facts(
        of outcome: HTTPOutcome, _ document: JSONDocument?
    ) -> [FactName: FactValue] {
        guard let head = outcome.head else { return [:] }
        var facts: [FactName: FactValue] = [:]
        for name in wanted {
            switch name.word {
            case "status": facts[name] = .number(Double(head.status.code))
            case "header": facts[name] = Self.header(name.argument, of: head).map(FactValue.text)
            case "body" where outcome.reason == nil:
                facts[name] = .text(String(buffer: outcome.body ?? ByteBuffer()))
            default: break
            }
        }
        if let document {
            for (name, path) in paths { facts[name] = document[path]?.fact }
        }
        return facts
    }

    /// The values of a header, as one (RFC 9110 section 5.3).
    private static func header(_ name: String, of head: HTTPResponseHead) -> String? {
        let values = head.headers[name]
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
