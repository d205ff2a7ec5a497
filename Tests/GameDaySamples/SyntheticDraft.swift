import Control
import GameDay

/// A journal in the making.
struct SyntheticDraft {
    let run: SyntheticRun
    private var random: SeededGenerator
    /// With the time at which each is told, for the order.
    private var told: [(time: Int64, event: RunEvent)] = []
    private var phases: [Phase]
    private var probes: [Probe]

    struct Phase {
        var info: RunHeader.PhaseInfo
        var begin: Double
        var end: Double
        var reason = RunEvent.PhaseEnded.Reason.time
    }

    struct Probe {
        var info: RunHeader.ProbeInfo
        /// Milliseconds, when all is well.
        var latency: Double
        var reason: String
        /// Seconds in which it fails, and the share of checks that do.
        var bad: [(from: Double, to: Double, share: Double)]
        /// Seconds in which it is slow, and how many times.
        var slow: [(from: Double, to: Double, factor: Double)]
    }

    init(_ run: SyntheticRun) {
        self.run = run
        random = SeededGenerator(seed: run.seed)
        let s = run.stretch
        let x = run.poison
        func expect(_ pairs: (String, String)...) -> [RunHeader.ExpectationInfo] {
            pairs.map { .init(probe: $0.0 + x, text: $0.1 + x) }
        }
        let steady = expect(
            ("checkout", "success >= 99%"), ("checkout", "p95 < 300ms"), ("table", "addresses >= 1")
        )
        let infos: [(RunHeader.PhaseInfo, Double)] = [
            (.init(name: "baseline", seconds: 30 * s, expect: steady), 30),
            (
                .init(
                    name: "outage" + x,
                    about: "The record of DynamoDB is empty: NOERROR, and no address." + x,
                    seconds: 90 * s, arm: ["dynamodb-empty" + x, "slow-sts"],
                    expect: expect(
                        ("checkout", "success >= 95%"), ("checkout", "p95 < 2x baseline"),
                        ("table", "addresses == 0 within 10s"), ("orders-write", "fail within 20s"),
                        ("catalogue", "header X-Mode == read-only within 30s")),
                    steps: ["note: The record is emptied", "confirm (observer): The alarm is seen"]
                ), 90
            ),
            (
                .init(
                    name: "shift", about: "Reads go to us-west-2.", seconds: 60 * s,
                    until: ["checkout\(x): success >= 99% over 5s"], arm: ["zone-lost"],
                    expect: expect(("catalogue", "success >= 99% after 10s"), ("edge", "pass")),
                    steps: ["confirm (commander): Shift reads to us-west-2", "run: ./shift.sh"]), 34
            ),
            (
                .init(
                    name: "partial restore", seconds: 60 * s, lift: ["dynamodb-empty" + x],
                    expect: expect(
                        ("table", "ttl <= 60s"), ("checkout", "success >= 98%"),
                        ("sts", "p95 < 900ms"))), 60
            ),
            (.init(name: "recovery", seconds: 120 * s, expect: steady), 70),
        ]
        var at = 0.0
        phases = infos.map { info, seconds in
            defer { at += seconds * s }
            return Phase(info: info, begin: at, end: at + seconds * s)
        }
        phases[2].reason = .until
        phases[4].reason = .until
        let careless = run.scenario == .failed
        let rough = run.scenario == .stopped
        func probe(
            _ name: String, _ kind: String, _ target: String, _ latency: Double, _ reason: String,
            bad: [(Double, Double, Double)], slow: [(Double, Double, Double)] = []
        ) -> Probe {
            Probe(
                info: .init(
                    name: name + x, kind: kind, target: target + x, everySeconds: run.every,
                    timeoutSeconds: min(run.every, 1)),
                latency: latency, reason: reason + x,
                bad: bad.map { (from: $0.0 * s, to: $0.1 * s, share: $0.2) },
                slow: slow.map { (from: $0.0 * s, to: $0.1 * s, factor: $0.2) })
        }
        probes = [
            probe(
                "checkout", "http", "http://127.0.0.1:8080/checkout", 42, "status 503, not 200",
                bad: careless
                    ? [(33, 120, 0.4), (120, 230, 0.15), (230, 246, 0.6)]
                    : rough
                        ? [(31, 200, 0.97)]
                        : run.scenario == .notStarted ? [(0, 30, 0.3)] : [(33, 36, 0.7)],
                slow: careless ? [(30, 230, 6)] : [(30, 40, 1.4)]),
            probe(
                "orders-write", "http", "http://127.0.0.1:8080/orders", 55,
                "status 503, not 201: read-only", bad: [(34, 155, 1), (155, 158, 0.5)],
                slow: [(155, 200, 4)]),
            probe(
                "catalogue", "http", "http://127.0.0.1:8080/items/1", 21, "timeout after 1 s",
                bad: careless ? [(60, 75, 0.3)] : []),
            probe(
                "table", "dns", "dynamodb.us-east-1.amazonaws.com A", 3.5, "NOERROR, no addresses",
                bad: [(30.4, 154.2, 1)]),
            probe(
                "sts", "https", "https://sts.us-east-1.amazonaws.com/", 88, "timeout after 1 s",
                bad: careless ? [(100, 250, 0.08)] : [], slow: [(30, 214, 5)]),
            probe(
                "edge", "tcp", "nlb.us-east-1.example.com:443", 1.2, "connection refused",
                bad: careless ? [(122, 122.6, 1), (140, 140.4, 1), (150.2, 150.6, 1)] : []),
        ]
        for index in 0..<run.extraProbes {
            probes.append(
                probe(
                    "shop-\(index)", "http", "http://shop-\(index).example.com/health", 30,
                    "status 500, not 200", bad: index % 7 == 3 ? [(60, 70, 0.5)] : []))
        }
    }

