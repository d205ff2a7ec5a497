import FoundationEssentials
import NIOCore
import NIOHTTP1
import Spec

/// An instant query of a Prometheus server, compared with a bound.
///
/// The query must have one value: a scalar, or a vector with one element. An empty vector is a
/// failure, for no data proves nothing.
///
/// Example:
///     errors:
///       prometheus: {url: "http://127.0.0.1:9090", query: 'rate(errors_total[1m])', bound: "< 5"}
///       every: 5s
public struct PrometheusProbe: KeyedProbe {
    /// The server: an `http` or `https` URL, without `/api/v1/query`.
    public var url: HTTPURL?
    /// The query, in PromQL.
    public var query: String?
    /// What its value must be: `< 5`, `>= 0.99`, `== 1`. Without it any value passes.
    public var bound: Bound?
    /// Headers to send, by name.
    public var headers: [HTTPProbe.Pair] = []
    /// A PEM file with the certificates to trust, instead of the system's.
    public var ca: String?
    /// Whether any certificate will do.
    public var insecure = false
    /// Whether it only watches: no fault on connections touches it. It needs CAP_NET_ADMIN.
    public var observer = false

    public static let name = "prometheus"
    public static let keys: [ProbeKey<Self>] = [
        .value("url", \.url, .text, expected: "a URL", required: true) {
            (text) throws(ValueProblem) in try HTTPURL(parsing: text)
        },
        .value("query", \.query, .text, expected: "a query", required: true) {
            (text) throws(ValueProblem) in text
        },
        .value("bound", \.bound, .text, expected: "a bound") { (text) throws(ValueProblem) in
            try Bound(parsing: text)
        },
        .texts("headers", \.headers, of: "`headers`") { (name, value) throws(ValueProblem) in
            try HTTPProbe.Pair(name: HTTPToken.name(name), value: HTTPToken.value(value))
        },
        .text("ca", \.ca), .bool("insecure", \.insecure), .bool("observer", \.observer),
    ]
    public static let facts = [FactSchema("value", .number, "The value of the query.")]

    public init() {}

    public var target: String { "\(query ?? "") \(bound?.description ?? "")" }

    public func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        var request = HTTPProbe()
        request.url = url
        let base = url?.target ?? "/"
        let folder = base.hasSuffix("/") ? String(base.dropLast()) : base
        request.url?.target = "\(folder)/api/v1/query"
        request.method = "POST"
        request.headers =
            headers + [.init(name: "Content-Type", value: "application/x-www-form-urlencoded")]
        request.body = "query=\(Self.escaped(query ?? ""))"
        request.ca = ca
        request.insecure = insecure
        request.observer = observer
        // Its errors have an answer with a reason of their own.
        request.status = [StatusRange(200...599)]
        return PrometheusSession(
            http: try HTTPSession(request, wanted: []), bound: bound, wanted: wanted)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber { return "\(character)" }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// A `prometheus` probe at work.
struct PrometheusSession: ProbeSession {
    let http: HTTPSession
    let bound: Bound?
    let wanted: Set<FactName>

    func check() async -> Observation {
        var (seen, outcome) = await http.look()
        guard seen.passed, let head = outcome.head else { return seen }
        let body = Data((outcome.body ?? ByteBuffer()).readableBytesView)
        let status = Int(head.status.code)
        let value =
            outcome.isHeavy
            ? await withTaskExecutorPreference(globalConcurrentExecutor) {
                Self.value(in: body, status: status)
            } : Self.value(in: body, status: status)
        switch value {
        case .success(let value):
            let name = FactName("value")
            if wanted.contains(name) { seen.facts[name] = .number(value) }
            if let bound, !bound.holds(value) { seen.reason = "not \(bound)" }
        case .failure(let failure): seen.reason = failure.reason
        }
        seen.passed = seen.reason == nil
        return seen
    }

    func close() async { await http.close() }

    static func value(in body: Data, status: Int) -> Result<Double, CheckFailure> {
        guard let document = try? JSONDecoder().decode(JSONDocument.self, from: body),
            case .object(let root) = document
        else {
            if status != 200 { return .failure(CheckFailure("status \(status), not 200")) }
            return .failure(CheckFailure("the answer is not Prometheus's"))
        }
        if root["status"] == .text("error"), case .text(let kind)? = root["errorType"] {
            return .failure(CheckFailure("Prometheus: \(kind)"))
        }
        guard case .object(let data)? = root["data"], case .text(let type)? = data["resultType"],
            case .list(let result)? = data["result"]
        else { return .failure(CheckFailure("the answer is not Prometheus's")) }
        var sample = result
        if type == "vector" {
            if result.isEmpty { return .failure(CheckFailure("no data")) }
            guard result.count == 1, case .object(let element)? = result.first,
                case .list(let value)? = element["value"]
            else { return .failure(CheckFailure("more than one value")) }
            sample = value
        } else if type != "scalar" {
            return .failure(CheckFailure("the query has no single value"))
        }
        guard sample.count == 2, case .text(let text) = sample[1], let value = Double(text) else {
            return .failure(CheckFailure("the answer is not Prometheus's"))
        }
        return value.isNaN ? .failure(CheckFailure("no data")) : .success(value)
    }
}
