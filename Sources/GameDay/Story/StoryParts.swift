public import Control

/// A phase, and what became of it.
public struct PhaseStory: Equatable, Sendable {
    public let info: RunHeader.PhaseInfo
    /// Milliseconds of the run; nil: not yet, or never.
    public internal(set) var began: Int64?
    public internal(set) var ended: Int64?
    public internal(set) var reason: RunEvent.PhaseEnded.Reason?
    /// How long it lasted; with the reason `until`, the measurement.
    public internal(set) var seconds: Double?

    init(_ info: RunHeader.PhaseInfo) { self.info = info }

    /// How long it took until what it waited for held.
    public var untilSeconds: Double? { reason == .until ? seconds : nil }
}

/// A fault that was armed.
public struct FaultStory: Equatable, Sendable {
    public let armed: RunEvent.Armed
    public let armedAt: Int64
    public internal(set) var liftedAt: Int64?
    public internal(set) var why: String?
    /// The latest that is known.
    public internal(set) var counts: FaultCounts?

    init(_ armed: RunEvent.Armed, at time: Int64) {
        self.armed = armed
        armedAt = time
    }

    public var id: String { armed.id }
    public var name: String { armed.name }
    public var isArmed: Bool { liftedAt == nil }
}

/// An expectation, an `until` or a stop condition, with its latest state.
public struct ExpectationStory: Equatable, Sendable {
    public let phase: Int
    public let role: RunEvent.Expectation.Role
    public let probe: String
    public let text: String
    public internal(set) var state = RunEvent.Expectation.State.pending
    public internal(set) var measured: String?
    public internal(set) var after: Double?
    /// False in the phases of a dry run: no service degrades where nothing is changed.
    public internal(set) var decides = true

    init(_ phase: Int, _ role: RunEvent.Expectation.Role, _ probe: String, _ text: String) {
        self.phase = phase
        self.role = role
        self.probe = probe
        self.text = text
    }

    /// From the header's form: `checkout: success >= 99%`.
    init(_ phase: Int, _ role: RunEvent.Expectation.Role, written: String) {
        // Names of probes have no colon.
        let parts = written.split(separator: ":", maxSplits: 1)
        let text = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : written
        self.init(phase, role, parts.count > 1 ? String(parts[0]) : "", text)
    }

    func isSame(as other: Self) -> Bool {
        // A stop condition is one over the whole run.
        (phase == other.phase || role == .stop) && role == other.role && probe == other.probe
            && text == other.text
    }

    /// Whether an event is about this one.
    public func isAbout(_ event: RunEvent.Expectation) -> Bool {
        isSame(as: Self(event.phase, event.role, event.probe, event.text))
    }

    /// How it ended; what is not decided for good was not judged, nor is what decides nothing.
    public var judgement: Judgement {
        guard decides else { return .notJudged }
        return switch state {
        case .passed: .passed
        case .failed: .failed
        case .noSamples: .noSamples
        case .pending, .holding, .failing: .notJudged
        }
    }
}

/// How an expectation ended.
public enum Judgement: String, Codable, Sendable, CaseIterable {
    case passed
    case failed
    /// A failure: nothing was there to judge by.
    case noSamples
    /// Its phase did not come to an end, or never began; or faults only counted in it.
    case notJudged

    public var isFailure: Bool { self == .failed || self == .noSamples }

    /// For people.
    public var words: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .noSamples: "no samples"
        case .notJudged: "not judged"
        }
    }
}

/// A step of a phase or of `always`.
public struct StepStory: Equatable, Sendable {
    public let began: RunEvent.StepBegan
    public let beganAt: Int64
    public internal(set) var ended: End?

    public struct End: Equatable, Sendable {
        public var at: Int64
        public var passed: Bool
        public var seconds: Double
        public var detail: String?
        public var who: String?

        init(_ value: RunEvent.StepEnded, at time: Int64) {
            at = time
            passed = value.passed
            seconds = value.seconds
            detail = value.detail
            who = value.who
        }
    }

    init(_ began: RunEvent.StepBegan, at time: Int64) {
        self.began = began
        beganAt = time
    }

    public var step: Int { began.step }
}

/// A word for the record.
public struct NoteStory: Equatable, Sendable {
    public var at: Int64
    public var text: String
}

/// That and why a run was ended before its time.
public struct StopStory: Equatable, Sendable {
    public var at: Int64
    public var cause: RunEvent.Stopped.Cause
    public var why: String
}
