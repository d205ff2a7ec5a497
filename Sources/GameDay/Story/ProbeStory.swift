/// What a probe has told until now.
public struct ProbeStory: Equatable, Sendable {
    public let info: RunHeader.ProbeInfo
    /// The last results, oldest first; as many as the story keeps.
    public private(set) var recent: [Sample] = []
    public private(set) var checks = 0
    public private(set) var failures = 0
    /// By phase, in the header's order.
    public private(set) var phases: [PhaseTally]
    /// Why checks failed, and how often.
    public private(set) var reasons: [String: Int] = [:]
    /// The begin of the first failed check after the first fault was armed.
    public private(set) var firstFailure: Int64?
    /// The begin of the first check of the unbroken passing streak that goes on; nil while it fails, and
    /// as long as it has not failed since the first fault.
    public private(set) var streak: Int64?
    /// Failed checks since the last one that passed.
    public private(set) var failing = 0

    /// More kinds of reasons than this are counted together.
    static let reasonLimit = 200
    static let otherReasons = "other reasons"

    public struct Sample: Equatable, Sendable {
        /// When the check began.
        public var at: Int64
        public var passed: Bool
        /// Milliseconds.
        public var latency: Double
        public var ttfb: Double?
        public var reason: String?
    }

    public init(_ info: RunHeader.ProbeInfo, phases: Int) {
        self.info = info
        self.phases = Array(repeating: PhaseTally(), count: phases)
    }

    mutating func take(
        _ result: RunEvent.Result, at time: Int64, phase: Int?, firstArmed: Int64?,
        isAfterTheEnd: Bool, keeping: RunStory.Keeping
    ) {
        checks += 1
        failing = result.passed ? 0 : failing + 1
        if !result.passed {
            failures += 1
            let reason = result.reason ?? "no reason given"
            if reasons[reason] != nil || reasons.count < Self.reasonLimit {
                reasons[reason, default: 0] += 1
            } else {
                reasons[Self.otherReasons, default: 0] += 1
            }
        }
        if let firstArmed, time >= firstArmed, !isAfterTheEnd {
            if !result.passed, firstFailure == nil { firstFailure = time }
            if firstFailure != nil { streak = result.passed ? streak ?? time : nil }
        }
        if let phase {
            phases[phase].take(result, keepsLatencies: keeping == .latencies)
        }
        if case .last(let limit) = keeping {
            recent.append(
                Sample(
                    at: time, passed: result.passed, latency: result.latency, ttfb: result.ttfb,
                    reason: result.reason))
            // Twice the limit, so that most results move nothing.
            if recent.count >= 2 * limit { recent.removeFirst(recent.count - limit) }
        }
    }
}

/// The results of a probe in a phase.
public struct PhaseTally: Equatable, Sendable {
    public private(set) var checks = 0
    public private(set) var passed = 0
    /// Of the checks that passed, in milliseconds; empty where the story does not keep them.
    public private(set) var latencies: [Double] = []
    public private(set) var ttfbs: [Double] = []

    mutating func take(_ result: RunEvent.Result, keepsLatencies: Bool) {
        checks += 1
        guard result.passed else { return }
        passed += 1
        guard keepsLatencies else { return }
        latencies.append(result.latency)
        if let ttfb = result.ttfb { ttfbs.append(ttfb) }
    }

    /// Between 0 and 1.
    public var share: Double? { checks > 0 ? Double(passed) / Double(checks) : nil }
    public var latency: LatencySummary? { LatencySummary(latencies) }
    public var ttfb: LatencySummary? { LatencySummary(ttfbs) }
}

/// Percentiles of some latencies, in milliseconds.
public struct LatencySummary: Codable, Equatable, Sendable {
    public var p50: Double
    public var p95: Double
    public var max: Double

    /// Nil for none.
    public init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let p50 = Self.percentile(0.50, ofSorted: sorted),
            let p95 = Self.percentile(0.95, ofSorted: sorted), let max = sorted.last
        else { return nil }
        self.p50 = p50
        self.p95 = p95
        self.max = max
    }

    /// The smallest value that at least this share of all is not above (nearest rank).
    public static func percentile(_ share: Double, ofSorted values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values[Swift.min(Swift.max(rank, 1), values.count) - 1]
    }
}
