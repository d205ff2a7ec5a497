import FaultKinds
import FoundationEssentials
import GameDay
import ProbeKinds
import Spec

/// Reads game days of the tests: the real catalogue of faults, a few fault files, tiny probes.
enum Reading {
    static let kinds: [any Probe.Type] = [TinyProbe.self, OtherProbe.self]

    static let files = [
        "faults/slow.yaml": "title: slow\nnames: slow.example\ndns: {delay: 300ms}\nfor: 1m\n",
        "faults/flapping.yaml": """
        names: flap.example
        dns: [{partial: {keep: 1, rotate: 30s}}, {delay: 300ms}, {empty: {ttl: 60s}}]
        flap: {on: 20s, off: 10s, jitter: 2s}
        after: 10s
        for: 2m
        """,
        "faults/table-empty.yaml": """
        title: the table has no addresses
        names: [dynamodb.us-east-1.amazonaws.com, "*.ddb.us-east-1.amazonaws.com"]
        dns: {empty: {ttl: 60s}}
        for: 10m
        """,
        "faults/region-out.yaml":
            "names: '*.us-east-1.amazonaws.com'\ndns: [servfail, {delay: {by: 2s, jitter: 1s}}]\n",
        "faults/half.yaml": "names: a.example\ndns: timeout\nprobability: 50%\nseed: 42\n",
        "faults/broken.yaml": "names: a.example\ndns: {delay: 3 parsecs}\n",
        "faults/torn.yaml": "names: [a.example\n",
    ]

    static let faults = FaultLibrary(names: FaultCatalogue.all.map(\.name)) {
        (reference, location) throws(SpecError) in
        if let text = FaultCatalogue.text(named: reference) {
            return try Node.load(yaml: text, file: "Faults/\(reference).yaml")
        }
        guard reference.contains("/") || reference.hasSuffix(".yaml") else { return nil }
        guard let text = files[reference] else {
            throw SpecError(
                location: location, key: "arm", problem: "\(reference) cannot be read",
                hint: "there is no such file")
        }
        return try Node.load(yaml: text, file: reference)
    } check: { (node) throws(SpecError) in
        _ = try Fault(node)
    }

    static func gameDay(
        _ yaml: String, set: [String: String] = [:], environment: [String: String] = [:],
        kinds: [any Probe.Type] = Reading.kinds
    ) throws(SpecError) -> GameDay {
        try GameDay(
            node: Node.load(yaml: yaml, file: "g.yaml"), set: set, environment: environment,
            faults: faults, kinds: kinds)
    }

    /// What a mistake says, or that there is none.
    static func line(
        _ yaml: String, set: [String: String] = [:], speed: Double? = nil
    ) -> String {
        do throws(SpecError) {
            let gameDay = try gameDay(yaml, set: set)
            guard let speed else { return "no mistake" }
            let plan = try Plan(gameDay, speed: speed)
            return plan.warnings.isEmpty ? "no mistake" : plan.warnings.map(\.description).joined()
        } catch {
            return error.description
        }
    }

    /// The file as it is written, in JSON.
    static func json(_ yaml: String, name: String) throws(SpecError) -> String {
        try Node.load(yaml: yaml, file: name).json()
    }
}
