import Control

extension HTMLReport {
    /// The word of a judgement, with its colour: never colour alone.
    private static func mark(_ judgement: Judgement) -> String {
        let (style, sign) =
            switch judgement {
            case .passed: ("pass", "✓")
            case .failed, .noSamples: ("fail", "✕")
            case .notJudged: ("none", "–")
            }
        return "<span class=\"mark m-\(style)\">\(sign) \(judgement.words)</span>"
    }

    var expectations: String {
        guard !story.expectations.isEmpty else { return "" }
        let counts = story.judgements
        let told = Judgement.allCases.compactMap { judgement in
            counts[judgement].map { "\($0) \(judgement.words)" }
        }
        var table = HTMLTable(
            told.joined(separator: ", "),
            ["Phase", "Probe", "Expectation", "Result", "Measured", "After"], numeric: [5])
        for row in story.expectations {
            table.append(
                [
                    .text(story.phaseName(row.phase)), .head(row.probe),
                    .init(
                        html: (row.role == .until ? "<span class=\"dim\">until</span> " : "")
                            + "<code>\(XMLText.escaped(row.text))</code>"),
                    .init(html: Self.mark(row.judgement)), .text(row.measured ?? Figures.none),
                    .text(Figures.seconds(row.after)),
                ], row: "x-\(row.judgement.rawValue)")
        }
        return
            "<section id=\"expectations\"><h2>Expectations</h2>\n\(table.html)\(stops)</section>\n"
    }

    private var stops: String {
        guard !story.stops.isEmpty else { return "" }
        let items = story.stops.map { stop in
            "<code>\(XMLText.escaped("\(stop.probe): \(stop.text)"))</code>"
        }
        let met = story.stopped?.cause == .condition ? "one held" : "none held"
        return "<p class=\"small\">Would have ended the run at once (\(met)): "
            + items.joined(separator: ", ") + "</p>\n"
    }

    var measurements: String {
        var table = HTMLTable(
            "Time to degrade: from the first fault to the first failed check after it. RTO: from that "
                + "check to the first of the passing streak that lasts to the end of the recovery.",
            [
                "Probe", "Checks what", "Checks", "Failed", "Time to degrade", "RTO",
                "After the lift",
            ], numeric: [2, 3, 4, 5, 6])
        for probe in story.probes {
            let values = story.measurements(of: probe)
            let every = Figures.seconds(probe.info.everySeconds)
            // `http http://…` says it twice.
            let kind = probe.info.target.hasPrefix(probe.info.kind) ? "" : probe.info.kind + " "
            table.append([
                .head(probe.info.name),
                .init(
                    html: "\(XMLText.escaped(kind + probe.info.target)) "
                        + "<span class=\"dim\">every \(every)</span>"),
                .text(Figures.count(probe.checks)), .text(Figures.count(probe.failures)),
                .text(Figures.seconds(values.timeToDegrade)),
                .text(Figures.seconds(values.recoveryTime)), .text(values.afterLiftWords),
            ])
        }
        return "<section id=\"measurements\"><h2>How fast it broke, how fast it was back</h2>\n"
            + table.html + "</section>\n"
    }

    var steps: String {
        guard !story.steps.isEmpty else { return "" }
        var table = HTMLTable(
            "What people and commands did",
            [
                "Phase", "Step", "Role", "Who", "Begin", "Result", "Took", "Detail",
            ], numeric: [4, 6])
        for step in story.steps {
            let mark =
                step.ended.map { Self.mark($0.passed ? .passed : .failed, done: true) }
                ?? "<span class=\"mark m-none\">– not ended</span>"
            table.append([
                .text(story.phaseName(step.began.phase)),
                .init(
                    html: "<span class=\"dim\">\(XMLText.escaped(step.began.kind))</span> "
                        + XMLText.escaped(step.began.text), isHead: true),
                .text(step.began.role ?? Figures.none), .text(step.ended?.who ?? Figures.none),
                .text(Figures.clock(step.beganAt)), .init(html: mark),
                .text(Figures.seconds(step.ended?.seconds)), .text(step.ended?.detail ?? ""),
            ])
        }
        return "<section id=\"steps\"><h2>Steps</h2>\n\(table.html)</section>\n"
    }

