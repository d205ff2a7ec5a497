internal import Spec

extension GameDayReader {
    static let phaseLengths = Duration.milliseconds(1)...Duration.seconds(30 * 86_400)

    mutating func phases(_ node: Node) throws(SpecError) -> [Phase] {
        guard let elements = node.elements else {
            throw SpecError(
                location: node.location, key: "phases",
                problem: "\(node.kindName) is not a list of phases",
                hint: "write `- name: outage` and its keys below it")
        }
        guard !elements.isEmpty else {
            throw SpecError(
                location: node.location, key: "phases", problem: "there is none",
                hint: "write `- name: outage` and its keys below it")
        }
        var phases: [Phase] = []
        for element in elements {
            phases.append(try phase(element, after: phases))
        }
        return phases
    }

    private mutating func phase(
        _ node: Node, after phases: [Phase]
    ) throws(SpecError) -> Phase {
        var fields = try Fields(node, of: "a phase")
        let name = try fields.requiredString("name")
        if ["baseline", "recovery"].contains(name) {
            throw fields.error(
                "name", "`\(name)` is a phase that every run has", hint: "choose another name")
        }
        if let other = phases.first(where: { $0.name == name }) {
            throw fields.error(
                "name", "another phase has this name",
                hint: "the first is at line \(other.location.line); choose another one")
        }
        let about = try fields.string("about")
        let length = try fields.duration("for", in: Self.phaseLengths)
        let lift = try lift(fields.node("lift"))
        let arm = try arm(fields.node("arm"))
        let steps = try steps(fields.node("steps"), key: "steps")
        let expect = try expectations(
            fields.node("expect"), key: "expect", use: .expect, length: length)
        let until = try expectations(
            fields.node("until"), key: "until", use: .until, length: length)
        try fields.finish()
        if length == nil {
            guard until.isEmpty else {
                throw fields.error(
                    "until", "it could wait for ever", hint: "write `for`, the longest it may take")
            }
            guard !steps.isEmpty else {
                throw SpecError(
                    location: node.location, key: "for", problem: "missing",
                    hint: "a phase needs it, unless it lasts as long as its steps")
            }
        }
        return Phase(
            name: name, about: about, length: length, lift: lift, arm: arm, steps: steps,
            expect: expect, until: until, location: node.location)
    }

    // MARK: - Lifting

    private mutating func lift(_ node: Node?) throws(SpecError) -> [String] {
        guard let node else { return [] }
        if node.text == "all" {
            guard !armed.isEmpty else {
                throw SpecError(
                    location: node.location, key: "lift", problem: "nothing is armed here",
                    hint: "leave it out")
            }
            lifted.formUnion(armed)
            defer { armed = [] }
            return armed
        }
        var names: [String] = []
        for element in node.elements ?? [node] {
            guard let name = element.text, !element.isNull else {
                throw SpecError(
                    location: element.location, key: "lift",
                    problem: "\(element.kindName) is not a fault's name",
                    hint: "write all, or the names of faults armed before")
            }
            guard let index = armed.firstIndex(of: name) else {
                let near = Suggestion.nearest(to: name, among: armed)
                throw SpecError(
                    location: element.location, key: "lift",
                    problem: lifted.contains(name)
                        ? "\(Quoting.quoted(name)) is lifted already"
                        : "\(Quoting.quoted(name)) was never armed before",
                    hint: near.map { "did you mean `\($0)`?" }
                        ?? (armed.isEmpty
                            ? "nothing is armed here" : "armed: \(armed.joined(separator: ", "))"))
            }
            lifted.insert(armed.remove(at: index))
            names.append(name)
        }
        guard !names.isEmpty else {
            throw SpecError(
                location: node.location, key: "lift", problem: "the list is empty",
                hint: "write all, or the names of faults armed before")
        }
        return names
    }

    // MARK: - Arming

