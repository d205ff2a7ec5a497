import FoundationEssentials
import NIOCore
public import Spec
public import Wire

/// Whether a name has addresses: the question that an outage of DNS answers with no.
///
/// That a name resolves is not enough: NOERROR with no addresses is a failure here, as it is for
/// every client. Every type is asked for at once, and what they have is counted together. Servers
/// are asked directly, without a cache of their own, one packet for a question and over TCP where an
/// answer is truncated; `server: system` asks as programs do, with /etc/hosts and all, and sees no
/// rcode and no TTL.
///
/// Example:
///     table:
///       dns: {name: dynamodb.us-east-1.amazonaws.com, types: [A]}
///       every: 1s
public struct DNSProbe: KeyedProbe {
    /// The name that must have addresses.
    public var name: DNS.Name = .root
    /// The types to ask for.
    public var types: [DNS.RecordType] = [.a, .aaaa]
    /// An address with or without a port, or `system`; without it the nameservers of resolv.conf.
    public var server = NameServer.configured
    /// How many addresses there must be at least; 0 where another rcode than NOERROR is expected.
    public var addresses: Int?
    /// The response code that passes.
    public var rcode = DNS.ResponseCode.noError
    /// Bounds of the smallest TTL of the answers: `min`, `max` or both.
    public var ttl = Bounds()

    /// The least and the most that a TTL may be.
    public struct Bounds: Hashable, Sendable {
        var least: Duration?
        var most: Duration?
    }

    public static let name = "dns"
    public static let primaryKey: String? = "name"
    public static let keys: [ProbeKey<Self>] = [
        .value("name", \.name, .text, expected: "a domain name", required: true) {
            (text) throws(ValueProblem) in
            guard let name = DNS.Name(text), !name.isRoot else {
                throw ValueProblem(
                    "\"\(text.prefix(60))\" is not a domain name", hint: "write api.example.com")
            }
            return name
        },
        .values(
            "types", \.types,
            .choices(["A", "AAAA"], or: "^TYPE[0-9]+$|^[A-Za-z][A-Za-z0-9]*$"),
            expected: "a record type", default: "A, AAAA"
        ) { (text) throws(ValueProblem) in
            guard let type = DNS.RecordType(text) else {
                throw ValueProblem(
                    "\"\(text.prefix(60))\" is not a record type", hint: "write A, AAAA or MX")
            }
            return type
        },
        .value("server", \.server, .text, expected: "a server") { (text) throws(ValueProblem) in
            guard let server = NameServer(text) else {
                throw ValueProblem(
                    "\"\(text.prefix(60))\" is not the address of a server",
                    hint: "write 127.0.0.1, 127.0.0.1:5353 or system")
            }
            return server
        },
        .optionalInteger("addresses", \.addresses, in: 0...1000, default: "1"),
        .value("rcode", \.rcode, .text, expected: "a response code", default: "NOERROR") {
            (text) throws(ValueProblem) in
            guard let code = DNS.ResponseCode(text) else {
                throw ValueProblem(
                    "\"\(text.prefix(60))\" is not a response code",
                    hint: "write NOERROR, NXDOMAIN or a number")
            }
            return code
        },
        .group("ttl", \.ttl, ttlSchema) { (fields) throws(SpecError) in
            let bounds = Bounds(
                least: try fields.duration("min"), most: try fields.duration("max"))
            if let least = bounds.least, let most = bounds.most, least > most {
                throw fields.error("max", "it is below `min`", hint: "swap them")
            }
            return bounds
        },
    ]
    private static let ttlSchema = KeyGroup(
        "ttl", "Bounds of the smallest TTL of the answers.",
        keys: [
            KeySchema("min", .duration, "The least that it may be."),
            KeySchema("max", .duration, "The most that it may be."),
        ])
    public static let facts = [
        FactSchema("rcode", .text, "The response code: NOERROR, NXDOMAIN …"),
        FactSchema("addresses", .number, "How many addresses the answers hold."),
        FactSchema("ttl", .duration, "The smallest TTL of the answers."),
        FactSchema("types", .text, "The types among the answers, such as `CNAME A`."),
    ]

    public init() {}

    public func check(_ fields: Fields) throws(SpecError) {
        guard server == .system else { return }
        for key in ["rcode", "ttl"] where fields.contains(key) {
            throw fields.error(
                key, "the system does not tell", hint: "name a server, or leave `server` out")
        }
        guard types.allSatisfy(\.isAddress) else {
            throw fields.error(
                "types", "the system tells addresses only", hint: "write A, AAAA or both")
        }
    }

    public var target: String {
        let words = ([name.description] + types.map(\.description)).joined(separator: " ")
        return server == .configured ? words : "\(words) @\(server)"
    }

