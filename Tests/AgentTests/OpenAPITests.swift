import Control
import HTTPTypes
import Testing

@testable import Agent

/// Holds `openapi.json` to the route table and to the values, in both directions.
@Suite struct OpenAPITests {
    let document: JSONValue

    init() throws {
        document = try ControlJSON.decode(JSONValue.self, from: PackageResources.openapi_json)
    }

    @Test func everyRouteIsThereAndNoOther() {
        let documented = Set(
            document["paths"].members.flatMap { path, operations in
                JSONValue?.some(operations).members.keys.map { "\($0.uppercased()) \(path)" }
            })
        #expect(documented == Set(Route.all.map { "\($0.method.rawValue) \($0.path)" }))
        #expect(Set(Route.all.map(\.operation)).count == Route.all.count)
        #expect(document["info"]?["version"] == .string(Release.version))
    }

    @Test(arguments: Route.all.indices)
    func anOperation(index: Int) throws {
        let route = Route.all[index]
        let operation = try #require(
            document["paths"]?[route.path]?[route.method.rawValue.lowercased()])
        #expect(operation["operationId"] == .string(route.operation))
        var expected = route.query.map { "query \($0.name) \($0.kind.rawValue)" }
        if route.path.contains("{id}") { expected.append("path id text") }
        let parameters = operation["parameters"].elements.map { parameter in
            let schema = parameter["schema"]
            let kind =
                schema?["type"] == .string("boolean")
                ? "flag"
                : schema?["pattern"] != nil && parameter["in"] == .string("query")
                    ? "duration" : "text"
            return "\(parameter["in"].text) \(parameter["name"].text) \(kind)"
        }
        #expect(Set(parameters) == Set(expected))
        #expect(
            Set(operation["requestBody"]?["content"].members.keys.map { $0 } ?? [])
                == Set(route.takes))
        #expect(
            Set(operation["responses"].members.keys)
                == Set(([route.status] + route.errorStatuses).map(String.init)))
        let good = operation["responses"]?[String(route.status)]?["content"]
        #expect(good.members.keys.map { $0 } == [route.gives.mediaType])
        switch route.gives {
        case .json(let schema), .lines(let schema):
            #expect(good?[route.gives.mediaType]?["schema"] == reference(schema))
        case .document: break
        }
        for status in route.errorStatuses {
            // An unhealthy agent says how it is, in the same words as a healthy one.
            let schema = route.operation == "health" && status == 503 ? "Health" : "APIError"
            #expect(
                operation["responses"]?[String(status)]?["content"]?["application/json"]?["schema"]
                    == reference(schema))
        }
    }

    @Test func theValuesAreTheSchemas() throws {
        let fault = ArmedFault(
            id: "f1", name: "", names: [], effects: [], dryRun: false, seed: 1,
            armedAt: Timestamp(milliseconds: 0), endsAt: Timestamp(milliseconds: 0),
            leaseEndsAt: Timestamp(milliseconds: 0), remainingSeconds: 0, counts: FaultCounts(),
            owner: Owner(uid: 0, pid: 0), spec: .object([:]))
        let time = Timestamp(milliseconds: 0)
        let network = AgentStatus.Network(inode: 1, name: "")
        func status(_ journal: JournalStatus, queues: QueueRun?) -> AgentStatus {
            AgentStatus(
                version: "", pid: 0, uptimeSeconds: 0, halted: false, onDemand: false,
                netns: queues.map { _ in network }, queue: queues?.first, queues: queues,
                statement: .none, prefilter: .idle,
                faults: [], counters: PacketCounters(),
                journal: journal, unguarded: queues.map { _ in "" })
        }
        let journal = JournalStatus(path: "", problem: "")
        let shared = SharedAddress(address: "", name: "")
        let unfollowed = UnfollowedAddress(address: "", name: "", reason: .session)
        let report = ConnectionReport(
            addresses: 1, unheard: 1, shared: [shared], unfollowed: [unfollowed])
        var full = fault
        full.connections = report
        try check("ArmedFault", fault, full)
        try check("ConnectionReport", ConnectionReport(addresses: 1), report)
        try check("SharedAddress", shared, shared)
        try check("UnfollowedAddress", unfollowed, unfollowed)
        try check("FaultList", FaultList(faults: []), FaultList(faults: []))
        try check("FaultCounts", FaultCounts(), FaultCounts())
        try check("Owner", fault.owner, fault.owner)
        let run = QueueRun(first: 1, count: 2)
        try check("AgentStatus", status(journal, queues: nil), status(journal, queues: run))
        try check("QueueRun", run, run)
        try check("Network", AgentStatus.Network(inode: 1), network)
        try check("PacketCounters", PacketCounters(), PacketCounters())
        try check("JournalStatus", JournalStatus(path: nil), journal)
        try check("Health", Health(healthy: true), Health(healthy: false, problem: ""))
        try check("APIError", APIError(.spec, ""), APIError(.spec, "", location: ""))
        try check("Survey", Survey(), Survey(cut: ""))
        func finding(_ number: UInt16?) -> SurveyFinding {
            SurveyFinding(
                family: "", table: "", chain: "", base: "", hook: "", priority: 0,
                handle: number.map { UInt64($0) }, action: .drop, queue: number, port: number,
                packets: .answers, transports: [], families: [], certain: true, namesPort: true)
        }
        try check("SurveyFinding", finding(nil), finding(1))
        try check(
            "AgentEvent", AgentEvent(time: time, event: .arm),
            AgentEvent(
                time: time, event: .arm, fault: "", name: "", who: fault.owner, why: "",
                counts: FaultCounts(), terms: .init(fault), netns: ""))
        try check("Terms", AgentEvent.Terms(fault), AgentEvent.Terms(fault))
        #expect(document["components"]?["schemas"].members.count == 18)
    }

    @Test func theEnumerationsAreComplete() {
        func values(_ schema: String, _ property: String) -> Set<String> {
            let property = document["components"]?["schemas"]?[schema]?["properties"]?[property]
            return Set((property?["enum"]).elements.map { JSONValue?.some($0).text })
        }
        #expect(values("APIError", "code") == Set(APIError.Code.all.map(\.rawValue)))
        #expect(values("AgentEvent", "event") == Set(AgentEvent.Kind.all.map(\.rawValue)))
        #expect(
            values("SurveyFinding", "action")
                == Set(SurveyFinding.Action.allCases.map(\.rawValue)))
        #expect(
            values("SurveyFinding", "packets")
                == Set(SurveyFinding.Packets.allCases.map(\.rawValue)))
        #expect(
            values("UnfollowedAddress", "reason")
                == Set(UnfollowedAddress.Reason.allCases.map(\.rawValue)))
        #expect(
            values("AgentStatus", "statement")
                == Set(AgentStatus.Statement.allCases.map(\.rawValue)))
        #expect(
            values("AgentStatus", "prefilter")
                == Set(AgentStatus.Prefilter.allCases.map(\.rawValue)))
    }

    private func reference(_ schema: String) -> JSONValue {
        .object(["$ref": .string("#/components/schemas/\(schema)")])
    }

    /// The keys of the emptiest value are required, those of the fullest are all there are.
    private func check(
        _ name: String, _ least: some Encodable, _ most: some Encodable
    ) throws {
        let schema = document["components"]?["schemas"]?[name]
        let required = Set((schema?["required"]).elements.map { JSONValue?.some($0).text })
        #expect(required == Set(try keys(of: least)), "\(name)")
        #expect(
            Set((schema?["properties"]).members.keys) == Set(try keys(of: most)), "\(name)")
    }

    private func keys(of value: some Encodable) throws -> [String] {
        let json = try ControlJSON.decode(JSONValue.self, from: ControlJSON.encode(value))
        return JSONValue?.some(json).members.keys.map { $0 }
    }
}

extension JSONValue? {
    fileprivate var members: [String: JSONValue] {
        if case .object(let members)? = self { return members }
        return [:]
    }

    fileprivate var elements: [JSONValue] {
        if case .array(let elements)? = self { return elements }
        return []
    }

    fileprivate var text: String {
        if case .string(let text)? = self { return text }
        return ""
    }
}
