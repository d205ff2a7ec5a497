internal import ProbeKinds
internal import Spec

/// What a result had that a condition asks for.
enum Seen: Sendable {
    /// Cut to what a journal keeps.
    case fact(FactValue)
    case time(Duration)
    case nothing

    var words: String {
        switch self {
        case .fact(let fact): Words.shortened(FactTest.text(fact))
        case .time(let time): Words.time(time)
        case .nothing: "none"
        }
    }
}

/// Whether a condition is true as of each result.
struct Truth: Sendable {
    let expectation: Expectation
    /// The bound of a latency, resolved; nil where the baseline has none.
    let bound: Duration?
    private(set) var window: ResultWindow
    private var test: RememberedTest?
    /// What the last result had that was asked for.
    private(set) var seen: Seen?

    init(_ expectation: Expectation, baseline: BaselineFigures?) {
        self.expectation = expectation
        window = ResultWindow(expectation.condition, length: expectation.over)
        switch expectation.condition {
        case .timing(let timing, let statistic, _, .baseline(let times)):
            bound = baseline?.figure(timing, statistic)?.multiplied(by: times)
        case .timing(_, _, _, .fixed(let duration)), .took(_, _, let duration): bound = duration
        case .success, .passed, .fact: bound = nil
        }
        if case .fact(_, let factTest) = expectation.condition { test = RememberedTest(factTest) }
    }

    /// Whether a result is as the condition says; for aggregates, whether all of the window are, with this
    /// one its last. Nil where that cannot be told.
    mutating func holds(asOf sample: Sample) -> Bool? {
        switch expectation.condition {
        case .success, .timing:
            window.add(sample)
            window.move(to: sample.began)
            return windowHolds(at: sample.began)
        case .passed(let passed): return sample.passed == passed
        case .took(let timing, let comparison, let bound):
            let time = sample.time(timing)
            seen = time.map(Seen.time) ?? .nothing
            return time.map { comparison.holds($0, bound) } ?? false
        case .fact(let name, _):
            let fact = sample.facts[name]
            seen = fact.map { .fact($0.shortened) } ?? .nothing
            return fact.flatMap { test?.holds(for: $0) } ?? false
        }
    }

    /// Takes a result into the window of an aggregate without asking.
    mutating func take(_ sample: Sample) { window.add(sample) }

    /// Forgets what is too old for the window.
    mutating func move(to now: Duration) { window.move(to: now) }

    /// Whether the time that the window is long has been seen.
    func isWindowSeen(at now: Duration) -> Bool {
        now >= (expectation.after ?? .zero) + (expectation.over ?? .zero)
    }

    /// Whether the aggregate holds; nil where that cannot be told.
    func windowHolds(at now: Duration) -> Bool? {
        guard isWindowSeen(at: now), let figure = window.figure else { return nil }
        switch (expectation.condition, figure) {
        case (.success(let comparison, let share), .share(let passed, let count)):
            // In whole numbers: 99 of 100 is 99 %.
            return comparison.holds(passed * Percentage.all.millionths, share.millionths * count)
        case (.timing(_, _, let comparison, _), .time(let time)):
            return bound.map { comparison.holds(time, $0) }
        default: return nil
        }
    }

    /// `97.5 % of 240`, `p95 412 ms, baseline 120 ms`.
    var words: String {
        guard let figure = window.figure else { return Words.noSamples }
        switch (expectation.condition, figure) {
        case (_, .share(let passed, let count)): return Words.share(passed, of: count)
        case (.timing(let timing, let statistic, _, let limit), .time(let time)):
            let name = timing == .ttfb ? "ttfb \(statistic.rawValue)" : statistic.rawValue
            let words = "\(name) \(Words.time(time))"
            guard case .baseline(let times) = limit else { return words }
            guard let bound else { return "\(words), \(Words.noBaseline)" }
            return "\(words), baseline \(Words.time(bound.multiplied(by: 1 / times)))"
        default: return Words.noSamples
        }
    }
}
