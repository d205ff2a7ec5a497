import Control
import ProbeKinds

extension RunEvent.Result {
    /// What a probe saw, as the journal has it: long texts are cut.
    init(_ probe: String, _ seen: Observation) {
        var facts: [String: JSONValue] = [:]
        for (name, value) in seen.facts {
            facts["\(name)"] =
                switch value.shortened {
                case .number(let number): number.json
                case .text(let text): .string(text)
                }
        }
        self.init(
            probe: probe, passed: seen.passed, reason: seen.reason,
            latency: seen.latency.milliseconds, ttfb: seen.ttfb?.milliseconds,
            facts: facts.isEmpty ? nil : facts)
    }
}

extension Duration {
    /// To the microsecond, which is all that a journal needs.
    var milliseconds: Double { (inSeconds * 1_000_000).rounded() / 1000 }
}

extension Double {
    /// A whole number where it is one; JSON has no NaN and no infinity.
    var json: JSONValue {
        guard isFinite else { return .string("\(self)") }
        return Int64(exactly: self).map(JSONValue.integer) ?? .number(self)
    }
}
