import Foundation

/// Reads what a run left as strangers would: each file for itself, with parsers that are not ours.
enum ReportReader {
    /// What one of the files says.
    struct Told: Decodable, Sendable {
        var verdict: String
        /// Phase, role, probe, expectation, outcome.
        var rows: [[String]]
        /// Probe, time to degrade, RTO, time from the lift; of `junit` the rows of `waits`.
        var times: [[String]]
        /// Of the journal: phase, probe and expectation of each `until`, and when it held.
        var waits: [[String]]?
    }

    static func read(_ folder: URL) async throws -> [String: Told] {
        let ended = try await Program.run("python3", ["-I", "-c", script, folder.path()])
        guard ended.succeeded else {
            throw Program.Failure(description: "report reader: \(ended.errors)")
        }
        return try JSONDecoder().decode([String: Told].self, from: Data(ended.output.utf8))
    }

    private static let script = #"""
        import html, html.parser, json, re, sys, xml.etree.ElementTree as tree
        folder = sys.argv[1]
        def text(name): return open(f"{folder}/{name}", encoding="utf-8").read()

        # The journal: what follows from the results themselves.
        journal = json.loads(text("journal.json"))
        phases = journal["run"]["phases"]
        words = dict(passed="passed", failed="failed", noSamples="no samples")
        rows, waits, ends, lifts, armed = {}, {}, {}, [], []
        for event in journal["events"]:
            kind = event["event"]
            if kind == "expectation" and event["role"] != "stop":
                key = (event["phase"], event["role"], event["probe"], event["text"])
                rows[key] = words.get(event["state"], "not judged")
                if event["role"] == "until" and rows[key] == "passed":
                    waits[key] = f"{event['after']:.3f}"
            if kind == "phase-ended": ends[event["phase"]] = event["at"]
            if kind == "armed": armed.append(event["at"])
            if kind == "lifted": lifts.append(event["at"])
        named = lambda key: [phases[key[0]]["name"], *key[1:]]
        times = {}
        for probe in journal["run"]["probes"]:
            results = [e for e in journal["events"] if e["event"] == "result"
                and e["probe"] == probe["name"] and armed and e["at"] >= armed[0]
                and e["at"] < ends.get(len(phases) - 1, 1e18)]
            failed = [n for n, e in enumerate(results) if not e["passed"]]
            none = (None, None, None)
            if not failed: times[probe["name"]] = none; continue
            first = results[failed[0]]["at"]
            back = results[failed[-1] + 1]["at"] if failed[-1] + 1 < len(results) else None
            after = None if back is None else back - max(lifts) if back >= max(lifts) else "before the lift"
            times[probe["name"]] = (first - armed[0], back and back - first, after)
        def words_of(value): return "–" if value is None else value if isinstance(value, str) else f"{value} ms"
        found = {"journal": dict(
            verdict=journal["verdict"]["outcome"],
            rows=sorted([*named(key), state] for key, state in rows.items()),
            times=[[name, *map(words_of, values)] for name, values in times.items()],
            waits=sorted([phases[k[0]]["name"], k[2], k[3], after] for k, after in waits.items()))}

        # Shown times are rounded: one that fits the journal's is told as the journal's.
        def fits(shown, name, index):
            exact = times.get(name, (None,) * 3)[index]
            if not isinstance(exact, (int, float)): return shown
            match = re.fullmatch(r"(?:(\d+) min ?)?(?:([\d.]+) s)?", shown)
            if not match: return shown
            seconds = int(match[1] or 0) * 60 + float(match[2] or 0)
            step = 1 if match[1] else 10 ** -len((match[2] or "").partition(".")[2])
            # Zeros at the end are not shown.
            step = min(step, 1) if match[1] else 0.01 if seconds < 9.995 else 0.1
            return words_of(exact) if abs(seconds - exact / 1000) <= step * 0.51 else shown

        def measured(cells): return [[c[0], *(fits(c[n], c[0], i) for i, n in enumerate((1, 2, 3)))]
            for c in cells]

        root = tree.fromstring(text("junit.xml").encode())
        junit, junit_waits = [], []
        for suite in root:
            for case in suite.findall("testcase"):
                if case.get("name") == "verdict" or re.match(r"step \d+, ", case.get("name")): continue
                probe, what = case.get("name").split(": ", 1)
                role = "until" if what.startswith("until ") else "expect"
                what = what.removeprefix("until ")
                failure = case.find("failure")
                state = ("not judged" if case.find("skipped") is not None else "passed"
                    if failure is None else {"expectation": "failed", "no-samples": "no samples"}[
                    failure.get("type")])
                junit.append([suite.get("name"), role, probe, what, state])
                if role == "until" and state == "passed":
                    junit_waits.append([suite.get("name"), probe, what,
                        f"{float(case.get('time')):.3f}"])
        properties = {p.get("name"): p.get("value") for p in root.iter("property")}
        found["junit"] = dict(verdict=properties["verdict"], rows=sorted(junit),
            times=sorted(junit_waits))

        markdown = text("report.md")
        def plain(cell):
            code = re.fullmatch(r"(until )?`(.*)`", cell)
            if code: return (code[1] or "") + code[2].replace("\\|", "|")
            return html.unescape(re.sub(r"\\(.)", r"\1", cell)).strip("*")
        def section(title):
            part = re.search(rf"^## {title}.*?$(.*?)(?=^## |\Z)", markdown, re.M | re.S)
            lines = part.group(1).strip().split("\n")[2:] if part else []
            return [[plain(c) for c in re.split(r"(?<!\\) ?\|(?: |$)", line)[1:-1]] for line in lines]
        def expected(cells):
            return sorted([c[0], "until" if c[2].startswith("until ") else "expect", c[1],
                c[2].removeprefix("until "), c[3]] for c in cells)
        outcomes = dict(HELD="held", FAILED="failed", STOPPED="stopped", ERROR="error",
            INTERRUPTED="interrupted", **{"NOT STARTED": "notStarted"})
        verdict = outcomes[re.match(r"# ([A-Z ]+): ", markdown).group(1)]
        assert f"exit code {journal['verdict']['exitCode']}" in markdown
        found["markdown"] = dict(verdict=verdict, rows=expected(section("Expectations")),
            times=measured([[c[0], *c[3:6]] for c in section("Measurements")]))

        class Page(html.parser.HTMLParser):
            def __init__(self):
                super().__init__()
                self.section, self.verdict, self.tables, self.open = None, None, {}, False
            def handle_starttag(self, tag, attrs):
                attrs = dict(attrs)
                if tag == "body": self.verdict = attrs["data-verdict"]
                if tag == "section": self.section = attrs["id"]; self.tables[self.section] = []
                if tag == "tr" and self.section: self.tables[self.section].append([])
                if tag in ("td", "th") and self.section:
                    self.tables[self.section][-1].append(""); self.open = True
            def handle_endtag(self, tag):
                if tag in ("td", "th"): self.open = False
            def handle_data(self, data):
                if self.open: self.tables[self.section][-1][-1] += data
        page = Page()
        page.feed(text("report.html"))
        cells = [[*c[:3], c[3].split(" ", 1)[1]] for c in page.tables["expectations"][1:]]
        found["html"] = dict(verdict=page.verdict, rows=expected(cells),
            times=measured([[c[0], *c[4:7]] for c in page.tables["measurements"][1:]]))
        print(json.dumps(found))
        """#
}
