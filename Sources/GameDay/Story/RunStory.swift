/// What is known of a run after some of its events: the fold of `RunEvent`s over a `RunHeader`.
///
/// The live view, every report and the webhook show this and nothing else. Values that are not
/// defined (a probe that never failed has no time to degrade) are nil, never 0.
public struct RunStory: Equatable, Sendable {
    /// How much of the results is kept.
    public enum Keeping: Equatable, Sendable {
        /// The last few of each probe, and counts: for a view of a run that may last for days.
        case last(Int)
        /// Every latency too, so that percentiles of phases are exact.
        case latencies
    }

    public let header: RunHeader
    public let keeping: Keeping
    /// Milliseconds of the run: the latest that any event told.
    public private(set) var now: Int64 = 0
    public private(set) var phases: [PhaseStory]
    /// The phase that goes on; nil before the first, between two, and at the end.
    public private(set) var current: Int?
    /// Every fault that was armed, in order.
    public private(set) var faults: [FaultStory] = []
    /// In the header's order; a probe that the header does not list comes last.
    public private(set) var probes: [ProbeStory]
    /// Those of the header in its order, phase by phase: `expect`, then `until`.
    public private(set) var expectations: [ExpectationStory]
    /// The conditions that end a run.
    public private(set) var stops: [ExpectationStory]
    public private(set) var steps: [StepStory] = []
    public private(set) var notes: [NoteStory] = []
    public private(set) var stopped: StopStory?
    public private(set) var verdict: Verdict?

    private var probeIndices: [String: Int]

    public init(_ header: RunHeader, keeping: Keeping = .last(120)) {
        self.header = header
        self.keeping = keeping
        phases = header.phases.map(PhaseStory.init)
        probes = header.probes.map { ProbeStory($0, phases: header.phases.count) }
        probeIndices = [:]
        for (index, probe) in header.probes.enumerated() where probeIndices[probe.name] == nil {
            probeIndices[probe.name] = index
        }
        expectations = []
        stops = []
        for (index, phase) in header.phases.enumerated() {
            for expected in phase.expect {
                note(.init(index, .expect, expected.probe, expected.text))
            }
            for text in phase.until { note(ExpectationStory(index, .until, written: text)) }
        }
        for text in header.stop { note(ExpectationStory(0, .stop, written: text)) }
    }

    /// The story of a whole journal, with exact percentiles.
    public init(_ journal: Journal) {
        self.init(journal.run, keeping: .latencies)
        for event in journal.events { apply(event) }
        if let verdict = journal.verdict { finish(verdict) }
    }

    public mutating func finish(_ verdict: Verdict) {
        self.verdict = verdict
        now = max(now, verdict.at)
        current = nil
    }

    public mutating func apply(_ event: RunEvent) {
        now = max(now, event.at)
        switch event.kind {
        case .phaseBegan(let value):
            guard phases.indices.contains(value.phase) else { return }
            phases[value.phase].began = event.at
            current = value.phase
        case .phaseEnded(let value):
            guard phases.indices.contains(value.phase) else { return }
            phases[value.phase].ended = event.at
            phases[value.phase].reason = value.reason
            phases[value.phase].seconds = value.seconds
            if current == value.phase { current = nil }
        case .armed(let value):
            faults.append(FaultStory(value, at: event.at))
        case .lifted(let value):
            change(value.id) { fault in
                guard fault.liftedAt == nil else { return }
                fault.liftedAt = event.at
                fault.why = value.why
                fault.counts = value.counts ?? fault.counts
            }
        case .counts(let value):
            change(value.id) { $0.counts = value.counts }
        case .result(let value):
            take(value, at: event.at)
        case .expectation(let value):
            var story = ExpectationStory(value.phase, value.role, value.probe, value.text)
            story.state = value.state
            story.measured = value.measured
            story.after = value.after
            note(story)
        case .stepBegan(let value):
            steps.append(StepStory(value, at: event.at))
        case .stepEnded(let value):
            guard let index = steps.lastIndex(where: { $0.step == value.step }) else { return }
            steps[index].ended = StepStory.End(value, at: event.at)
        case .note(let value):
            notes.append(NoteStory(at: event.at, text: value.text))
        case .stopped(let value):
            // The first cause is the cause: what follows comes of it.
            if stopped == nil {
                stopped = StopStory(at: event.at, cause: value.cause, why: value.why)
            }
        }
    }

    /// The phase in which a check that began at `time` counts; nil between two.
    public func phase(at time: Int64) -> Int? {
        guard
            let index = phases.lastIndex(where: { phase in
                phase.began.map { $0 <= time } ?? false
            })
        else { return nil }
        if let ended = phases[index].ended, time >= ended { return nil }
        return index
    }

    /// Changes the latest fault of an id.
    private mutating func change(_ id: String, _ body: (inout FaultStory) -> Void) {
        guard let index = faults.lastIndex(where: { $0.id == id }) else { return }
        body(&faults[index])
    }

    private mutating func take(_ result: RunEvent.Result, at time: Int64) {
        let index: Int
        if let known = probeIndices[result.probe] {
            index = known
        } else {
            index = probes.count
            probeIndices[result.probe] = index
            let info = RunHeader.ProbeInfo(
                name: result.probe, kind: "?", target: "", everySeconds: 0, timeoutSeconds: 0)
            probes.append(ProbeStory(info, phases: phases.count))
        }
        probes[index].take(
            result, at: time, phase: phase(at: time), firstArmed: faults.first?.armedAt,
            isAfterTheEnd: phases.last?.ended.map { time >= $0 } ?? false, keeping: keeping)
    }

    private mutating func note(_ told: ExpectationStory) {
        var story = told
        if header.dryRun, story.role != .stop {
            story.decides = [0, header.phases.count - 1].contains(story.phase)
        }
        if story.role == .stop {
            if let index = stops.firstIndex(where: { $0.isSame(as: story) }) {
                stops[index] = story
            } else {
                stops.append(story)
            }
        } else if let index = expectations.firstIndex(where: { $0.isSame(as: story) }) {
            expectations[index] = story
        } else {
            // Not in the header: after those of its phase.
            let after = expectations.lastIndex { $0.phase <= story.phase }
            expectations.insert(story, at: after.map { $0 + 1 } ?? 0)
        }
    }
}