    private mutating func arm(_ node: Node?) throws(SpecError) -> [FaultUse] {
        guard let node else { return [] }
        var uses: [FaultUse] = []
        for element in node.elements ?? [node] {
            let use = try use(element)
            guard !armed.contains(use.name) else {
                throw SpecError(
                    location: use.location, key: "arm",
                    problem: "\(Quoting.quoted(use.name)) is armed already",
                    hint: "lift it before, or name this one with `as`")
            }
            armed.append(use.name)
            uses.append(use)
        }
        guard !uses.isEmpty else {
            throw SpecError(
                location: node.location, key: "arm", problem: "the list is empty",
                hint: "write a fault's name, or leave the key out")
        }
        return uses
    }

    private func use(_ node: Node) throws(SpecError) -> FaultUse {
        guard let entries = node.entries else { return try include(node, as: nil, with: nil) }
        guard entries.contains(where: { $0.key == "include" }) else {
            return try inline(node, entries)
        }
        var fields = try Fields(node, of: "an included fault")
        let include = try fields.requiredNode("include")
        let name = try fields.node("as")
        let with = try fields.node("with")
        try fields.finish()
        return try self.include(include, as: name, with: with)
    }

    /// A whole fault, with the name that the game day gives it.
    private func inline(_ node: Node, _ entries: [Node.Entry]) throws(SpecError) -> FaultUse {
        guard let name = entries.first(where: { $0.key == "as" }) else {
            let near = entries.first { Suggestion.nearest(to: $0.key, among: ["include"]) != nil }
            throw SpecError(
                location: near?.keyLocation ?? node.location, key: near?.key ?? "as",
                problem: near == nil ? "missing" : "not a key of a fault",
                hint: near == nil
                    ? "a fault written here needs a name; `include` takes one that is there already"
                    : "did you mean `include`?")
        }
        let fault = Node(
            .mapping(entries.filter { $0.key != "as" }), location: node.location)
        try faults.check(fault)
        return FaultUse(
            name: try self.name(name.value), fault: fault, ownLength: try ownLength(fault),
            location: name.value.location)
    }

    private func include(_ node: Node, as name: Node?, with: Node?) throws(SpecError) -> FaultUse {
        guard let reference = node.text, !node.isNull else {
            throw SpecError(
                location: node.location, key: "arm",
                problem: "\(node.kindName) is not a fault",
                hint: "write a name of the catalogue or a path")
        }
        guard var fault = try faults.load(reference, node.location) else {
            let near = Suggestion.nearest(to: reference, among: faults.names)
            throw SpecError(
                location: node.location, key: "arm",
                problem: "there is no fault \(Quoting.quoted(reference))",
                hint: near.map { "did you mean `\($0)`?" }
                    ?? "`brownout catalog list` shows those there are; a path has a / or ends in .yaml"
            )
        }
        if let with { fault = try Self.override(fault, with) }
        try faults.check(fault)
        return FaultUse(
            name: try name.map { (node) throws(SpecError) in try self.name(node) }
                ?? Self.baseName(reference), fault: fault,
            ownLength: try with.map { (node) throws(SpecError) in try ownLength(node) } ?? nil,
            location: name?.location ?? node.location)
    }

    /// The fault with some of its keys replaced; each keeps the place where it was written.
    private static func override(_ fault: Node, _ with: Node) throws(SpecError) -> Node {
        var entries = fault.entries ?? []
        for entry in try Self.entries(with, of: "`with`") {
            if let index = entries.firstIndex(where: { $0.key == entry.key }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
        return Node(.mapping(entries), location: fault.location)
    }

    private func name(_ node: Node) throws(SpecError) -> String {
        guard let name = node.text, !node.isNull, name != "all",
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else {
            throw SpecError(
                location: node.location, key: "as", problem: "not a fault's name",
                hint: "write letters, digits, - and _; `all` is every one")
        }
        return name
    }

    private static func baseName(_ reference: String) -> String {
        let file = reference.split(separator: "/").last.map(String.init) ?? reference
        for ending in [".yaml", ".yml", ".json"] where file.hasSuffix(ending) {
            return String(file.dropLast(ending.count))
        }
        return file
    }

    private func ownLength(_ fault: Node) throws(SpecError) -> Duration? {
        guard let node = fault["for"], let text = node.text else { return nil }
        do {
            return try Duration(parsing: text)
        } catch {
            throw SpecError(location: node.location, key: "for", error)
        }
    }
}
