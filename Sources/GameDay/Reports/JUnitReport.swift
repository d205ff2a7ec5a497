import Control

/// `junit.xml`: a suite per phase, a case per expectation and per step, in the form that Jenkins,
/// GitLab and GitHub's reporters read (`testsuites`, `testsuite`, `testcase`).
///
/// A last suite, `run`, has one case for the verdict. It fails where no other case tells why the run
/// did not hold, and is an error where the run was ended before its time: so a program that looks at this
/// file alone comes to the verdict's conclusion.
public struct JUnitReport: Sendable {
    public let story: RunStory

    public init(_ story: RunStory) { self.story = story }

    private enum Outcome {
        case passed
        case failure(type: String, message: String)
        case error(type: String, message: String)
        case skipped(String)
    }

    private struct Case {
        var name: String
        var seconds: Double?
        var outcome: Outcome
        var output: String?
    }

    private struct Suite {
        var name: String
        var began: Int64
        var seconds: Double?
        var cases: [Case]

        func count(_ isCounted: (Outcome) -> Bool) -> Int {
            cases.filter { isCounted($0.outcome) }.count
        }
        var failures: Int { count { if case .failure = $0 { true } else { false } } }
        var errors: Int { count { if case .error = $0 { true } else { false } } }
        var skipped: Int { count { if case .skipped = $0 { true } else { false } } }
    }

    public var text: String {
        var suites = story.phases.indices.map(suite)
        let always = story.steps.filter { $0.began.phase == nil }.map(step)
        if !always.isEmpty {
            let began = story.steps.first { $0.began.phase == nil }?.beganAt
            suites.append(Suite(name: "always", began: began ?? 0, seconds: nil, cases: always))
        }
        let isTold = suites.contains { $0.failures > 0 }
        suites.append(
            Suite(name: "run", began: 0, seconds: story.seconds, cases: [verdict(isTold: isTold)]))
        let tests = suites.reduce(0) { $0 + $1.cases.count }
        let failures = suites.reduce(0) { $0 + $1.failures }
        let errors = suites.reduce(0) { $0 + $1.errors }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name=\(quoted(story.header.title)) tests="\(tests)" \
            failures="\(failures)" errors="\(errors)" time="\(seconds(story.seconds))">

            """ + suites.enumerated().map { xml($0.element, id: $0.offset) }.joined()
                + "</testsuites>\n"
    }

    // MARK: Cases

    private func suite(_ index: Int) -> Suite {
        let phase = story.phases[index]
        let expected = story.expectations.filter { $0.phase == index }.map { row in
            Case(
                name: "\(row.probe): \(row.role == .until ? "until " : "")\(row.text)",
                seconds: row.after ?? phase.seconds, outcome: outcome(row),
                output: row.judgement == .passed ? row.measured : nil)
        }
        let steps = story.steps.filter { $0.began.phase == index }.map(step)
        return Suite(
            name: phase.info.name, began: phase.began ?? 0, seconds: phase.seconds,
            cases: expected + steps)
    }

    private func outcome(_ row: ExpectationStory) -> Outcome {
        let measured = row.measured.map { ": measured \($0)" } ?? ""
        return switch row.judgement {
        case .passed: .passed
        case .failed: .failure(type: "expectation", message: "\(row.text)\(measured)")
        case .noSamples: .failure(type: "no-samples", message: "\(row.text): no samples")
        case .notJudged: .skipped("not judged: the phase did not come to its end")
        }
    }

    private func step(_ step: StepStory) -> Case {
        let role = step.began.role.map { " (\($0))" } ?? ""
        let who = step.ended?.who.map { "by \($0)" }
        let detail = [who, step.ended?.detail].compactMap { $0 }.joined(separator: "; ")
        let outcome: Outcome =
            switch step.ended?.passed {
            case true: .passed
            case false: .failure(type: "step", message: detail.isEmpty ? "failed" : detail)
            case nil: .skipped("not ended")
            }
        return Case(
            name: "step \(step.step + 1), \(step.began.kind)\(role): \(step.began.text)",
            seconds: step.ended?.seconds, outcome: outcome,
            output: step.ended?.passed == true && !detail.isEmpty ? detail : nil)
    }

    private func verdict(isTold: Bool) -> Case {
        let words = VerdictWords(story.verdict)
        let why = story.stopped.map { "\(words.summary) (\($0.cause.words): \($0.why))" }
        let outcome: Outcome =
            switch story.verdict?.outcome {
            case .held: .passed
            case .failed, .notStarted:
                // What failed has a case of its own; one failure is not counted twice.
                isTold ? .passed : .failure(type: words.code, message: words.summary)
            case .stopped, .interrupted, .error, nil:
                .error(type: words.code, message: why ?? words.summary)
            }
        return Case(
            name: "verdict", seconds: story.seconds, outcome: outcome,
            output: "\(words.word): \(words.summary)")
    }

    // MARK: XML

    private func xml(_ suite: Suite, id: Int) -> String {
        let time = Timestamp(
            milliseconds: story.header.startedAt.milliseconds + suite.began)
        // xs:dateTime; the older forms of the schema take no zone and no fraction.
        let stamp = time.description.prefix(19)
        var text = """
              <testsuite id="\(id)" name=\(quoted(suite.name)) package=\(quoted(story.header.title)) \
            tests="\(suite.cases.count)" failures="\(suite.failures)" errors="\(suite.errors)" \
            skipped="\(suite.skipped)" time="\(seconds(suite.seconds))" timestamp="\(stamp)" \
            hostname=\(quoted(story.header.host))>
                <properties>

            """
        for (name, value) in properties {
            text += "      <property name=\(quoted(name)) value=\(quoted(value))/>\n"
        }
        text += "    </properties>\n"
        for item in suite.cases { text += xml(item, in: suite) }
        return text + "  </testsuite>\n"
    }

    private var properties: [(String, String)] {
        let header = story.header
        let words = VerdictWords(story.verdict)
        return [
            ("verdict", words.code), ("summary", words.summary), ("run", header.id),
            ("file", header.file), ("brownout", header.brownout),
            ("agent", header.agent ?? "not reached"), ("dry-run", "\(header.dryRun)"),
            ("speed", Figures.decimals(header.speed, 3)),
        ] + story.faults.map { ("seed of \($0.name)", "\($0.armed.seed)") }
    }

    private func xml(_ item: Case, in suite: Suite) -> String {
        let head =
            "    <testcase name=\(quoted(item.name)) "
            + "classname=\(quoted("\(story.header.title).\(suite.name)")) "
            + "time=\"\(seconds(item.seconds))\""
        var inner = ""
        switch item.outcome {
        case .passed: break
        case .failure(let type, let message):
            inner +=
                "      <failure type=\(quoted(type)) message=\(quoted(message))>"
                + "\(XMLText.escaped(message))</failure>\n"
        case .error(let type, let message):
            inner +=
                "      <error type=\(quoted(type)) message=\(quoted(message))>"
                + "\(XMLText.escaped(message))</error>\n"
        case .skipped(let message):
            inner += "      <skipped message=\(quoted(message))/>\n"
        }
        if let output = item.output {
            inner += "      <system-out>\(XMLText.escaped(output))</system-out>\n"
        }
        return inner.isEmpty ? head + "/>\n" : head + ">\n" + inner + "    </testcase>\n"
    }

    private func quoted(_ text: String) -> String { "\"\(XMLText.escaped(text))\"" }

    private func seconds(_ value: Double?) -> String {
        // A case that never began took no time; the attribute must be a number.
        value.map { Figures.decimals($0, 3) } ?? "0"
    }
}
