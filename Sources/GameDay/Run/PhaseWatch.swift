import ProbeKinds

/// The expectations of one phase, while results that belong to it may come.
struct PhaseWatch: Sendable {
    let phase: Int
    /// Whether its expectations decide how the run is judged.
    let decides: Bool
    let began: Duration
    /// When it was over; nil while it is under way.
    private(set) var ended: Duration?
    private(set) var expect: [Watch]
    private(set) var until: [Watch]

    init(phase: Int, decides: Bool, began: Duration, expect: [Watch], until: [Watch]) {
        self.phase = phase
        self.decides = decides
        self.began = began
        self.expect = expect
        self.until = until
    }

    /// Whether a check belongs to the phase: it is the check's begin that counts.
    func holds(_ checkBegan: Duration) -> Bool {
        checkBegan >= began && checkBegan < ended ?? .seconds(Int64.max)
    }

    mutating func add(_ observation: Observation, of probe: String, began check: Duration) {
        let sample = Sample(observation, began: check - began)
        for index in expect.indices where expect[index].probe == probe {
            expect[index].add(sample)
        }
        for index in until.indices where until[index].probe == probe { until[index].add(sample) }
    }

    /// What changed.
    mutating func news(at now: Duration, round: Bool) -> [RunEvent.Expectation] {
        var news: [RunEvent.Expectation?] = []
        for index in expect.indices {
            news.append(expect[index].news(at: now - began, round: round))
        }
        for index in until.indices {
            news.append(until[index].news(at: now - began, round: round))
        }
        return news.compactMap { $0 }
    }

    /// Whether all that the phase waits for holds now.
    mutating func reached(at now: Duration) -> Bool {
        guard !until.isEmpty else { return false }
        var all = true
        for index in until.indices {
            let state = until[index].standing(at: now - began).state
            if state != .holding && state != .passed { all = false }
        }
        return all
    }

    mutating func end(at now: Duration) { ended = now }

    /// Judges, for good, what is about a probe of which no more results can come; nil: all.
    mutating func conclude(_ probe: String?) -> [RunEvent.Expectation] {
        guard let ended else { return [] }
        var final: [RunEvent.Expectation] = []
        for index in expect.indices
        where expect[index].verdict == nil && (probe == nil || expect[index].probe == probe) {
            final.append(expect[index].conclude(at: ended - began))
        }
        for index in until.indices
        where until[index].verdict == nil && (probe == nil || until[index].probe == probe) {
            final.append(until[index].conclude(at: ended - began))
        }
        return final
    }

    var isConcluded: Bool {
        expect.allSatisfy { $0.verdict != nil } && until.allSatisfy { $0.verdict != nil }
    }
}
