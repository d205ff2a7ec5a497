import Control
import Testing

@Suite struct ValuesTests {
    static let fault = ArmedFault(
        id: "f1", name: "dynamodb-empty", names: ["dynamodb.us-east-1.amazonaws.com"],
        effects: ["empty"], dryRun: false, seed: 42, armedAt: Timestamp(milliseconds: 1),
        endsAt: Timestamp(milliseconds: 60_001), leaseEndsAt: Timestamp(milliseconds: 10_001),
        remainingSeconds: 9.5, counts: FaultCounts(seen: 4, matched: 3, fired: 2, passed: 1),
        owner: Owner(uid: 1000, pid: 77),
        spec: .object(["dns": .string("empty"), "seed": .integer(42), "probability": .number(0.5)]))

    @Test func anArmedFaultIsFlat() throws {
        let text = try ControlJSON.text(Self.fault)
        #expect(
            text == #"""
                {"armedAt":"1970-01-01T00:00:00.001Z","dryRun":false,"effects":["empty"],"endsAt":"1970-01-01T00:01:00.001Z","fired":2,"id":"f1","leaseEndsAt":"1970-01-01T00:00:10.001Z","matched":3,"name":"dynamodb-empty","names":["dynamodb.us-east-1.amazonaws.com"],"owner":{"pid":77,"uid":1000},"passed":1,"remainingSeconds":9.5,"seed":42,"seen":4,"spec":{"dns":"empty","probability":0.5,"seed":42}}
                """#)
        #expect(try ControlJSON.decode(ArmedFault.self, from: text.utf8) == Self.fault)
    }

    @Test func aStatusComesBack() throws {
        let status = AgentStatus(
            version: "1", pid: 2, uptimeSeconds: 1.25, halted: true, onDemand: false, queue: 7,
            queues: QueueRun(first: 7, count: 18), statement: .compat, prefilter: .labels,
            faults: [Self.fault],
            counters: PacketCounters(received: 1, accepted: 2, errors: 8),
            journal: JournalStatus(path: "/j", written: 3, lost: 1, problem: "full"))
        #expect(
            try ControlJSON.decode(AgentStatus.self, from: ControlJSON.encode(status)) == status)
    }

    @Test func anEventLeavesOutWhatItDoesNotSay() throws {
        let event = AgentEvent(time: Timestamp(milliseconds: 0), event: .halt)
        #expect(
            try ControlJSON.text(event) == #"{"event":"halt","time":"1970-01-01T00:00:00.000Z"}"#)
    }

    @Test func whatANewerAgentSaysIsUnderstood() throws {
        let line = #"{"event":"shrug","time":"1970-01-01T00:00:00Z","mood":3}"#
        let event = try ControlJSON.decode(AgentEvent.self, from: line.utf8)
        #expect(event.event == AgentEvent.Kind(rawValue: "shrug"))
        let error = try ControlJSON.decode(
            APIError.self, from: #"{"error":"no","code":"teapot"}"#.utf8)
        #expect(error.status == 500)
    }

    @Test func aSeedKeepsAll64Bits() throws {
        var fault = Self.fault
        fault.seed = .max
        #expect(
            try ControlJSON.decode(ArmedFault.self, from: ControlJSON.encode(fault)).seed == .max)
    }

    @Test(arguments: [
        "null", "true", "1", "-9007199254740993", "1.5", #""1""#, "[1,[],{}]", #"{"a":{"b":null}}"#,
    ])
    func jsonComesBack(text: String) throws {
        #expect(try ControlJSON.text(ControlJSON.decode(JSONValue.self, from: text.utf8)) == text)
    }

    @Test func everyCodeHasAStatusOfItsOwn() {
        for code in APIError.Code.all where code != .internal {
            #expect(APIError(code, "").status != 500, "\(code.rawValue)")
        }
    }
}