    public func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        switch server {
        case .system: return SystemDNSSession(probe: self, wanted: wanted)
        case .address(let endpoint): return DNSSession(self, servers: [endpoint], wanted: wanted)
        case .configured:
            let text = (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)) ?? ""
            return DNSSession(
                self, servers: NameServer.configured(in: text), wanted: wanted)
        }
    }

    /// Whether addresses are asked for at all, rather than MX or TXT records.
    var wantsAddresses: Bool { types.contains(where: \.isAddress) }

    var least: Int { addresses ?? (rcode == .noError ? 1 : 0) }
}

/// A `dns` probe that asks servers itself.
struct DNSSession: ProbeSession {
    private let probe: DNSProbe
    private let client: DNSClient
    private let wanted: Set<FactName>

    init(_ probe: DNSProbe, servers: [Endpoint], wanted: Set<FactName>) {
        self.probe = probe
        self.wanted = wanted
        client = DNSClient(servers: servers)
    }

    func check() async -> Observation {
        let begin = ContinuousClock.now
        var replies: [DNSReply] = []
        var failure: CheckFailure?
        for result in await results() {
            switch result {
            case .success(let reply): replies.append(reply)
            case .failure(let error): failure = failure ?? error
            }
        }
        let latency = begin.duration(to: .now)
        let reason = failure?.reason ?? problem(replies)
        return Observation(
            passed: reason == nil, reason: reason, latency: latency, facts: facts(replies))
    }

    func close() async {}

    private func results() async -> [Result<DNSReply, CheckFailure>] {
        let client = client
        let questions = probe.types.map { DNS.Builder.Query(probe.name, $0) }
        if questions.count == 1 { return [await client.ask(questions[0])] }
        return await withTaskGroup(of: (Int, Result<DNSReply, CheckFailure>).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, await client.ask(question)) }
            }
            var results: [(Int, Result<DNSReply, CheckFailure>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func problem(_ replies: [DNSReply]) -> String? {
        if let other = replies.first(where: { $0.rcode != probe.rcode }) {
            return probe.rcode == .noError ? "\(other.rcode)" : "\(other.rcode), not \(probe.rcode)"
        }
        let count = replies.reduce(0) { $0 + (probe.wantsAddresses ? $1.addresses : $1.records) }
        if count < probe.least {
            let what =
                probe.wantsAddresses
                ? "addresses" : probe.types.map(\.description).joined(separator: " ")
            return count == 0
                ? "\(probe.rcode), no \(what)" : "\(count) \(what), not \(probe.least)"
        }
        guard let ttl = replies.compactMap(\.ttl).min() else { return nil }
        if let least = probe.ttl.least, .seconds(ttl) < least { return "TTL below \(least.spec)" }
        if let most = probe.ttl.most, .seconds(ttl) > most { return "TTL above \(most.spec)" }
        return nil
    }

    private func facts(_ replies: [DNSReply]) -> [FactName: FactValue] {
        guard !wanted.isEmpty, let first = replies.first else { return [:] }
        let rcode = replies.first { $0.rcode != probe.rcode }?.rcode ?? first.rcode
        var types: [DNS.RecordType] = []
        for type in replies.flatMap(\.types) where !types.contains(type) { types.append(type) }
        var facts: [FactName: FactValue] = [
            FactName("rcode"): .text(rcode.description),
            FactName("addresses"): .number(Double(replies.reduce(0) { $0 + $1.addresses })),
            FactName("types"): .text(types.map(\.description).joined(separator: " ")),
        ]
        if let ttl = replies.compactMap(\.ttl).min() {
            facts[FactName("ttl")] = .number(Double(ttl))
        }
        return facts.filter { wanted.contains($0.key) }
    }
}

/// A `dns` probe that asks as programs do.
struct SystemDNSSession: ProbeSession {
    let probe: DNSProbe
    var wanted: Set<FactName> = []
    var lookups = Lookups.shared

    func check() async -> Observation {
        let begin = ContinuousClock.now
        // With the dot at its end it would not be looked for in /etc/hosts.
        let name = probe.name.description
        let future = lookups.addresses(of: name.last == "." ? String(name.dropLast()) : name)
        let promise = future.eventLoop.makePromise(of: [SocketAddress].self)
        future.cascade(to: promise)
        let result = await withTaskCancellationHandler {
            do {
                return Result<[SocketAddress], CheckFailure>.success(
                    try await promise.futureResult.get())
            } catch {
                return .failure(CheckFailure(error))
            }
        } onCancel: {
            promise.fail(CheckFailure(Reason.timedOut))
        }
        let latency = begin.duration(to: .now)
        switch result {
        case .failure(let failure):
            return Observation(passed: false, reason: failure.reason, latency: latency)
        case .success(let all):
            let count = all.count {
                $0.protocol == .inet ? probe.types.contains(.a) : probe.types.contains(.aaaa)
            }
            let reason =
                count >= probe.least
                ? nil : count == 0 ? "no addresses" : "\(count) addresses, not \(probe.least)"
            let fact = FactName("addresses")
            return Observation(
                passed: reason == nil, reason: reason, latency: latency,
                facts: wanted.contains(fact) ? [fact: .number(Double(count))] : [:])
        }
    }

    func close() async {}
}
