public import ProbeKinds
public import Spec

/// What must be true of a probe's results: `success >= 99%`, `status == 503 within 30s`.
///
///     [always|never] CONDITION [within D] [for at least D] [after D] [over D]
///
/// The same form says what a phase must show, what ends it early (`until`), what stops a run
/// (`stop`) and what the steady state is. It is read by ``init(parsing:facts:)`` and judged by a
/// ``Judge``.
public struct Expectation: Equatable, Sendable {
    /// As written; a speed does not change it.
    public var text: String
    public var condition: Condition
    /// Of all results rather than of one, or of none.
    public var quantifier: Quantifier
    /// It must become true before this much of the phase is over.
    public var within: Duration?
    /// It must be true for an unbroken stretch of this length.
    public var forAtLeast: Duration?
    /// Results that began in the first part of the phase, of this length, do not count.
    public var after: Duration?
    /// Only the last results count, of this length of time, and only once that much was seen.
    public var over: Duration?

    public enum Quantifier: String, Equatable, Sendable {
        /// Neither word is written.
        case plain
        case always
        case never
    }

    public enum Condition: Equatable, Sendable {
        // Aggregates, over a window of results.

        /// The share of results that passed.
        case success(Relation, Percentage)
        /// A figure for the passing results.
        case timing(Timing, Statistic, Relation, Bound)

        // About each result.

        /// It passed, or did not.
        case passed(Bool)
        /// How long it took.
        case took(Timing, Relation, Duration)
        /// What it found out. False where the result does not have the fact.
        case fact(FactName, FactTest)
    }

    public enum Bound: Equatable, Sendable {
        case fixed(Duration)
        /// So many times the same figure of the same probe in the baseline.
        case baseline(times: Double)
    }

    public init(
        text: String, condition: Condition, quantifier: Quantifier = .plain,
        within: Duration? = nil, forAtLeast: Duration? = nil, after: Duration? = nil,
        over: Duration? = nil
    ) {
        self.text = text
        self.condition = condition
        self.quantifier = quantifier
        self.within = within
        self.forAtLeast = forAtLeast
        self.after = after
        self.over = over
    }
}

extension Expectation {
    /// Whether it is about many results at once.
    public var isAggregate: Bool {
        switch condition {
        case .success, .timing: true
        case .passed, .took, .fact: false
        }
    }

    /// The fact that a probe must tell for it.
    public var fact: FactName? {
        if case .fact(let name, _) = condition { name } else { nil }
    }

    /// Whether it is measured against the baseline.
    public var comparesWithBaseline: Bool {
        if case .timing(_, _, _, .baseline) = condition { true } else { false }
    }

    /// The same at a speed: its times are divided, bounds of latency are not.
    public func scaled(by speed: Double) -> Expectation {
        var scaled = self
        scaled.within = within.map { $0.divided(by: speed) }
        scaled.forAtLeast = forAtLeast.map { $0.divided(by: speed) }
        scaled.after = after.map { $0.divided(by: speed) }
        scaled.over = over.map { $0.divided(by: speed) }
        return scaled
    }

    /// The same over a window, unless it has one of its own.
    public func over(_ window: Duration) -> Expectation {
        var copy = self
        copy.over = over ?? window
        return copy
    }
}
