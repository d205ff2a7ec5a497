import ProbeKinds
import Spec

/// A kind of probe that checks nothing and can tell everything.
///
/// The tests of files, expectations and plans need a kind's keys and facts, and never check.
struct TinyProbe: Probe {
    static let name = "tiny"
    static let schema = KeyGroup(
        "tiny", "Checks nothing.",
        keys: [
            KeySchema("url", .text, "Where.", required: true),
            KeySchema("status", .integer(100...599), "What is expected.", default: "200"),
        ], primary: "url")
    static let facts = [
        FactSchema("status", .number, "The status."),
        FactSchema("ttl", .duration, "How long it may be kept."),
        FactSchema("header", .text, argument: "NAME", "A header."),
        FactSchema("json", .text, argument: "PATH", "A value of a JSON body."),
        FactSchema("output", .text, "What it said."),
    ]

    var url: String
    var status: Int

    init(_ node: Node) throws(SpecError) {
        var fields = try Fields(node, of: "the tiny probe", primary: "url")
        url = try fields.requiredString("url")
        status = try fields.integer("status", in: 100...599) ?? 200
        try fields.finish()
    }

    var target: String { "GET \(url)" }

    func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        throw ProbeError("the tests of files open nothing")
    }
}

/// Another kind, so that two can be mixed up.
struct OtherProbe: Probe {
    static let name = "other"
    static let schema = KeyGroup("other", "Checks nothing either.", keys: [])
    static let facts: [FactSchema] = []

    init(_ node: Node) throws(SpecError) {}
    var target: String { "nothing" }
    func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession {
        throw ProbeError("the tests of files open nothing")
    }
}
