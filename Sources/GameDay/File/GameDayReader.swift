internal import ProbeKinds
internal import Spec

/// What the readers of a game day's parts know of the whole.
struct GameDayReader {
    let faults: FaultLibrary
    let kinds: [any Probe.Type]
    /// Scalars in which a variable stood.
    let changed: Set<SourceLocation>
    var roles: [GameDay.Role] = []
    var probes: [ProbeSpec] = []
    /// What is armed after the phases that were read.
    var armed: [String] = []
    /// What was armed and is lifted again.
    var lifted: Set<String> = []

    // MARK: - Roles

    /// Reads `roles`: a mapping of names to what they do.
    mutating func readRoles(_ node: Node) throws(SpecError) {
        for entry in try Self.entries(node, of: "roles") {
            guard let text = entry.value.text, !entry.value.isNull else {
                throw SpecError(
                    location: entry.value.isNull ? entry.keyLocation : entry.value.location,
                    key: entry.key, problem: "\(entry.value.kindName) is not a text",
                    hint: "write what the \(entry.key) does")
            }
            roles.append(GameDay.Role(name: entry.key, about: text))
        }
    }

    // MARK: - Probes

    /// Checks that never overlap need no more than this, and a person waits no longer for a first one.
    static let longestDefaultTimeout = Duration.seconds(5)

    mutating func readProbes(_ node: Node) throws(SpecError) {
        for entry in try Self.entries(node, of: "probes") {
            probes.append(try probe(entry))
        }
        guard !probes.isEmpty else {
            throw SpecError(
                location: node.location, key: "probes", problem: "there is none",
                hint: "write `checkout: {http: {url: …}}`")
        }
    }

    private func probe(_ entry: Node.Entry) throws(SpecError) -> ProbeSpec {
        let isName = entry.key.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard isName else {
            throw SpecError(
                location: entry.keyLocation, key: Quoting.shortened(entry.key),
                problem: "not a probe's name", hint: "write a-z, 0-9 and -, such as checkout")
        }
        var fields = try Fields(entry.value, of: "a probe")
        let every =
            try fields.duration("every", in: .milliseconds(10)...(.seconds(86_400)))
            ?? .seconds(1)
        let given = try fields.duration("timeout", in: .milliseconds(1)...(.seconds(86_400)))
        if let given, given > every {
            throw fields.error(
                "timeout", "it is longer than `every` (\(every.spec)), so checks would overlap",
                hint: "write at most \(every.spec), or check less often")
        }
        var probe: (any Probe)?
        var first: String?
        for kind in kinds {
            guard let node = try fields.node(kind.name) else { continue }
            if let first {
                throw fields.error(
                    kind.name, "a probe is of one kind, and `\(first)` is there already",
                    hint: "write two probes")
            }
            first = kind.name
            probe = try kind.init(node)
        }
        try fields.finish()
        guard let probe else {
            throw SpecError(
                location: entry.keyLocation, key: entry.key, problem: "it checks nothing",
                hint: "write one of \(kinds.map { $0.name }.joined(separator: ", "))")
        }
        return ProbeSpec(
            name: entry.key, probe: probe, every: every,
            timeout: given ?? min(every, Self.longestDefaultTimeout), location: entry.keyLocation)
    }

    // MARK: - Expectations

    /// Reads a mapping of probes to an expectation or a list of them.
    ///
    /// - Parameter length: How long what they are judged over lasts; nil: nobody knows.
    func expectations(
        _ node: Node?, key: String, use: ExpectationUse, length: Duration?
    ) throws(SpecError) -> [Expected] {
        guard let node else { return [] }
        var all: [Expected] = []
        for entry in try Self.entries(node, of: "`\(key)`") {
            guard let probe = probes.first(where: { $0.name == entry.key }) else {
                let names = probes.map(\.name)
                let near = Suggestion.nearest(to: entry.key, among: names)
                throw SpecError(
                    location: entry.keyLocation, key: Quoting.shortened(entry.key),
                    problem: "there is no such probe",
                    hint: near.map { "did you mean `\($0)`?" }
                        ?? "there are \(names.joined(separator: ", "))")
            }
            let texts = entry.value.elements ?? [entry.value]
            for text in texts {
                all.append(try expected(text, of: probe, use: use, length: length))
            }
            guard !texts.isEmpty else {
                throw SpecError(
                    location: entry.value.location, key: entry.key, problem: "the list is empty",
                    hint: "write an expectation, such as success >= 99%")
            }
        }
        guard !all.isEmpty else {
            throw SpecError(
                location: node.location, key: key, problem: "nothing is expected",
                hint: "write `PROBE: success >= 99%`, or leave the key out")
        }
        return all
    }

    private func expected(
        _ node: Node, of probe: ProbeSpec, use: ExpectationUse, length: Duration?
    ) throws(SpecError) -> Expected {
        guard let text = node.text, !node.isNull else {
            throw SpecError(
                location: node.location, key: probe.name,
                problem: "\(node.kindName) is not an expectation",
                hint: "write one, such as success >= 99%, and quote it where it holds a colon")
        }
        do throws(TextProblem) {
            let expectation = try Expectation(
                parsing: text, facts: probe.facts, kind: probe.kind, use: use)
            if let length, let problem = Self.problem(expectation, in: length) {
                throw TextProblem(offset: 0, problem: problem)
            }
            return Expected(
                probe: probe.name, expectation: expectation, location: node.location)
        } catch {
            throw SpecError(
                location: place(error.offset, in: node), key: probe.name, error.problem)
        }
    }

    /// Where in the file a place within a scalar is, where that can be told.
    private func place(_ offset: Int, in node: Node) -> SourceLocation {
        guard case .scalar(let text, let quoted) = node.value, node.location.hasLine,
            !changed.contains(node.location), !text.contains(where: \.isNewline)
        else { return node.location }
        var place = node.location
        place.column += offset + (quoted && offset > 0 ? 1 : 0)
        return place
    }

    /// What an expectation wants of more time than there is.
    private static func problem(_ expectation: Expectation, in length: Duration) -> ValueProblem? {
        let after = expectation.after ?? .zero
        let times: [(TimeClause, Duration?)] = [
            (.within, expectation.within), (.forAtLeast, expectation.forAtLeast),
            (.after, expectation.after), (.over, expectation.over),
        ]
        for (clause, time) in times {
            guard let time else { continue }
            // All of the time being left out leaves nothing to judge by.
            guard time > length || (clause == .after && time == length) else { continue }
            return ValueProblem(
                "`\(clause.rawValue) \(time.spec)` is longer than the \(length.spec) it is judged "
                    + "over", hint: "shorten it, or lengthen the phase")
        }
        let needed =
            after + (expectation.over ?? .zero) + (expectation.forAtLeast ?? .zero)
        guard needed > length else { return nil }
        return ValueProblem(
            "its times add up to \(needed.spec), and it is judged over \(length.spec)",
            hint: "shorten them, or lengthen the phase")
    }

    // MARK: - Mappings of free names

    /// The entries of a mapping whose keys are names.
    static func entries(_ node: Node, of what: String) throws(SpecError) -> [Node.Entry] {
        guard let entries = node.entries else {
            throw SpecError(
                location: node.location, problem: "\(what) is a mapping, not \(node.kindName)",
                hint: "write `name: value` a line")
        }
        return entries
    }
}
