/// The latencies of one probe's passing results in the baseline, for `p95 < 2x baseline`.
public struct BaselineFigures: Sendable {
    private var latency = SortedTimes()
    private var ttfb = SortedTimes()

    public init() {}

    public mutating func add(_ sample: Sample) {
        guard sample.passed else { return }
        latency.insert(sample.latency.nanoseconds)
        if let first = sample.ttfb { ttfb.insert(first.nanoseconds) }
    }

    /// The figure, or nil where nothing passed.
    public func figure(_ timing: Timing, _ statistic: Statistic) -> Duration? {
        let times =
            switch timing {
            case .latency: latency
            case .ttfb: ttfb
            }
        return times.figure(statistic)
    }
}