    private static func mark(_ judgement: Judgement, done: Bool) -> String {
        let text = mark(judgement)
        return judgement == .passed ? text.replacing("passed", with: "done") : text
    }

    var phaseTable: String {
        var table = HTMLTable(
            "The first is the baseline, before any fault; the last the recovery, after all are lifted",
            [
                "", "Phase", "Begin", "Lasted", "At most", "Ended because", "Armed", "Lifted",
                "Until",
            ],
            numeric: [2, 3, 4])
        for (index, phase) in story.phases.enumerated() {
            let about = phase.info.about.map {
                "<span class=\"dim small\"><br>\(XMLText.escaped($0))</span>"
            }
            let until = phase.info.until.map { "<code>\(XMLText.escaped($0))</code>" }
                .joined(separator: ", ")
            let after = phase.untilSeconds.flatMap { seconds in
                until.isEmpty ? nil : " after \(Figures.seconds(seconds))"
            }
            table.append([
                .text("\(index + 1)"),
                .init(html: XMLText.escaped(phase.info.name) + (about ?? ""), isHead: true),
                .text(phase.began.map(Figures.clock) ?? "never"),
                .text(Figures.seconds(phase.seconds)), .text(Figures.seconds(phase.info.seconds)),
                .text(phase.reason?.words ?? Figures.none),
                .text(phase.info.arm.joined(separator: ", ")),
                .text(phase.info.lift.joined(separator: ", ")), .init(html: until + (after ?? "")),
            ])
        }
        return "<section id=\"phases\"><h2>Phases</h2>\n\(table.html)</section>\n"
    }

    var shares: String {
        var table = HTMLTable(
            "Latency and time to first byte are those of the checks that passed",
            [
                "Probe", "Phase", "Checks", "Passed", "p50", "p95", "Max", "TTFB p50", "TTFB p95",
                "TTFB max",
            ],
            numeric: [2, 3, 4, 5, 6, 7, 8, 9])
        for probe in story.probes {
            for (index, tally) in probe.phases.enumerated() {
                guard tally.checks > 0 else { continue }
                let latency = tally.latency
                let ttfb = tally.ttfb
                table.append([
                    .head(probe.info.name), .text(story.phaseName(index)),
                    .text(Figures.count(tally.checks)),
                    .text(Figures.percent(tally.share), tally.passed < tally.checks ? "b" : ""),
                    .text(Figures.milliseconds(latency?.p50)),
                    .text(Figures.milliseconds(latency?.p95)),
                    .text(Figures.milliseconds(latency?.max)),
                    .text(Figures.milliseconds(ttfb?.p50)), .text(Figures.milliseconds(ttfb?.p95)),
                    .text(Figures.milliseconds(ttfb?.max)),
                ])
            }
        }
        return """
            <section id="shares"><h2>Every probe in every phase</h2>
            <details><summary>\(story.probes.count) probe\(story.probes.count == 1 ? "" : "s"), \(story.phases.count) phases</summary>
            \(table.html)</details></section>

            """
    }

