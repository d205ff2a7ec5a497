internal import Spec

extension GameDayReader {
    static let stepTimeouts = Duration.milliseconds(1)...Duration.seconds(7 * 86_400)

    func steps(_ node: Node?, key: String) throws(SpecError) -> [Step] {
        guard let node else { return [] }
        guard let elements = node.elements, !elements.isEmpty else {
            throw SpecError(
                location: node.location, key: key,
                problem: node.elements == nil
                    ? "\(node.kindName) is not a list of steps" : "the list is empty",
                hint: "write `- run: …`, `- confirm: …`, `- note: …` or `- http: …`")
        }
        var steps: [Step] = []
        for element in elements { steps.append(try step(element)) }
        return steps
    }

    private func step(_ node: Node) throws(SpecError) -> Step {
        var fields = try Fields(node, of: "a step")
        let run = try fields.node("run")
        let confirm = try fields.node("confirm")
        let note = try fields.node("note")
        let http = try fields.node("http")
        try fields.finish()
        let given = [run, confirm, note, http].compactMap { $0 }
        guard given.count == 1 else {
            throw SpecError(
                location: node.location,
                problem: given.isEmpty ? "the step does nothing" : "a step is one thing",
                hint: given.isEmpty
                    ? "write `run`, `confirm`, `note` or `http`" : "write one step a line")
        }
        if let run { return .run(try self.run(run)) }
        if let confirm { return .confirm(try self.confirm(confirm)) }
        if let http { return .http(try self.http(http)) }
        guard let text = given[0].text else {
            throw SpecError(
                location: given[0].location, key: "note",
                problem: "\(given[0].kindName) is not a text", hint: "write a text")
        }
        return .note(text)
    }

    private func run(_ node: Node) throws(SpecError) -> Step.Run {
        var fields = try Fields(node, of: "a run step", primary: "command")
        var run = Step.Run(command: try fields.requiredString("command"))
        run.timeout = try fields.duration("timeout", in: Self.stepTimeouts) ?? run.timeout
        run.expectedCode = try fields.integer("expect", in: 0...255) ?? run.expectedCode
        try fields.finish()
        return run
    }

    private func confirm(_ node: Node) throws(SpecError) -> Step.Confirm {
        var fields = try Fields(node, of: "a confirm step", primary: "text")
        var confirm = Step.Confirm(text: try fields.requiredString("text"))
        confirm.role = try fields.string("role")
        confirm.timeout = try fields.duration("timeout", in: Self.stepTimeouts) ?? confirm.timeout
        try fields.finish()
        if let role = confirm.role, !roles.contains(where: { $0.name == role }) {
            let names = roles.map(\.name)
            let near = Suggestion.nearest(to: role, among: names)
            throw fields.error(
                "role", "\(Quoting.quoted(role)) is not one of the roles",
                hint: near.map { "did you mean `\($0)`?" }
                    ?? (names.isEmpty
                        ? "add it under `roles`" : "there are \(names.joined(separator: ", "))"))
        }
        return confirm
    }

    private func http(_ node: Node) throws(SpecError) -> Step.HTTPCall {
        var fields = try Fields(node, of: "an http step", primary: "url")
        let url = try fields.value("url", expected: "a URL") { (text) throws(ValueProblem) in
            guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
                throw ValueProblem(
                    "\(Quoting.quoted(text)) is not a URL", hint: "write http://… or https://…")
            }
            return text
        }
        guard let url else { throw fields.missing("url") }
        var call = Step.HTTPCall(url: url)
        let method = try fields.value("method", expected: "a method") {
            (text) throws(ValueProblem) in
            guard text.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
                throw ValueProblem(
                    "\(Quoting.quoted(text)) is not a method", hint: "write GET, POST or PUT")
            }
            return text
        }
        if let headers = try fields.node("headers") {
            for entry in try Self.entries(headers, of: "`headers`") {
                guard let text = entry.value.text else {
                    throw SpecError(
                        location: entry.value.location, key: entry.key,
                        problem: "\(entry.value.kindName) is not a text", hint: "write a text")
                }
                call.headers.append(Step.HTTPCall.Header(name: entry.key, value: text))
            }
        }
        call.body = try fields.string("body")
        // A call with a body is meant to send it.
        call.method = method ?? (call.body == nil ? "GET" : "POST")
        call.status = try fields.integer("status", in: 100...599)
        call.timeout = try fields.duration("timeout", in: Self.stepTimeouts) ?? call.timeout
        try fields.finish()
        return call
    }
}
