/// Follows one expectation through the results of its probe.
///
/// Results go in with ``add(_:)`` in the order in which their checks began; how things stand can be
/// asked for at any time, and the verdict once, when the phase is over and its last result is in. All
/// times are since the begin of the phase (for `stop`: since the first fault). Time must not run
/// backwards, and between the end of a phase and its verdict nobody asks how things stand. Each of
/// these is cheap, however many results there were.
///
/// A result counts at the time when its check *began*. In `until` and `stop` a condition about each
/// result that says neither `always` nor `over` waits for the first result that meets it. For `stop`
/// to hold means that the run is to end.
public struct Judge: Sendable {
    public let expectation: Expectation
    public let role: RunEvent.Expectation.Role

    /// How results become an answer.
    private enum Course: Sendable {
        /// An aggregate as it is at the time.
        case figure
        case every(EveryResult)
        case once(OneResult)
        case stretch(Stretch)
    }

    private var course: Course
    private var truth: Truth
    private var last: Standing?

    /// - Parameter baseline: The same probe's figures, for `2x baseline`.
    public init(
        _ expectation: Expectation, role: RunEvent.Expectation.Role = .expect,
        baseline: BaselineFigures? = nil
    ) {
        self.expectation = expectation
        self.role = role
        truth = Truth(expectation, baseline: baseline)
        let isPlain = expectation.quantifier == .plain
        let isUnwanted = expectation.quantifier == .never
        if let length = expectation.forAtLeast {
            course = .stretch(
                Stretch(length: length, within: expectation.within, isUnwanted: isUnwanted))
        } else if let within = expectation.within {
            course = .once(OneResult(within: within))
        } else if expectation.isAggregate, isPlain {
            course = .figure
        } else if role != .expect, isPlain, expectation.over == nil {
            course = .once(OneResult(within: nil))
        } else {
            // The window of an aggregate is its own.
            let window = expectation.isAggregate ? nil : expectation.over
            course = .every(EveryResult(isUnwanted: isUnwanted, window: window))
        }
    }

    /// Takes one result.
    public mutating func add(_ sample: Sample) {
        guard sample.began >= expectation.after ?? .zero else { return }
        let taken = course
        // Let go of what is inside, or changing it would copy it.
        course = .figure
        switch consume taken {
        case .figure:
            truth.take(sample)
        case .every(var every):
            if let holds = truth.holds(asOf: sample) {
                every.add(holds, at: sample.began, seen: truth.seen)
            }
            course = .every(every)
        case .once(var once):
            if let holds = truth.holds(asOf: sample) {
                once.add(holds, at: sample.began, seen: truth.seen)
            }
            course = .once(once)
        case .stretch(var stretch):
            if let holds = truth.holds(asOf: sample) { stretch.add(holds, at: sample.began) }
            course = .stretch(stretch)
        }
    }

    /// How it stands at a time: `pending`, `holding` or `failing`.
    ///
    /// For `until` and `stop`, `after` is the time of the asking where it holds now, and that of the
    /// result where one was waited for.
    public mutating func standing(at now: Duration) -> Standing {
        let (answer, after) = answer(at: now)
        let isOpen =
            switch course {
            case .figure, .every: false
            case .once(let once): once.isOpen(at: now)
            case .stretch(let stretch): !stretch.isUnwanted && stretch.isOpen(at: now)
            }
        let state: RunEvent.Expectation.State =
            switch answer {
            case true?: .holding
            case false?: isOpen ? .pending : .failing
            case nil: .pending
            }
        let standing = Standing(state: state, measured: words, after: after?.inSeconds)
        last = standing
        return standing
    }

    /// How it ends: `passed`, `failed` or `noSamples`.
    ///
    /// What was waited for and held when it was last asked for has passed, whatever came since.
    public mutating func verdict(at end: Duration) -> Standing {
        if role != .expect, let last, last.state == .holding {
            return Standing(state: .passed, measured: last.measured, after: last.after)
        }
        let (answer, after) = answer(at: end)
        let state: RunEvent.Expectation.State =
            switch answer {
            case true?: .passed
            case false?: .failed
            case nil: .noSamples
            }
        var measured = words
        if answer == nil, let over = expectation.over, !truth.isWindowSeen(at: end) {
            let seen = max(.zero, end - (expectation.after ?? .zero))
            measured = "\(Words.time(seen)) seen, not \(Words.time(over))"
        }
        return Standing(state: state, measured: measured, after: after?.inSeconds)
    }

    /// Whether it is met at a time, nil where that cannot be told, and when it first was.
    private mutating func answer(at now: Duration) -> (isMet: Bool?, after: Duration?) {
        let taken = course
        course = .figure
        switch consume taken {
        case .figure:
            truth.move(to: now)
            let isMet = truth.windowHolds(at: now)
            return (isMet, role != .expect && isMet == true ? now : nil)
        case .every(var every):
            every.move(to: now)
            course = .every(every)
            let isSeen = every.window == nil || truth.isWindowSeen(at: now)
            let isMet = isSeen ? every.isMet : nil
            return (isMet, role != .expect && isMet == true ? now : nil)
        case .once(let once):
            course = .once(once)
            return (once.count == 0 ? nil : once.found != nil, once.found)
        case .stretch(let stretch):
            course = .stretch(stretch)
            guard stretch.count > 0 else { return (nil, nil) }
            let isMet = stretch.isUnwanted == (stretch.found == nil)
            return (isMet, stretch.isUnwanted ? nil : stretch.found)
        }
    }

    private var words: String {
        switch course {
        case .figure: truth.words
        case .every(let every): every.words
        case .once(let once): once.words
        case .stretch(let stretch): stretch.words
        }
    }
}