    var faults: String {
        guard !story.faults.isEmpty else { return "" }
        var table = HTMLTable(
            "In the order in which they were armed",
            [
                "Fault", "Effects", "Names", "Seed", "Armed", "Lifted", "Why", "Seen", "Matched",
                "Fired", "Passed",
            ], numeric: [3, 4, 5, 7, 8, 9, 10])
        for fault in story.faults {
            let counts = fault.counts
            func count(_ path: KeyPath<FaultCounts, UInt64>) -> HTMLTable.Cell {
                .text(counts.map { Figures.count($0[keyPath: path]) } ?? Figures.none)
            }
            let dry = fault.armed.dryRun ? " <span class=\"dim\">dry run</span>" : ""
            table.append([
                .init(
                    html: "\(XMLText.escaped(fault.name)) <span class=\"dim\">"
                        + "\(XMLText.escaped(fault.id))</span>\(dry)", isHead: true),
                .text(fault.armed.effects.joined(separator: "; ")),
                .init(
                    html: fault.armed.names.map(XMLText.escaped).joined(separator: "<br>"),
                    style: "small"),
                .text("\(fault.armed.seed)"), .text(Figures.clock(fault.armedAt)),
                .text(fault.liftedAt.map(Figures.clock) ?? "not told"),
                .text(fault.why ?? Figures.none), count(\.seen), count(\.matched), count(\.fired),
                count(\.passed),
            ])
        }
        let specs = story.faults.map { fault in
            let spec = (try? ControlJSON.text(fault.armed.spec, pretty: true)) ?? ""
            return """
                <details><summary>\(XMLText.escaped(fault.name)) as it was armed</summary>\
                <pre>\(XMLText.escaped(spec))</pre></details>

                """
        }
        return "<section id=\"faults\"><h2>Faults</h2>\n\(table.html)\(specs.joined())</section>\n"
    }

    var reasons: String {
        let failing = story.probes.filter { $0.failures > 0 }
        guard !failing.isEmpty else { return "" }
        var table = HTMLTable(
            "The most frequent first", ["Probe", "Checks", "Reason"], numeric: [1])
        for probe in failing {
            for (reason, count) in probe.topReasons(8) {
                table.append([
                    .head(probe.info.name), .text(Figures.count(count)), .text(reason),
                ])
            }
        }
        return "<section id=\"reasons\"><h2>Why checks failed</h2>\n\(table.html)</section>\n"
    }

    var notes: String {
        guard !story.notes.isEmpty else { return "" }
        var table = HTMLTable("For the record", ["At", "Note"], numeric: [0])
        // A note a second for a day would be larger than all else.
        for note in story.notes.prefix(Self.noteLimit) {
            table.append([.text(Figures.clock(note.at)), .text(note.text)])
        }
        let more = story.notes.count - Self.noteLimit
        let rest = more > 0 ? "<p class=\"dim\">and \(more) more in the journal</p>\n" : ""
        return "<section id=\"notes\"><h2>Notes</h2>\n\(table.html)\(rest)</section>\n"
    }

    private static var noteLimit: Int { 500 }

    /// Where all this comes from.
    var origin: String {
        let header = story.header
        var facts: [(String, String)] = [
            ("File", XMLText.escaped(header.file)), ("Run", XMLText.escaped(header.id)),
            ("Host", XMLText.escaped(header.host)),
            ("Brownout", XMLText.escaped(header.brownout)),
            ("Agent", XMLText.escaped(header.agent ?? "not reached")),
            ("Speed", Figures.decimals(header.speed, 3)),
        ]
        if let runbook = header.runbook {
            let text = XMLText.escaped(runbook)
            // Nothing that a click would run.
            let isLink = runbook.hasPrefix("https://") || runbook.hasPrefix("http://")
            facts.append(
                ("Runbook", isLink ? "<a href=\"\(text)\" rel=\"noreferrer\">\(text)</a>" : text))
        }
        for (role, does) in header.roles.sorted(by: { $0.key < $1.key }) {
            facts.append((XMLText.escaped(role), XMLText.escaped(does)))
        }
        for (name, value) in header.variables.sorted(by: { $0.key < $1.key }) {
            let shown = Secrets.isSecret(name) ? Secrets.mask : XMLText.escaped(value)
            facts.append(("<code>\(XMLText.escaped(name))</code>", shown))
        }
        let list = facts.map { "<dt>\($0)</dt><dd>\($1)</dd>" }.joined(separator: "\n")
        return """
            <section id="origin"><h2>Where it comes from</h2>
            <dl>\(list)</dl>
            <details><summary>The game day as it was run</summary>\
            <pre>\(XMLText.escaped(header.text).replacing("&#10;", with: "\n"))</pre></details>
            </section>

            """
    }
}
