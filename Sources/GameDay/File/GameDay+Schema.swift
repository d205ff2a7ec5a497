public import ProbeKinds
public import Spec

/// Every key of a game day, described once: for the JSON Schema and for `explain`.
extension GameDay {
    /// The keys of a file; what they hold is in ``definitions(fault:kinds:)``.
    public static var schema: KeyGroup {
        let expected = KeySchema.Kind.named(.oneOrMore(.text))
        let steps = KeySchema.Kind.oneOrMore(.definition("step"))
        return KeyGroup(
            "gameday", "Probes, what they must show, and the faults that test it, phase by phase.",
            keys: [
                KeySchema("title", .text, "What it is, in one line.", required: true),
                KeySchema("about", .text, "What it teaches and what to watch."),
                KeySchema("roles", .named(.text), "Who decides, who watches: what each role does."),
                KeySchema("runbook", .text, "A link to what people do when this happens."),
                KeySchema(
                    "variables", .named(.either([.nothing, .text, .bool, .group(variable)])),
                    "What ${NAME} stands for in any value: a default, or nothing where it must be "
                        + "given (--set NAME=…, or the environment)."),
                KeySchema(
                    "probes", .named(.definition("probe")),
                    "What is checked all the time, by name.", required: true),
                KeySchema(
                    "baseline", .duration,
                    "How long the steady state is watched before the first fault.",
                    default: defaultBaseline.spec),
                KeySchema(
                    "recovery", .duration,
                    "How long it may take to come back once everything is lifted.",
                    default: defaultRecovery.spec),
                KeySchema(
                    "steadyState", expected,
                    "What holds when all is well: an expectation or several of each probe.",
                    required: true),
                KeySchema(
                    "phases", .oneOrMore(.definition("phase")), "What happens, in order.",
                    required: true),
                KeySchema("stop", expected, "Any of these ends the run at once."),
                KeySchema("always", steps, "What is done at the end, whatever happened."),
            ])
    }

    private static let variable = KeyGroup(
        "variable", "A variable and what it is.",
        keys: [
            KeySchema("about", .text, "What it is."),
            KeySchema("default", .either([.text, .bool]), "What it holds unless it is given."),
        ])

    private static let phase = KeyGroup(
        "phase", "One phase.",
        keys: [
            KeySchema("name", .text, "What it is called.", required: true),
            KeySchema("about", .text, "What happens and what to watch."),
            KeySchema(
                "for", .duration,
                "How long it lasts at most; without it, as long as its steps take."),
            KeySchema(
                "lift", .oneOrMore(.text),
                "What is lifted first: all, or names of faults armed before."),
            KeySchema(
                "arm", .oneOrMore(.definition("use")),
                "What is armed: a name of the catalogue, a path, or a fault written here. It stays "
                    + "until it is lifted."),
            KeySchema(
                "steps", .oneOrMore(.definition("step")),
                "What is done, one after the other, beside the phase's clock."),
            KeySchema(
                "expect", .named(.oneOrMore(.text)),
                "What each probe must show: `success >= 99%`, `status == 503 within 30s`."),
            KeySchema(
                "until", .named(.oneOrMore(.text)),
                "Ends the phase as soon as all of it holds; the time until then is measured."),
        ])

    private static let step: KeyGroup = {
        let timeout = { (usual: String) in
            KeySchema("timeout", .duration, "After which it has failed.", default: usual)
        }
        let run = KeyGroup(
            "run", "A command of `sh -c`.",
            keys: [
                KeySchema("command", .text, "The command.", required: true), timeout("60s"),
                KeySchema(
                    "expect", .integer(0...255), "The exit code that means success.", default: "0"),
            ], primary: "command")
        let confirm = KeyGroup(
            "confirm", "A person does something and says done.",
            keys: [
                KeySchema("text", .text, "What is to be done.", required: true),
                KeySchema("role", .text, "Who does it, one of the roles."), timeout("15m"),
            ], primary: "text")
        let http = KeyGroup(
            "http", "One HTTP request.",
            keys: [
                KeySchema("url", .text, "Where it goes.", required: true),
                KeySchema(
                    "method", .text, "GET, or POST where there is a body, unless told otherwise."),
                KeySchema("headers", .named(.text), "Headers by name."),
                KeySchema("body", .text, "What is sent."),
                KeySchema(
                    "status", .integer(100...599),
                    "The status that means success; without it, any from 200 to 299."),
                timeout("10s"),
            ], primary: "url")
        return KeyGroup(
            "step", "Something that is done once.",
            keys: [
                KeySchema("run", .group(run), run.doc),
                KeySchema("confirm", .group(confirm), confirm.doc),
                KeySchema("note", .text, "A word for the record."),
                KeySchema("http", .group(http), http.doc),
            ], oneOf: ["run", "confirm", "note", "http"])
    }()

    /// What the keys of ``schema`` refer to, by name.
    ///
    /// - Parameter fault: The keys of a fault, which this target does not know.
    public static func definitions(
        fault: KeyGroup, kinds: [any Probe.Type] = ProbeCatalogue.all
    ) -> [String: KeySchema.Kind] {
        let name = KeySchema("as", .text, "What the game day calls it.")
        var named = name
        named.required = true
        var overrides = fault
        for index in overrides.keys.indices {
            overrides.keys[index].required = false
            overrides.keys[index].default = nil
        }
        overrides.anyOf = []
        let include = KeyGroup(
            "include", "A fault that is there already.",
            keys: [
                KeySchema(
                    "include", .text, "A name of the catalogue, or a path from this file.",
                    required: true),
                name,
                KeySchema("with", .group(overrides), "Keys of the fault that are replaced."),
            ])
        let inline = KeyGroup(
            fault.name, fault.doc, keys: [named] + fault.keys, anyOf: fault.anyOf)
        let probe = KeyGroup(
            "probe", "A check that is made again and again.",
            keys: [
                KeySchema("every", .duration, "How often.", default: "1s"),
                KeySchema(
                    "timeout", .duration,
                    "How long a check may take; `every`, and at most 5s, unless told otherwise."),
            ] + kinds.map { KeySchema($0.name, .group($0.schema), $0.schema.doc) },
            oneOf: kinds.map { $0.name })
        return [
            "probe": .group(probe), "phase": .group(phase), "step": .group(step),
            "use": .either([.text, .group(include), .group(inline)]),
        ]
    }

    /// The JSON Schema of game days, for editors.
    public static func jsonSchema(
        fault: KeyGroup, kinds: [any Probe.Type] = ProbeCatalogue.all
    ) -> String {
        JSONSchema.document(
            schema, id: "https://brownout.example/gameday.schema.json", title: "Brownout game day",
            definitions: definitions(fault: fault, kinds: kinds), variables: true)
    }
}
