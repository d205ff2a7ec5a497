public import Control

/// Two runs side by side: did we get better?
public struct Comparison: Codable, Equatable, Sendable {
    /// In the words that people read.
    public enum Change: String, Codable, Sendable {
        case better, worse, same
        /// In one of the two alone.
        case added, removed
        /// One of the two was not judged or not measured.
        case unknown
        /// Times to degrade are neither good nor bad: a service may be meant to degrade at once.
        case sooner, later
    }

    public struct Run: Codable, Equatable, Sendable {
        public var id: String
        public var title: String
        public var startedAt: Timestamp
        public var host: String
        public var brownout: String
        public var speed: Double
        public var seconds: Double
        /// `held` and so on; `unfinished` without a verdict.
        public var verdict: String
        public var summary: String
        public var passed: Int
        public var failed: Int
        public var notJudged: Int
    }

    public struct Expectation: Codable, Equatable, Sendable {
        public var phase: String
        public var role: RunEvent.Expectation.Role
        public var probe: String
        public var text: String
        public var before: Judgement?
        public var after: Judgement?
        public var beforeMeasured: String?
        public var afterMeasured: String?
        public var change: Change
    }

    public struct Probe: Codable, Equatable, Sendable {
        public var probe: String
        public var before: Measurements?
        public var after: Measurements?
        public var timeToDegrade: Change
        public var recoveryTime: Change
    }

    /// The checks of a probe in a phase.
    public struct Latency: Codable, Equatable, Sendable {
        public struct Side: Codable, Equatable, Sendable {
            public var checks: Int
            /// Between 0 and 1.
            public var passed: Double
            public var latency: LatencySummary?
        }
        public var phase: String
        public var probe: String
        public var before: Side?
        public var after: Side?
        /// By the share that passed; where that is the same, by p95.
        public var change: Change
    }

    public var before: Run
    public var after: Run
    public var verdict: Change
    /// In the order of the later run, then what only the earlier one has.
    public var expectations: [Expectation]
    public var probes: [Probe]
    public var latencies: [Latency]
    /// What makes the two hard to compare: another speed, another text.
    public var remarks: [String]

    /// Expectations and RTOs that changed for the better, and for the worse.
    public var better: Int { count(.better) }
    public var worse: Int { count(.worse) }

    private func count(_ change: Change) -> Int {
        expectations.count { $0.change == change } + probes.count { $0.recoveryTime == change }
    }

    public init(_ before: Journal, _ after: Journal) {
        self.init(RunStory(before), RunStory(after))
    }

    public init(_ before: RunStory, _ after: RunStory) {
        self.before = Run(before)
        self.after = Run(after)
        verdict = Self.verdict(before.verdict?.outcome, after.verdict?.outcome)
        expectations = Self.expectations(before, after)
        probes = Self.probes(before, after)
        latencies = Self.latencies(before, after)
        remarks = Self.remarks(before.header, after.header)
    }

    // MARK: Judging

    /// A share or a p95 that moves less than this is the same: 0.1 percentage points, a fifth.
    static let shareTolerance = 0.001
    static let latencyTolerance = 0.2

    private static func verdict(_ before: Verdict.Outcome?, _ after: Verdict.Outcome?) -> Change {
        func rank(_ outcome: Verdict.Outcome?) -> Int? {
            switch outcome {
            case .held: 3
            case .failed: 2
            case .stopped: 1
            // These say nothing of the service.
            case .notStarted, .interrupted, .error, nil: nil
            }
        }
        guard let old = rank(before), let new = rank(after) else { return .unknown }
        return old == new ? .same : new > old ? .better : .worse
    }

    private static func expectations(_ before: RunStory, _ after: RunStory) -> [Expectation] {
        func key(_ story: RunStory, _ row: ExpectationStory) -> [String] {
            [story.phaseName(row.phase), row.role.rawValue, row.probe, row.text]
        }
        let old = Dictionary(
            before.expectations.map { (key(before, $0), $0) },
            uniquingKeysWith: { first, _ in first })
        let new = Dictionary(
            after.expectations.map { (key(after, $0), $0) }, uniquingKeysWith: { first, _ in first }
        )
        var rows = after.expectations.map { ($0, key(after, $0)) }
        rows += before.expectations.map { ($0, key(before, $0)) }.filter { new[$0.1] == nil }
        return rows.map { row, key in
            let (a, b) = (old[key], new[key])
            return Expectation(
                phase: key[0], role: row.role, probe: row.probe, text: row.text,
                before: a?.judgement, after: b?.judgement, beforeMeasured: a?.measured,
                afterMeasured: b?.measured, change: change(a?.judgement, b?.judgement))
        }
    }

    private static func change(_ before: Judgement?, _ after: Judgement?) -> Change {
        guard let before else { return .added }
        guard let after else { return .removed }
        if before == .notJudged || after == .notJudged {
            return before == after ? .same : .unknown
        }
        if before.isFailure == after.isFailure { return .same }
        return after.isFailure ? .worse : .better
    }