    // MARK: What happens

    mutating func journal() -> Journal {
        // When the run is cut short, in seconds; nil: it is not.
        let cut: Double? =
            switch run.scenario {
            case .held, .failed: nil
            case .notStarted: phases[0].end
            case .stopped: phases[1].begin + 36 * run.stretch
            case .interrupted: phases[2].begin + 9 * run.stretch
            case .killed: phases[2].begin + 20 * run.stretch
            case .agentLost: phases[1].begin + 50 * run.stretch
            }
        let end = cut ?? phases[4].end
        drawResults(until: end)
        tellPhases(until: end)
        tellFaults(until: end)
        tellSteps(until: end)
        judge(until: end)
        if let stop = stop(at: end) { told.append((ms(end) + 1, stop)) }
        // Stable: what is told at the same time stays in the order in which it was drawn.
        let events = told.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element.event)
        return Journal(run: header, events: events, verdict: verdict(at: end + 0.4))
    }

    var spans: [Phase] { phases }
    var infos: [RunHeader.ProbeInfo] { probes.map(\.info) }

    /// What was told until now.
    var story: RunStory {
        var story = RunStory(header, keeping: .latencies)
        // Phases first: results are looked up in them.
        let sorted = told.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        for (_, (_, event)) in sorted { story.apply(event) }
        return story
    }

    mutating func tellExpectation(
        _ time: Double, _ phase: Int, _ role: RunEvent.Expectation.Role, _ probe: String,
        _ text: String, _ state: RunEvent.Expectation.State, _ measured: String?, _ after: Double?
    ) {
        tell(
            time,
            .expectation(
                .init(
                    phase: phase, role: role, probe: probe, text: text, state: state,
                    measured: measured, after: after)))
    }

    private func ms(_ seconds: Double) -> Int64 { Int64((seconds * 1000).rounded()) }

    private mutating func drawResults(until end: Double) {
        var results: [(time: Int64, event: RunEvent)] = []
        for probe in probes {
            var at = Double.random(in: 0..<(probe.info.everySeconds / 2), using: &random)
            while at < end {
                let result = draw(probe, at: at)
                let event = RunEvent(at: ms(at), .result(result))
                results.append((ms(at + result.latency / 1000), event))
                // No drift, some jitter.
                at += probe.info.everySeconds
            }
        }
        told += results
    }

    private mutating func draw(_ probe: Probe, at: Double) -> RunEvent.Result {
        let share = probe.bad.filter { $0.from <= at && at < $0.to }.map(\.share).max() ?? 0
        let factor = probe.slow.filter { $0.from <= at && at < $0.to }.map(\.factor).max() ?? 1
        // A long tail: most near the median, one in a hundred several times as slow.
        let unit = Double.random(in: 0..<1, using: &random)
        let tail = 0.75 + 0.5 * unit + (unit > 0.97 ? (unit - 0.97) * 60 : 0)
        let failed = Double.random(in: 0..<1, using: &random) < share
        let isTimeout = failed && probe.reason.hasPrefix("timeout")
        let latency =
            isTimeout
            ? probe.info.timeoutSeconds * 1000
            : min(probe.latency * tail * factor, probe.info.timeoutSeconds * 999)
        let rounded = (latency * 1000).rounded() / 1000
        let hasTTFB = probe.info.kind.hasPrefix("http") && !isTimeout
        return .init(
            probe: probe.info.name, passed: !failed, reason: failed ? probe.reason : nil,
            latency: rounded, ttfb: hasTTFB ? (rounded * 800).rounded() / 1000 : nil,
            facts: probe.info.kind == "dns" ? ["addresses": .integer(failed ? 0 : 3)] : nil)
    }

    private mutating func tellPhases(until end: Double) {
        for (index, phase) in phases.enumerated() where phase.begin < end {
            told.append(
                (ms(phase.begin), RunEvent(at: ms(phase.begin), .phaseBegan(.init(phase: index)))))
            let isCut = phase.end > end || run.scenario == .notStarted
            if run.scenario == .killed, isCut { continue }
            let over = min(phase.end, end)
            let reason = isCut && run.scenario != .notStarted ? .stopped : phase.reason
            told.append(
                (
                    ms(over),
                    RunEvent(
                        at: ms(over),
                        .phaseEnded(
                            .init(phase: index, reason: reason, seconds: over - phase.begin)))
                ))
        }
    }

    private mutating func tellFaults(until end: Double) {
        let faults: [(String, Int, [String], [String], Double)] = [
            (
                "dynamodb-empty", 1,
                ["dynamodb.us-east-1.amazonaws.com", "*.ddb.us-east-1.amazonaws.com"],
                ["empty, soa ttl 60s"], phases[3].begin
            ),
            (
                "slow-sts", 1, ["sts.*.amazonaws.com"], ["delay 300ms ± 50ms"], phases[4].begin
            ),
            ("zone-lost", 2, ["nlb.us-east-1.example.com"], ["partial, keep 1"], phases[4].begin),
        ]
        for (index, fault) in faults.enumerated() {
            let (name, phase, names, effects, lift) = fault
            let begin = phases[phase].begin + 0.05 * Double(index + 1)
            guard begin < end, run.scenario != .notStarted else { continue }
            let id = "f\(index + 1)"
            let shown = index == 0 ? name + run.poison : name
            told.append(
                (
                    ms(begin),
                    RunEvent(
                        at: ms(begin),
                        .armed(
                            .init(
                                id: id, name: shown, phase: phase, names: names, effects: effects,
                                seed: 1000 + UInt64(index), dryRun: false,
                                spec: .object([
                                    "names": .array(names.map { .string($0) }),
                                    "about": .string("What it is for" + run.poison),
                                    "for": .string("4h"),
                                ]))))
                ))
            let over = min(lift, end)
            var at = begin
            var counts = FaultCounts()
            let step = max(1, (over - begin) / 200)
            while at < over {
                at += step
                counts.seen += UInt64(12 * step)
                counts.matched += UInt64(4 * step)
                counts.fired += UInt64(4 * step)
                told.append(
                    (
                        ms(min(at, over)),
                        RunEvent(at: ms(min(at, over)), .counts(.init(id: id, counts: counts)))
                    ))
            }
            if run.scenario == .killed, over == end { continue }
            let why =
                lift < end
                ? "the phase says so"
                : run.scenario == .agentLost ? "the agent is gone" : "the run is over"
            told.append(
                (
                    ms(over) + 2,
                    RunEvent(
                        at: ms(over) + 2,
                        .lifted(
                            .init(
                                id: id, why: why, counts: run.scenario == .agentLost ? nil : counts)
                        ))
                ))
        }
    }

    private mutating func tellSteps(until end: Double) {
        let x = run.poison
        let steps: [(Int?, String, String, String?, Double, Double, String?, String?)] = [
            (1, "note", "The record is emptied", nil, 0.2, 0, nil, nil),
            (1, "confirm", "The alarm is seen" + x, "observer", 0.3, 21.4, nil, "maria" + x),
            (2, "confirm", "Shift reads to us-west-2", "commander", 0.2, 14.8, nil, "jo"),
            (
                2, "run", "./shift.sh us-west-2", nil, 15.1, 3.2, "exit 0: 3 records changed" + x,
                nil
            ),
        ]
        for (index, step) in steps.enumerated() {
            let (phase, kind, text, role, after, takes, detail, who) = step
            let begin = phases[phase ?? 0].begin + after * run.stretch
            guard begin < end, run.scenario != .notStarted else { continue }
            tell(
                begin,
                .stepBegan(.init(step: index, phase: phase, kind: kind, text: text, role: role)))
            if kind == "note" { tell(begin, .note(.init(text: text))) }
            let over = begin + takes * run.stretch
            guard over <= end else { continue }
            let failed = run.scenario == .failed && kind == "run"
            tell(
                over,
                .stepEnded(
                    .init(
                        step: index, passed: !failed, seconds: takes * run.stretch,
                        detail: failed ? "exit 1: us-west-2: no such stack" : detail, who: who)))
        }
        guard run.scenario != .killed else { return }
        tell(
            end + 0.1, .stepBegan(.init(step: 4, phase: nil, kind: "run", text: "./shift.sh back")))
        tell(end + 0.3, .stepEnded(.init(step: 4, passed: true, seconds: 0.2, detail: "exit 0")))
    }

    private mutating func tell(_ time: Double, _ kind: RunEvent.Kind) {
        told.append((ms(time), RunEvent(at: ms(time), kind)))
    }

    private func stop(at end: Double) -> RunEvent? {
        let stopped: RunEvent.Stopped? =
            switch run.scenario {
            case .stopped:
                .init(
                    cause: .condition,
                    why: "checkout: success < 20% over 30s holds: 6.7 %" + run.poison)
            case .interrupted: .init(cause: .interrupted, why: "SIGINT")
            case .agentLost: .init(cause: .agent, why: "/run/brownout.sock: it is gone")
            default: nil
            }
        return stopped.map { RunEvent(at: ms(end) + 1, .stopped($0)) }
    }
}
