import Control

/// What of a run is not for a ticket: the values of variables that are named like secrets, wherever
/// they turn up in what is told.
public struct Secrets: Sendable {
    /// What is told in their place.
    public static let mask = "(not shown)"
    /// A shorter value is hidden where it is given, and looked for nowhere else: it would turn up by
    /// chance.
    static let shortest = 4

    private let values: [String]

    public init(_ variables: [GameDay.Variable]) {
        // The longer first, should one be a part of another.
        values = variables.filter { Self.isSecret($0.name) && $0.value.count >= Self.shortest }
            .map(\.value).sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// Whether a variable is named like a secret.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return [
            "TOKEN", "SECRET", "PASSW", "PWD", "CREDENTIAL", "APIKEY", "API_KEY", "PRIVATE", "AUTH",
        ].contains { name.contains($0) }
            || name.split(separator: "_").contains { $0.hasSuffix("KEY") || $0 == "PASS" }
    }

    public func masked(_ text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: Self.mask) }
    }

    private func mask(_ text: inout String?) { text = text.map(masked) }

    private func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(masked(text))
        case .array(let values): .array(values.map(masked))
        case .object(let members): .object(members.mapValues(masked))
        default: value
        }
    }
}

extension Secrets {
    public func masked(_ header: RunHeader) -> RunHeader {
        var header = header
        for (name, value) in header.variables {
            header.variables[name] = Self.isSecret(name) ? Self.mask : masked(value)
        }
        guard !values.isEmpty else { return header }
        header.title = masked(header.title)
        mask(&header.about)
        mask(&header.runbook)
        header.roles = header.roles.mapValues(masked)
        header.text = masked(header.text)
        for index in header.probes.indices {
            header.probes[index].target = masked(header.probes[index].target)
        }
        for index in header.phases.indices {
            mask(&header.phases[index].about)
            header.phases[index].until = header.phases[index].until.map(masked)
            header.phases[index].steps = header.phases[index].steps.map(masked)
            for place in header.phases[index].expect.indices {
                header.phases[index].expect[place].text = masked(
                    header.phases[index].expect[place].text)
            }
        }
        header.stop = header.stop.map(masked)
        return header
    }

    public func masked(_ event: RunEvent) -> RunEvent {
        guard !values.isEmpty else { return event }
        var event = event
        switch event.kind {
        case .phaseBegan, .phaseEnded, .counts: break
        case .armed(var value):
            value.names = value.names.map(masked)
            value.effects = value.effects.map(masked)
            value.spec = masked(value.spec)
            event.kind = .armed(value)
        case .lifted(var value):
            value.why = masked(value.why)
            event.kind = .lifted(value)
        case .result(var value):
            mask(&value.reason)
            value.facts = value.facts?.mapValues(masked)
            event.kind = .result(value)
        case .expectation(var value):
            value.text = masked(value.text)
            mask(&value.measured)
            event.kind = .expectation(value)
        case .stepBegan(var value):
            value.text = masked(value.text)
            event.kind = .stepBegan(value)
        case .stepEnded(var value):
            mask(&value.detail)
            event.kind = .stepEnded(value)
        case .note(var value):
            value.text = masked(value.text)
            event.kind = .note(value)
        case .stopped(var value):
            value.why = masked(value.why)
            event.kind = .stopped(value)
        }
        return event
    }

    public func masked(_ verdict: Verdict) -> Verdict {
        var verdict = verdict
        verdict.summary = masked(verdict.summary)
        return verdict
    }
}