    private static func probes(_ before: RunStory, _ after: RunStory) -> [Probe] {
        names(before, after).map { name in
            let old = before.probes.first { $0.info.name == name }
            let new = after.probes.first { $0.info.name == name }
            let a = old.map(before.measurements)
            let b = new.map(after.measurements)
            guard let old, let new, let a, let b else {
                let change: Change = old == nil ? .added : .removed
                return Probe(
                    probe: name, before: a, after: b, timeToDegrade: change, recoveryTime: change)
            }
            // Each time is known to one check, so two of them differ for certain from two on.
            let tolerance = 2 * max(old.info.everySeconds, new.info.everySeconds)
            return Probe(
                probe: name, before: a, after: b,
                timeToDegrade: degrading(a.timeToDegrade, b.timeToDegrade, tolerance),
                recoveryTime: recovering(a, b, tolerance))
        }
    }

    private static func degrading(_ a: Double?, _ b: Double?, _ tolerance: Double) -> Change {
        guard let a, let b else {
            return a == nil && b == nil ? .same : a == nil ? .sooner : .later
        }
        return abs(a - b) <= tolerance ? .same : b < a ? .sooner : .later
    }

    private static func recovering(
        _ a: Measurements, _ b: Measurements, _ tolerance: Double
    ) -> Change {
        // Without a failure there is nothing to come back from: the best that can be.
        switch (a.timeToDegrade, b.timeToDegrade) {
        case (nil, nil): return .same
        case (nil, _): return .worse
        case (_, nil): return .better
        default: break
        }
        switch (a.recoveryTime, b.recoveryTime) {
        case (nil, nil): return .unknown
        case (nil, _): return .better
        case (_, nil): return .worse
        case (let a?, let b?): return abs(a - b) <= tolerance ? .same : b < a ? .better : .worse
        }
    }

    private static func latencies(_ before: RunStory, _ after: RunStory) -> [Latency] {
        func side(_ story: RunStory, _ phase: String, _ probe: String) -> Latency.Side? {
            guard let index = story.phases.firstIndex(where: { $0.info.name == phase }),
                let tally = story.probes.first(where: { $0.info.name == probe })?.phases[index],
                let share = tally.share
            else { return nil }
            return Latency.Side(checks: tally.checks, passed: share, latency: tally.latency)
        }
        var phases = after.phases.map(\.info.name)
        phases += before.phases.map(\.info.name).filter { !phases.contains($0) }
        return phases.flatMap { phase in
            names(before, after).compactMap { probe in
                let (a, b) = (side(before, phase, probe), side(after, phase, probe))
                guard a != nil || b != nil else { return nil }
                return Latency(
                    phase: phase, probe: probe, before: a, after: b, change: change(a, b))
            }
        }
    }

    private static func change(_ before: Latency.Side?, _ after: Latency.Side?) -> Change {
        guard let before else { return .added }
        guard let after else { return .removed }
        if abs(before.passed - after.passed) > shareTolerance {
            return after.passed > before.passed ? .better : .worse
        }
        guard let a = before.latency?.p95, let b = after.latency?.p95 else {
            return before.latency == after.latency ? .same : .unknown
        }
        // Below a millisecond it is noise.
        if abs(a - b) <= max(1, latencyTolerance * a) { return .same }
        return b < a ? .better : .worse
    }

    private static func names(_ before: RunStory, _ after: RunStory) -> [String] {
        let names = after.probes.map(\.info.name)
        return names + before.probes.map(\.info.name).filter { !names.contains($0) }
    }

    private static func remarks(_ a: RunHeader, _ b: RunHeader) -> [String] {
        var remarks: [String] = []
        func differ<Value: Equatable>(_ what: String, _ a: Value, _ b: Value) {
            if a != b { remarks.append("\(what): \(a) before, \(b) after") }
        }
        differ("title", a.title, b.title)
        differ("speed", Figures.decimals(a.speed, 3), Figures.decimals(b.speed, 3))
        differ("host", a.host, b.host)
        differ("dry run", a.dryRun, b.dryRun)
        differ("in the lab", a.lab, b.lab)
        differ("brownout", a.brownout, b.brownout)
        if a.text != b.text { remarks.append("the text of the game day is not the same") }
        let changed = Set(a.variables.keys).union(b.variables.keys)
            .filter { a.variables[$0] != b.variables[$0] }.sorted()
        if !changed.isEmpty {
            remarks.append("other variables: \(changed.joined(separator: ", "))")
        }
        return remarks
    }
}

extension Comparison.Run {
    init(_ story: RunStory) {
        let words = VerdictWords(story.verdict)
        self.init(
            id: story.header.id, title: story.header.title, startedAt: story.header.startedAt,
            host: story.header.host, brownout: story.header.brownout, speed: story.header.speed,
            seconds: story.seconds, verdict: words.code, summary: words.summary,
            passed: story.judgements[.passed] ?? 0,
            failed: story.expectations.count(where: \.judgement.isFailure),
            notJudged: story.judgements[.notJudged] ?? 0)
    }
}

extension Comparison.Change {
    /// For people.
    public var words: String {
        switch self {
        case .added: "new"
        case .removed: "gone"
        case .unknown: "not comparable"
        default: rawValue
        }
    }
}
