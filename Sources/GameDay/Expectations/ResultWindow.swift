internal import ProbeKinds
internal import Spec

/// The results that an aggregate is made of, and the figure itself, at any moment.
struct ResultWindow: Sendable {
    private struct Entry {
        var began: Duration
        var passed: Bool
        /// Nanoseconds; nil where this result has no time that counts.
        var time: Int?
    }

    /// What is measured, in the condition's own unit.
    enum Figure: Equatable {
        case share(passed: Int, of: Int)
        case time(Duration)
    }

    let condition: Expectation.Condition
    /// How much of the past counts; nil: all.
    let length: Duration?
    private var entries: [Entry] = []
    private var first = 0
    private var passed = 0
    private(set) var count = 0
    private var times = SortedTimes()

    init(_ condition: Expectation.Condition, length: Duration?) {
        self.condition = condition
        self.length = length
    }

    mutating func add(_ sample: Sample) {
        var time: Int?
        if case .timing(let timing, _, _, _) = condition, sample.passed {
            time = sample.time(timing)?.nanoseconds
        }
        count += 1
        if sample.passed { passed += 1 }
        if let time { times.insert(time) }
        if length != nil {
            entries.append(Entry(began: sample.began, passed: sample.passed, time: time))
        }
    }

    /// Forgets what began more than the window's length ago.
    mutating func move(to now: Duration) {
        guard let length else { return }
        while first < entries.count, entries[first].began <= now - length {
            count -= 1
            if entries[first].passed { passed -= 1 }
            if let time = entries[first].time { times.remove(time) }
            first += 1
        }
        // Moves what is left once in a while, so that each costs its own place only.
        if first > 64, first * 2 > entries.count {
            entries.removeSubrange(..<first)
            first = 0
        }
    }

    /// Nil where nothing is there to measure.
    var figure: Figure? {
        switch condition {
        case .success: count == 0 ? nil : .share(passed: passed, of: count)
        case .timing(_, let statistic, _, _): times.figure(statistic).map(Figure.time)
        case .passed, .took, .fact: nil
        }
    }
}
