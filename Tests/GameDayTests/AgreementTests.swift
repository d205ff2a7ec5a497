import Foundation
import GameDay
import GameDaySamples
import Subprocess
import SystemPackage
import Testing

/// Journal, HTML, JUnit and Markdown of a run say the same, as a reader of their own finds it in them.
@Suite struct AgreementTests {
    struct Found: Codable, Equatable {
        var verdict: String
        var passed: Int
        var failed: Int
        var noSamples: Int
        var notJudged: Int
        var steps: Int
        var failedSteps: Int
    }

    private static let reader = #"""
        import html.parser, json, re, sys, xml.etree.ElementTree as tree
        folder = sys.argv[1]
        def text(name): return open(f"{folder}/{name}", encoding="utf-8").read()

        journal = json.loads(text("journal.json"))
        state, steps = {}, {}
        for index, phase in enumerate(journal["run"]["phases"]):
            for row in phase["expect"]: state[(index, "expect", row["probe"], row["text"])] = "pending"
            for row in phase["until"]:
                probe, words = row.split(":", 1)
                state[(index, "until", probe, words.strip())] = "pending"
        for event in journal["events"]:
            if event["event"] == "expectation" and event["role"] != "stop":
                state[(event["phase"], event["role"], event["probe"], event["text"])] = event["state"]
            if event["event"] == "step-began": steps[event["step"]] = None
            if event["event"] == "step-ended": steps[event["step"]] = event["passed"]
        states = list(state.values())
        final = ["passed", "failed", "noSamples"]
        verdict = journal.get("verdict")
        found = {"journal": dict(
            verdict=verdict["outcome"] if verdict else "unfinished",
            **{name: states.count(name) for name in final},
            notJudged=sum(s not in final for s in states),
            steps=len(steps), failedSteps=list(steps.values()).count(False))}

        # The shape that Jenkins' and other schemas share.
        allowed = {
            "testsuites": {"name", "tests", "failures", "errors", "time"},
            "testsuite": {"id", "name", "package", "tests", "failures", "errors", "skipped", "time",
                          "timestamp", "hostname"},
            "testcase": {"name", "classname", "time"}, "properties": set(),
            "property": {"name", "value"}, "failure": {"type", "message"},
            "error": {"type", "message"}, "skipped": {"message"}, "system-out": set()}
        root = tree.fromstring(text("junit.xml").encode())
        assert root.tag == "testsuites"
        for node in root.iter():
            assert set(node.attrib) <= allowed[node.tag], (node.tag, node.attrib)
            if "time" in node.attrib: assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", node.get("time"))
        cases = []
        for suite in root:
            own = suite.findall("testcase")
            assert int(suite.get("tests")) == len(own)
            for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
                assert int(suite.get(name)) == sum(c.find(tag) is not None for c in own), name
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
            cases += own
        for name, tag in (("failures", "failure"), ("errors", "error")):
            assert int(root.get(name)) == sum(c.find(tag) is not None for c in cases)
        assert int(root.get("tests")) == len(cases)
        is_step = lambda c: re.match(r"step \d+, ", c.get("name"))
        steps = [c for c in cases if is_step(c)]
        rest = [c for c in cases if not is_step(c) and c.get("name") != "verdict"]
        kinds = [c.find("failure").get("type") for c in rest if c.find("failure") is not None]
        skipped = sum(c.find("skipped") is not None for c in rest)
        properties = {p.get("name"): p.get("value") for p in root.iter("property")}
        # What a CI that counts would conclude.
        bad = int(root.get("failures")) + int(root.get("errors")) > 0
        assert bad == (properties["verdict"] != "held"), properties
        found["junit"] = dict(
            verdict=properties["verdict"], passed=len(rest) - len(kinds) - skipped,
            failed=kinds.count("expectation"), noSamples=kinds.count("no-samples"),
            notJudged=skipped, steps=len(steps),
            failedSteps=sum(c.find("failure") is not None for c in steps))

        markdown = text("report.md")
        def section(title):
            part = re.search(rf"^## {title}.*?$(.*?)(?=^## |\Z)", markdown, re.M | re.S)
            lines = part.group(1).strip().split("\n")[2:] if part else []
            return [re.split(r"(?<!\\) ?\|(?: |$)", line)[1:-1] for line in lines]
        rows = [row[3].strip("* ") for row in section("Expectations")]
        steps = [row[3].strip("* ") for row in section("Steps")]
        words = dict(HELD="held", FAILED="failed", STOPPED="stopped", INTERRUPTED="interrupted",
                     ERROR="error", UNFINISHED="unfinished", **{"NOT STARTED": "notStarted"})
        found["markdown"] = dict(
            verdict=words[re.match(r"# ([A-Z ]+): ", markdown).group(1)], passed=rows.count("passed"),
            failed=rows.count("failed"), noSamples=rows.count("no samples"),
            notJudged=rows.count("not judged"), steps=len(steps), failedSteps=steps.count("failed"))

