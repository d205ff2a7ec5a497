import Control
import GameDay

extension SyntheticDraft {
    /// Tells how each expectation stands in the middle of its phase and at its end.
    mutating func judge(until end: Double) {
        let story = story
        for (index, phase) in spans.enumerated() where phase.begin < end {
            let isWhole = phase.end <= end
            for expected in phase.info.expect {
                let (passed, measured, after) = judgement(expected, index, story)
                let middle = (phase.begin + min(phase.end, end)) / 2
                tellExpectation(
                    middle, index, .expect, expected.probe, expected.text,
                    passed ? .holding : .failing, measured, nil)
                guard isWhole else { continue }
                tellExpectation(
                    phase.end - 0.001, index, .expect, expected.probe, expected.text,
                    passed ? .passed : measured == nil ? .noSamples : .failed, measured, after)
            }
            guard isWhole else { continue }
            for until in phase.info.until {
                let parts = until.split(separator: ":", maxSplits: 1)
                tellExpectation(
                    phase.end - 0.001, index, .until, String(parts[0]),
                    String(parts[1].dropFirst()), .passed, "100 %", phase.end - phase.begin)
            }
        }
    }

    /// Whether it is met, what was measured, and when it began to hold.
    private func judgement(
        _ expected: RunHeader.ExpectationInfo, _ phase: Int, _ story: RunStory
    ) -> (Bool, String?, Double?) {
        guard let probe = story.probes.first(where: { $0.info.name == expected.probe }) else {
            return (false, nil, nil)
        }
        let tally = probe.phases[phase]
        let words = expected.text.split(separator: " ")
        if words[0] == "success", let share = tally.share,
            let bound = Double(words[2].prefix { $0.isNumber })
        {
            return (share * 100 >= bound, Figures.percent(share), nil)
        }
        if words[0] == "p95", let p95 = tally.latency?.p95 {
            if words[2] == "2x", let base = probe.phases[0].latency?.p95 {
                return (
                    p95 < 2 * base,
                    "p95 \(Figures.milliseconds(p95)), baseline \(Figures.milliseconds(base))", nil
                )
            }
            let bound = Double(words[2].prefix { $0.isNumber }) ?? 0
            return (p95 < bound, "p95 \(Figures.milliseconds(p95))", nil)
        }
        if words.contains("within") { return (tally.checks > 0, "2.4 s", 2.4) }
        guard tally.checks > 0 else { return (false, nil, nil) }
        let all = tally.passed == tally.checks || words[0] == "ttl"
        return (all, all ? "every result" : "\(tally.checks - tally.passed) results did not", nil)
    }

    func verdict(at end: Double) -> Verdict? {
        let story = story
        let failed = story.expectations.filter(\.judgement.isFailure).count
        let steps = story.steps.filter { $0.ended?.passed == false }.count
        let at = Int64(end * 1000)
        switch run.scenario {
        case .killed: return nil
        case .notStarted:
            return Verdict(
                outcome: .notStarted, summary: "the steady state does not hold: nothing was armed",
                exitCode: 1, at: at)
        case .stopped:
            return Verdict(
                outcome: .stopped, summary: "checkout: success < 20% over 30s" + run.poison,
                exitCode: 4, at: at)
        case .agentLost:
            return Verdict(outcome: .stopped, summary: "the agent is gone", exitCode: 4, at: at)
        case .interrupted:
            return Verdict(
                outcome: .interrupted, summary: "SIGINT; everything is lifted", exitCode: 5, at: at)
        case .held, .failed:
            let total = story.expectations.count
            return failed + steps == 0
                ? Verdict(
                    outcome: .held, summary: "all \(total) expectations met", exitCode: 0, at: at)
                : Verdict(
                    outcome: .failed,
                    summary: "\(failed) of \(total) expectations failed"
                        + (steps > 0 ? ", \(steps) step" : ""), exitCode: 1, at: at)
        }
    }

    var header: RunHeader {
        let x = run.poison
        return RunHeader(
            id: "20261121T060000Z-\(String(run.seed % 65_536, radix: 16))",
            startedAt: Timestamp(milliseconds: 1_795_240_800_000), brownout: "0.1.0",
            agent: "0.1.0",
            host: "shop-1.example.com" + x, title: "us-east-1 is out" + x,
            about:
                "DynamoDB resolves to nothing, as on 2025-10-20, and STS is slow. The shop must serve "
                + "its catalogue from the cache, refuse writes as 503 and say that it is read-only; "
                + "watch the queue of orders." + x,
            runbook: "https://wiki.example.com/runbooks/us-east-1",
            roles: [
                "commander" + x: "decides when to shift traffic, and when to stop",
                "observer": "watches the dashboards, tells the time at which each alarm was seen",
            ], file: "Gamedays/us-east-1-out.yaml",
            text: """
                title: us-east-1 is out\(x)
                roles: {commander: decides, observer: watches}
                probes:
                  checkout:
                    http: {url: "${SERVICE}/checkout", status: 200}
                  table:
                    dns: {name: dynamodb.us-east-1.amazonaws.com, types: [A]}
                phases:
                  - name: outage
                    arm: [dynamodb-empty]

                """,
            variables: ["SERVICE": "http://127.0.0.1:8080" + x, "API_TOKEN": "hunter2"],
            speed: 1, dryRun: false, lab: false, probes: infos, phases: spans.map(\.info),
            stop: ["checkout\(x): success < 20% over 30s"])
    }
}
