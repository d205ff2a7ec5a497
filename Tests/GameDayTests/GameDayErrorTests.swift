import GameDay
import GameDaySamples
import Spec
import Testing

/// A mistake in each key of a game day is one line that says where, what, and what would be right.
@Suite struct GameDayErrorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        /// A line of ``whole`` that is replaced, and by what.
        var line: String
        var by: String
        var error: String
        var testDescription: String { id }

        init(_ id: String, _ line: String, _ by: String, _ error: String) {
            self.id = id
            self.line = line
            self.by = by
            self.error = error
        }
    }

    static let whole = """
        title: A table is empty
        about: It teaches.
        roles: {commander: decides, observer: watches}
        runbook: https://wiki.example/runbook
        variables:
          SERVICE: http://127.0.0.1:8080
          TOKEN: {about: what it is, default: x}
        probes:
          checkout:
            tiny: {url: "${SERVICE}/orders/${TOKEN}", status: 200}
            every: 1s
            timeout: 500ms
          table:
            other: {}
        baseline: 10s
        recovery: 60s
        steadyState:
          checkout: [success >= 99%, p95 < 300ms]
        phases:
          - name: outage
            about: It is empty.
            for: 2m
            arm:
              - dynamodb-empty
              - {include: faults/slow.yaml, as: slower, with: {probability: 50%}}
              - {as: mine, names: [api.example.com], dns: empty}
            steps:
              - note: a word
              - run: {command: "true", timeout: 60s, expect: 0}
              - confirm: {role: commander, text: Shift reads, timeout: 15m}
              - http: {url: "http://127.0.0.1/", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}
            expect:
              checkout: [success >= 99%, "status == 503 within 30s"]
          - name: back
            for: 1m
            lift: [slower]
            until: {checkout: success >= 99% over 5s}
          - name: rest
            lift: all
            steps:
              - note: done
        stop:
          checkout: success < 20% over 30s
        always:
          - run: "true"

        """

    @Test func isWithoutMistake() {
        #expect(Reading.line(Self.whole, speed: 1) == "no mistake")
    }

    private static let httpStep =
        "      - http: {url: \"http://127.0.0.1/\", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}"

    static let rows: [Row] = [
        // The file.
        Row(
            "unknown key", "baseline: 10s", "basline: 10s",
            "g.yaml:15:1: key `basline`: not a key of a game day; did you mean `baseline`?"),
        Row(
            "title", "title: A table is empty", "title:",
            "g.yaml:1:1: key `title`: has no value; write one, or leave the key out"),
        Row(
            "about", "about: It teaches.", "about: [a]",
            "g.yaml:2:8: key `about`: a list is not a text; write a text"),
        Row(
            "roles", "roles: {commander: decides, observer: watches}", "roles: [commander]",
            "g.yaml:3:8: roles is a mapping, not a list; write `name: value` a line"),
        Row(
            "a role", "roles: {commander: decides, observer: watches}", "roles: {commander: [x]}",
            "g.yaml:3:20: key `commander`: a list is not a text; write what the commander does"),
        Row(
            "runbook", "runbook: https://wiki.example/runbook", "runbook: {a: b}",
            "g.yaml:4:10: key `runbook`: a mapping is not a text; write a text"),
        Row(
            "baseline", "baseline: 10s", "baseline: 10",
            "g.yaml:15:11: key `baseline`: \"10\" has no unit; write 10s for seconds, or 250ms, "
                + "5m, 2h, 1d"),
        Row(
            "recovery", "recovery: 60s", "recovery: soon",
            "g.yaml:16:11: key `recovery`: \"soon\" is not a duration; write 250ms, 60s or 5m"),
        Row(
            "recovery below baseline", "recovery: 60s", "recovery: 5s",
            "g.yaml:16:11: key `recovery`: the steady state must hold for the baseline's 10s again; "
                + "write 10s or more"),
        // Variables.
        Row(
            "variables", "  SERVICE: http://127.0.0.1:8080", "  SER-VICE: x",
            "g.yaml:6:3: key `SER-VICE`: not a variable's name; write letters, digits and _, such "
                + "as SERVICE"),
        Row(
            "variable without value", "  SERVICE: http://127.0.0.1:8080", "  SERVICE:",
            "g.yaml:6:3: key `SERVICE`: it has no value; give it one: --set SERVICE=…"),
        Row(
            "variable's keys", "  TOKEN: {about: what it is, default: x}", "  TOKEN: {abuot: x}",
            "g.yaml:7:11: key `abuot`: not a key of a variable; did you mean `about`?"),
        Row(
            "variable's default", "  TOKEN: {about: what it is, default: x}",
            "  TOKEN: {default: [x]}",
            "g.yaml:7:20: key `default`: a list is not a text; write one value"),
        Row(
            "undefined variable", "title: A table is empty", "title: A ${TOKN} is empty",
            "g.yaml:1:10: there is no variable TOKN; did you mean TOKEN?"),
        Row(
            "unterminated variable", "title: A table is empty", "title: \"A ${TOKEN is\"",
            "g.yaml:1:11: `${` is never closed; write }, or $${ for the characters themselves"),
        // Probes.
        Row(
            "probe's name", "  table:", "  Table:",
            "g.yaml:13:3: key `Table`: not a probe's name; write a-z, 0-9 and -, such as checkout"),
        Row(
            "probe's kind", "    other: {}", "    othr:",
            "g.yaml:14:5: key `othr`: not a key of a probe; did you mean `other`?"),
        Row(
            "probe without kind", "    other: {}", "    every: 1s",
            "g.yaml:13:3: key `table`: it checks nothing; write one of tiny, other"),
        Row(
            "two kinds", "    other: {}", "    other: {}\n    tiny: http://a",
            "g.yaml:14:12: key `other`: a probe is of one kind, and `tiny` is there already; write "
                + "two probes"),
        Row(
            "kind's key", "    tiny: {url: \"${SERVICE}/orders/${TOKEN}\", status: 200}",
            "    tiny: {url: \"${SERVICE}${TOKEN}\", staus: 200}",
            "g.yaml:10:39: key `staus`: not a key of the tiny probe; did you mean `status`?"),
        Row(
            "every", "    every: 1s", "    every: 1ms",
            "g.yaml:11:12: key `every`: \"1ms\" is out of range; write 10ms to 1d"),
        Row(
            "timeout", "    timeout: 500ms", "    timeout: 2s",
            "g.yaml:12:14: key `timeout`: it is longer than `every` (1s), so checks would overlap; "
                + "write at most 1s, or check less often"),
        // The steady state.
        Row(
            "unknown probe", "  checkout: [success >= 99%, p95 < 300ms]",
            "  chekout: success >= 99%",
            "g.yaml:18:3: key `chekout`: there is no such probe; did you mean `checkout`?"),
        Row(
            "expectation", "  checkout: [success >= 99%, p95 < 300ms]",
            "  checkout: [success >= 99%, p95 < 300]",
            "g.yaml:18:36: key `checkout`: \"300\" has no unit; write 300s for seconds, or 250ms, "
                + "5m, 2h, 1d"),
        Row(
            "quoted expectation", "  checkout: [success >= 99%, p95 < 300ms]",
            "  checkout: \"success >= 99\"",
            "g.yaml:18:25: key `checkout`: \"99\" is not a percentage; write 99% for that many in a "
                + "hundred"),
        Row(
            "steady state within", "  checkout: [success >= 99%, p95 < 300ms]",
            "  checkout: success >= 99% within 5s",
            "g.yaml:18:28: key `checkout`: a steady state holds all the time, so it has no `within`; "
                + "leave it out"),
        Row(
            "baseline of the baseline", "  checkout: [success >= 99%, p95 < 300ms]",
            "  checkout: p95 < 2x baseline",
            "g.yaml:18:13: key `checkout`: the steady state is what the baseline is measured by; "
                + "write a duration, such as p95 < 300ms"),
        Row(
            "longer than the baseline", "  checkout: [success >= 99%, p95 < 300ms]",
            "  checkout: success >= 99% over 20s",
            "g.yaml:18:13: key `checkout`: `over 20s` is longer than the 10s it is judged over; "
                + "shorten it, or lengthen the phase"),
        Row(
            "nothing expected", "  checkout: [success >= 99%, p95 < 300ms]", "  checkout: []",
            "g.yaml:18:13: key `checkout`: the list is empty; write an expectation, such as "
                + "success >= 99%"),
        // Phases.
        Row(
            "phase's key", "    about: It is empty.", "    abut: It is empty.",
            "g.yaml:21:5: key `abut`: not a key of a phase; did you mean `about`?"),
        Row(
            "phase's name", "  - name: outage", "  - nam: outage",
            "g.yaml:20:5: key `nam`: not a key of a phase; did you mean `name`?"),
        Row(
            "duplicate phase", "  - name: back", "  - name: outage",
            "g.yaml:34:11: key `name`: another phase has this name; the first is at line 20; choose "
                + "another one"),
        Row(
            "phase of every run", "  - name: back", "  - name: recovery",
            "g.yaml:34:11: key `name`: `recovery` is a phase that every run has; choose another "
                + "name"),
        Row(
            "for", "    for: 2m", "    for: 2",
            "g.yaml:22:10: key `for`: \"2\" has no unit; write 2s for seconds, or 250ms, 5m, 2h, 1d"
        ),
        Row(
            "no for", "    steps:\n      - note: done", "    about: nothing",
            "g.yaml:38:5: key `for`: missing; a phase needs it, unless it lasts as long as its "
                + "steps"),
        Row(
            "until without for", "    for: 1m\n", "",
            "g.yaml:36:12: key `until`: it could wait for ever; write `for`, the longest it may take"
        ),
        Row(
            "within beyond for", "    for: 2m", "    for: 20s",
            "g.yaml:33:34: key `checkout`: `within 30s` is longer than the 20s it is judged over; "
                + "shorten it, or lengthen the phase"),
        // Faults.
        Row(
            "unknown fault", "      - dynamodb-empty", "      - dynamodb-emtpy",
            "g.yaml:24:9: key `arm`: there is no fault \"dynamodb-emtpy\"; did you mean "
                + "`dynamodb-empty`?"),
        Row(
            "unreadable fault", "      - dynamodb-empty", "      - faults/gone.yaml",
            "g.yaml:24:9: key `arm`: faults/gone.yaml cannot be read; there is no such file"),
        Row(
            "included fault's mistake", "      - dynamodb-empty", "      - faults/broken.yaml",
            "faults/broken.yaml:2:14: key `by`: \"3 parsecs\" is not a duration; write 250ms, 60s or "
                + "5m"),
        Row(
            "included fault is no YAML", "      - dynamodb-empty", "      - faults/torn.yaml",
            "faults/torn.yaml:2:1: not YAML: did not find expected ',' or ']' while parsing a flow "
                + "sequence; close the bracket of line 1, column 8, or put a comma between the "
                + "values"),
        Row(
            "armed twice", "      - dynamodb-empty",
            "      - dynamodb-empty\n      - dynamodb-empty",
            "g.yaml:25:9: key `arm`: \"dynamodb-empty\" is armed already; lift it before, or name "
                + "this one with `as`"),
        Row(
            "override", "      - dynamodb-empty",
            "      - {include: dynamodb-empty, with: {probability: 150%}}",
            "g.yaml:24:55: key `probability`: \"150%\" is more than everything; write 0% to 100%"),
        Row(
            "override's key", "      - dynamodb-empty",
            "      - {include: dynamodb-empty, with: {probabilty: 50%}}",
            "g.yaml:24:42: key `probabilty`: not a key of a fault; did you mean `probability`?"),
        Row(
            "include's key", "      - dynamodb-empty", "      - {include: dynamodb-empty, wth: {}}",
            "g.yaml:24:35: key `wth`: not a key of an included fault; did you mean `with`?"),
        Row(
            "as", "      - dynamodb-empty", "      - {include: dynamodb-empty, as: all}",
            "g.yaml:24:39: key `as`: not a fault's name; write letters, digits, - and _; `all` is "
                + "every one"),
        Row(
            "inline without name", "      - {as: mine, names: [api.example.com], dns: empty}",
            "      - {names: [api.example.com], dns: empty}",
            "g.yaml:26:9: key `as`: missing; a fault written here needs a name; `include` takes one "
                + "that is there already"),
        Row(
            "inline fault's mistake", "      - {as: mine, names: [api.example.com], dns: empty}",
            "      - {as: mine, names: [api.example.com], dns: emtpy}",
            "g.yaml:26:51: key `emtpy`: there is no such effect; did you mean `empty`?"),
        Row(
            "inline fault without names",
            "      - {as: mine, names: [api.example.com], dns: empty}",
            "      - {as: mine, dns: empty}",
            "g.yaml:26:9: key `names`: missing; a fault needs it"),
        Row(
            "lifted, never armed", "    lift: [slower]", "    lift: [slowr]",
            "g.yaml:36:12: key `lift`: \"slowr\" was never armed before; did you mean `slower`?"),
        Row(
            "lifted twice", "    lift: [slower]", "    lift: [slower, slower]",
            "g.yaml:36:20: key `lift`: \"slower\" is lifted already; armed: dynamodb-empty, mine"),
        // Steps.
        Row(
            "steps", "      - note: a word", "      - not: a word",
            "g.yaml:28:9: key `not`: not a key of a step; did you mean `note`?"),
        Row(
            "no step", "      - note: a word", "      - {}",
            "g.yaml:28:9: the step does nothing; write `run`, `confirm`, `note` or `http`"),
        Row(
            "two steps in one", "      - note: a word", "      - {note: a, run: b}",
            "g.yaml:28:9: a step is one thing; write one step a line"),
        Row(
            "note", "      - note: a word", "      - note: [a]",
            "g.yaml:28:15: key `note`: a list is not a text; write a text"),
        Row(
            "run's command", "      - run: {command: \"true\", timeout: 60s, expect: 0}",
            "      - run: {timeout: 60s}",
            "g.yaml:29:14: key `command`: missing; a run step needs it"),
        Row(
            "run's timeout", "      - run: {command: \"true\", timeout: 60s, expect: 0}",
            "      - run: {command: \"true\", timeout: 60}",
            "g.yaml:29:41: key `timeout`: \"60\" has no unit; write 60s for seconds, or 250ms, 5m, "
                + "2h, 1d"),
        Row(
            "run's code", "      - run: {command: \"true\", timeout: 60s, expect: 0}",
            "      - run: {command: \"true\", expect: 256}",
            "g.yaml:29:40: key `expect`: 256 is out of range; write a whole number from 0 to 255"),
        Row(
            "role", "      - confirm: {role: commander, text: Shift reads, timeout: 15m}",
            "      - confirm: {role: comander, text: x}",
            "g.yaml:30:25: key `role`: \"comander\" is not one of the roles; did you mean "
                + "`commander`?"),
        Row(
            "confirm's text", "      - confirm: {role: commander, text: Shift reads, timeout: 15m}",
            "      - confirm: {role: commander}",
            "g.yaml:30:18: key `text`: missing; a confirm step needs it"),
        Row(
            "http's URL",
            "      - http: {url: \"http://127.0.0.1/\", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}",
            "      - http: 127.0.0.1/",
            "g.yaml:31:15: key `url`: \"127.0.0.1/\" is not a URL; write http://… or https://…"),
        Row(
            "http's method",
            "      - http: {url: \"http://127.0.0.1/\", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}",
            "      - http: {url: \"http://127.0.0.1/\", method: post}",
            "g.yaml:31:50: key `method`: \"post\" is not a method; write GET, POST or PUT"),
        Row(
            "http's headers",
            "      - http: {url: \"http://127.0.0.1/\", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}",
            "      - http: {url: \"http://127.0.0.1/\", headers: {A: [b]}}",
            "g.yaml:31:55: key `A`: a list is not a text; write a text"),
        Row(
            "http's status",
            "      - http: {url: \"http://127.0.0.1/\", method: POST, headers: {A: b}, body: c, status: 200, timeout: 1s}",
            "      - http: {url: \"http://127.0.0.1/\", status: 2xx}",
            "g.yaml:31:50: key `status`: \"2xx\" is not a whole number; write a whole number from 100 "
                + "to 599"),
        Row(
            "body", httpStep, "      - http: {url: \"http://127.0.0.1/\", body: [c]}",
            "g.yaml:31:48: key `body`: a list is not a text; write a text"),
        Row(
            "variables", "  SERVICE: http://127.0.0.1:8080", "  SERVICE: [x]",
            "g.yaml:6:12: key `SERVICE`: a list is not a text; write one value"),
        Row(
            "phases", "  - name: rest\n    lift: all\n    steps:\n      - note: done", "  - rest",
            "g.yaml:38:5: a phase is a mapping, not the text \"rest\"; write its keys, `key: value` a line"
        ),
        Row(
            "with", "      - dynamodb-empty", "      - {include: dynamodb-empty, with: [a]}",
            "g.yaml:24:41: `with` is a mapping, not a list; write `name: value` a line"),
        Row(
            "include", "      - dynamodb-empty", "      - {include: [a]}",
            "g.yaml:24:19: key `arm`: a list is not a fault; write a name of the catalogue or a path"
        ),
        Row(
            "http", httpStep, "      - http: {urll: \"http://127.0.0.1/\"}",
            "g.yaml:31:16: key `urll`: not a key of an http step; did you mean `url`?"),
        Row(
            "confirm", "      - confirm: {role: commander, text: Shift reads, timeout: 15m}",
            "      - confirm: {text: x, timeout: 0s}",
            "g.yaml:30:37: key `timeout`: \"0s\" is out of range; write 1ms to 7d"),
        // Expectations of phases, until, stop, always.
        Row(
            "expect", "    expect:\n      checkout: [success >= 99%, \"status == 503 within 30s\"]",
            "    expect: success",
            "g.yaml:32:13: `expect` is a mapping, not the text \"success\"; write `name: value` a line"
        ),
        Row(
            "unknown fact", "      checkout: [success >= 99%, \"status == 503 within 30s\"]",
            "      checkout: statsu == 503",
            "g.yaml:33:17: key `checkout`: \"statsu\" is nothing that a tiny probe tells; did you "
                + "mean `status`?"),
        Row(
            "fact of another kind",
            "      checkout: [success >= 99%, \"status == 503 within 30s\"]",
            "      table: status == 503",
            "g.yaml:33:14: key `table`: \"status\" is nothing that an other probe tells; write "
                + "success, p95, ttfb, pass or fail"),
        Row(
            "within in until", "    until: {checkout: success >= 99% over 5s}",
            "    until: {checkout: pass within 5s}",
            "g.yaml:37:28: key `checkout`: `until` waits for it as long as it takes, so it has no "
                + "`within`; the phase's `for` says how long"),
        Row(
            "always in stop", "  checkout: success < 20% over 30s", "  checkout: always fail",
            "g.yaml:43:13: key `checkout`: `always` is never settled while `stop` waits; write `over "
                + "10s` behind it"),
        Row(
            "stop", "  checkout: success < 20% over 30s", "  checkout: {a: b}",
            "g.yaml:43:13: key `checkout`: a mapping is not an expectation; write one, such as "
                + "success >= 99%, and quote it where it holds a colon"),
        Row(
            "always", "  - run: \"true\"", "  - run:",
            "g.yaml:45:5: key `run`: has no value; write one, or leave the key out"),
    ]

    @Test(arguments: rows)
    func isOneLine(_ row: Row) throws {
        let place = try #require(
            Self.whole.firstRange(of: row.line), "the row's line is in the file")
        var yaml = Self.whole
        yaml.replaceSubrange(place, with: row.by)
        #expect(Reading.line(yaml) == row.error)
    }

    /// Every key of every group of the schema is in ``whole``, so that each can be got wrong there.
    @Test func theWholeHasEveryKey() throws {
        let definitions = GameDay.definitions(
            // The fault's own keys are held by its own tests.
            fault: KeyGroup("fault", "", keys: []), kinds: Reading.kinds)
        func paths(_ kind: KeySchema.Kind, _ path: String) -> Set<String> {
            switch kind {
            case .group(let group): paths(group, path)
            case .either(let kinds):
                kinds.reduce(into: []) { $0.formUnion(paths($1, path)) }
            case .oneOrMore(let kind): paths(kind, path)
            case .named(let kind): paths(kind, path + "*.")
            case .definition(let name): definitions[name].map { paths($0, path) } ?? []
            default: []
            }
        }
        func paths(_ group: KeyGroup, _ path: String) -> Set<String> {
            group.keys.reduce(into: []) { all, key in
                all.insert(path + key.name)
                all.formUnion(paths(key.kind, path + key.name + "."))
            }
        }
        let schema = paths(GameDay.schema, "")
        #expect(schema.count > 60 && schema.contains("phases.steps.http.headers"))
        let whole = try Node.load(yaml: Self.whole, file: "g.yaml")
        let seen = Set(Mistake.all(in: whole).map(\.path))
        // `always` takes the same steps as phases do.
        let missing = schema.subtracting(seen).filter { !$0.hasPrefix("always.") }
        #expect(missing == [], "no mistake in these")
    }

    /// One line each, at the key or at what it holds.
    @Test func everyKeyWrong() throws {
        let whole = try Node.load(yaml: Self.whole, file: "g.yaml")
        // The kind `other` of the tests takes anything.
        let mistakes = Mistake.all(in: whole).filter {
            $0.path != "probes.*.other" || $0.what != "spoilt"
        }
        #expect(mistakes.count > 120)
        for mistake in mistakes {
            let error = #expect(throws: SpecError.self) {
                try GameDay(
                    node: mistake.root, set: [:], environment: [:], faults: Reading.faults,
                    kinds: Reading.kinds)
            }
            guard let error else {
                Issue.record("\(mistake.path) \(mistake.what): no mistake")
                continue
            }
            let line = error.description
            let lines = line.split(whereSeparator: \.isNewline).count
            #expect(lines == 1)
            #expect(
                mistake.places.contains(error.location),
                "\(mistake.path) \(mistake.what): \(line)")
        }
    }

    @Test func setOfNothing() {
        #expect(
            Reading.line(Self.whole, set: ["TOKE": "x"])
                == "--set TOKE: the game day has no such variable; did you mean TOKEN?")
        let unused = Self.whole.replacing("${TOKEN}", with: "1")
        #expect(
            Reading.line(unused, set: ["TOKEN": "x"])
                == "--set TOKEN: the game day declares it, and uses it nowhere; write ${TOKEN} at "
                + "g.yaml, or leave it out")
    }

    @Test(arguments: ["title", "probes", "steadyState", "phases"])
    func needs(_ key: String) {
        // The key and what is indented below it.
        var lines: [Substring] = []
        var isGone = false
        for line in Self.whole.split(separator: "\n", omittingEmptySubsequences: false) {
            if !line.hasPrefix(" ") { isGone = line.hasPrefix("\(key):") }
            if !isGone { lines.append(line) }
        }
        #expect(
            Reading.line(lines.joined(separator: "\n"))
                == "g.yaml:1:1: key `\(key)`: missing; a game day needs it")
    }
}