        class Page(html.parser.HTMLParser):
            def __init__(self):
                super().__init__()
                self.section, self.verdict, self.rows, self.marks = None, None, [], []
                self.mark, self.tags = False, []
            def handle_starttag(self, tag, attrs):
                attrs = dict(attrs)
                assert tag not in ("script", "img", "link", "iframe", "object"), tag
                assert not any(name.startswith("on") or name == "src" for name in attrs), attrs
                if tag == "body": self.verdict = attrs["data-verdict"]
                if tag == "section": self.section = attrs["id"]
                if tag == "span" and "mark" in attrs.get("class", "").split(): self.mark = True
            def handle_data(self, data):
                if self.mark: self.marks.append((self.section, data.split(" ", 1)[1]))
                self.mark = False
        page = Page()
        page.feed(text("report.html"))
        rows = [word for section, word in page.marks if section == "expectations"]
        steps = [word for section, word in page.marks if section == "steps"]
        found["html"] = dict(
            verdict=page.verdict, passed=rows.count("passed"), failed=rows.count("failed"),
            noSamples=rows.count("no samples"), notJudged=rows.count("not judged"),
            steps=len(steps), failedSteps=steps.count("failed"))
        print(json.dumps(found))
        """#

    private func found(_ journal: Journal) async throws -> [String: Found] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "brownout-\(UUID().uuidString)"
        ).path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try ReportWriter.write(journal, to: folder)
        let file = try JournalFile(path: "\(folder)/journal.json", header: journal.run)
        file.append(journal.events)
        if let verdict = journal.verdict { file.finish(verdict) }
        let result = try await Subprocess.run(
            .name("python3"), arguments: ["-I", "-c", Self.reader, folder],
            output: .string(limit: 100_000), error: .string(limit: 100_000))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return try JSONDecoder().decode(
            [String: Found].self, from: Data(result.standardOutput.utf8))
    }

    @Test(arguments: SyntheticRun.Scenario.allCases, [UInt64(1), 2, 3])
    func all(_ scenario: SyntheticRun.Scenario, seed: UInt64) async throws {
        let journal = SyntheticRun(scenario, seed: seed).journal()
        let found = try await found(journal)
        let wanted = try #require(found["journal"])
        #expect(found.count == 4)
        for (name, what) in found { #expect(what == wanted, "\(name)") }
        #expect(wanted.verdict == journal.verdict?.outcome.rawValue ?? "unfinished")
        // The story's own counts, which the runner's summary is made of.
        let story = RunStory(journal)
        #expect(story.judgements[.passed] ?? 0 == wanted.passed)
        #expect(story.judgements[.failed] ?? 0 == wanted.failed)
        #expect(scenario != .held || wanted.failed == 0)
        #expect(scenario != .failed || wanted.failed > 0)
    }

    /// Texts that are markup somewhere, and those that XML cannot carry.
    @Test(arguments: [
        "<script>alert(1)</script>", "|]]>&amp;<!--", "`*_[x](y)_*`", "\"'>", "\u{0}\u{8}\u{1B}[0m",
        "\u{FFFE}\u{202E}é日本",
    ])
    func attacked(_ poison: String) async throws {
        var run = SyntheticRun(.failed)
        run.poison = poison
        let journal = run.journal()
        let found = try await found(journal)
        let wanted = try #require(found["journal"])
        for (name, what) in found { #expect(what == wanted, "\(name)") }
    }

    @Test func goldens() throws {
        let story = RunStory(SyntheticRun(.failed).journal())
        for (text, name) in [
            (MarkdownReport(story).text, "report-failed.md"),
            (JUnitReport(story).text, "report-failed.xml"),
        ] {
            let difference = try GoldenFile.difference(text, name)
            #expect(difference == nil, "\(difference ?? "")")
        }
    }

    @Test func secretsStayOut() throws {
        let journal = SyntheticRun(.held).journal()
        #expect(journal.run.variables["API_TOKEN"] == "hunter2")
        let story = RunStory(journal)
        for text in [
            HTMLReport(journal).text, MarkdownReport(story).text, JUnitReport(story).text,
        ] {
            #expect(!text.contains("hunter2"))
        }
    }

    /// However many results share a bin, one failure is drawn.
    @Test(arguments: [(1000, 1), (20_000, 1), (20_000, 7), (33_333, 3)])
    func noFailureIsHidden(results: Int, failures: Int) {
        let journal = SyntheticRun(.held).journal()
        var random = SeededGenerator(seed: 5)
        let bad = Set((0..<failures).map { _ in Int.random(in: 0..<results, using: &random) })
        let total = Int64(results) * 10
        let events = (0..<results).map { index in
            RunEvent(
                at: Int64(index) * 10,
                .result(
                    .init(
                        probe: "edge", passed: !bad.contains(index),
                        reason: bad.contains(index) ? "the one" : nil, latency: 1)))
        }
        let html = HTMLReport(
            Journal(
                run: journal.run, events: events,
                verdict: Verdict(outcome: .held, summary: "", exitCode: 0, at: total))
        ).text
        // A title each, or more than one of them in one.
        let told = html.matches(of: /(\d+) of \d+ failed, the one/).compactMap { Int($0.output.1) }
        #expect(told.reduce(0, +) == bad.count)
    }
}

@Suite struct WebhookTests {
    @Test func tellsBeginPhasesStopAndVerdict() throws {
        var run = SyntheticRun(.stopped)
        run.poison = "<!channel>&"
        let journal = run.journal()
        var story = RunStory(journal.run)
        var messages = [WebhookMessage.start(story)]
        for event in journal.events {
            story.apply(event)
            if let message = WebhookMessage(event: event, story: story) { messages.append(message) }
        }
        #expect(WebhookMessage.verdict(story) == nil)
        story.finish(try #require(journal.verdict))
        messages.append(try #require(WebhookMessage.verdict(story)))
        #expect(messages.map(\.event) == [.start, .phase, .phase, .stop, .verdict])
        for message in messages {
            let json = try JSONSerialization.jsonObject(with: Data(message.json.utf8))
            let object = try #require(json as? [String: Any])
            let text = try #require(object["text"] as? String)
            // Nobody's name calls a whole channel.
            #expect(!text.contains("<") && text.contains("&lt;!channel&gt;&amp;"))
            #expect(object["run"] as? String == journal.run.id)
        }
        #expect(messages.last?.measurements?.isEmpty == false)
        #expect(messages[2].phase?.hasPrefix("outage") == true)
    }
}
