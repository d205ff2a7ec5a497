/// One figure for many latencies.
///
/// Percentiles are nearest-rank: of n values in order, p is the one at place ⌈p·n⌉ (counted from 1).
/// It is always a value that was measured; with few values the high ones are the largest.
public enum Statistic: String, CaseIterable, Sendable {
    case p50, p90, p95, p99
    case p999 = "p99.9"
    case mean, min, max

    /// The share of a percentile in thousandths; nil for the others.
    var thousandths: Int? {
        switch self {
        case .p50: 500
        case .p90: 900
        case .p95: 950
        case .p99: 990
        case .p999: 999
        case .mean, .min, .max: nil
        }
    }
}

/// What of a check is timed.
public enum Timing: String, CaseIterable, Sendable {
    /// From its begin to its end.
    case latency
    /// From its begin to the first byte of the answer.
    case ttfb
}
