/// The results of one probe over a whole run, in the order in which its checks began.
struct ResultSeries: Sendable {
    struct Point: Sendable {
        /// When the check began, in milliseconds of the run.
        var at: Int64
        var passed: Bool
        /// Milliseconds.
        var latency: Double
        var ttfb: Double?
        var reason: String?
    }

    private(set) var points: [Point] = []

    /// Every probe's results, in one pass.
    static func all(_ events: [RunEvent]) -> [String: ResultSeries] {
        var series: [String: ResultSeries] = [:]
        for event in events {
            guard case .result(let result) = event.kind else { continue }
            series[result.probe, default: ResultSeries()].points.append(
                Point(
                    at: event.at, passed: result.passed, latency: result.latency,
                    ttfb: result.ttfb, reason: result.reason))
        }
        for name in series.keys {
            // Events are in the order of ends, which for checks that do not overlap is this one.
            guard let points = series[name]?.points else { continue }
            let isSorted = zip(points, points.dropFirst()).allSatisfy { $0.at <= $1.at }
            if !isSorted { series[name]?.points.sort { $0.at < $1.at } }
        }
        return series
    }

    // MARK: Strips

    /// A stretch of time, and the checks that began in it.
    struct Segment: Equatable, Sendable {
        var from: Int64
        var to: Int64
        var checks: Int
        var failures: Int
        /// The first failure's.
        var reason: String?

        var share: Double { checks > 0 ? Double(failures) / Double(checks) : 0 }
    }

    /// At most about `limit` segments over a run of so many milliseconds. No failure is lost: each is
    /// counted in one segment. Stretches in which nothing was checked have none.
    func segments(limit: Int, total: Int64, every: Double) -> [Segment] {
        let width = points.count <= limit ? 1 : max(1, total / Int64(max(1, limit)))
        var segments: [Segment] = []
        var bin = Int64.min
        var last: [Int64] = []
        for point in points {
            let own = points.count <= limit ? Int64(segments.count) : point.at / width
            if segments.isEmpty || own != bin {
                segments.append(Segment(from: point.at, to: point.at, checks: 0, failures: 0))
                last.append(point.at)
                bin = own
            }
            let index = segments.count - 1
            segments[index].checks += 1
            last[index] = point.at
            if !point.passed {
                segments[index].failures += 1
                if segments[index].reason == nil { segments[index].reason = point.reason }
            }
        }
        // Each lasts until the next, unless checks are missing in between.
        let reach = max(1, Int64(every * 2500))
        for index in segments.indices {
            let next = index + 1 < segments.count ? segments[index + 1].from : total
            segments[index].to = max(segments[index].from + 1, min(next, last[index] + reach))
        }
        return segments
    }

    /// Neighbours that all passed, or all failed for the same reason, become one.
    static func merged(_ segments: [Segment]) -> [Segment] {
        var merged: [Segment] = []
        for segment in segments {
            if let last = merged.last, last.to == segment.from,
                last.share == segment.share, last.share == 0 || last.share == 1,
                last.reason == segment.reason
            {
                merged[merged.count - 1].to = segment.to
                merged[merged.count - 1].checks += segment.checks
                merged[merged.count - 1].failures += segment.failures
            } else {
                merged.append(segment)
            }
        }
        return merged
    }

    // MARK: Latencies

    /// Percentiles of the checks of a stretch of time that passed.
    struct LatencyBin: Equatable, Sendable {
        var at: Int64
        var latency: LatencySummary?
        var ttfb: Double?
        var failures: Int
    }

    /// At most about `limit` bins; none where nothing was checked.
    func latencyBins(limit: Int, total: Int64) -> [LatencyBin] {
        let width = max(1, total / Int64(max(1, limit)))
        var bins: [LatencyBin] = []
        var from = 0
        while from < points.count {
            let bin = points[from].at / width
            var to = from
            var latencies: [Double] = []
            var ttfbs: [Double] = []
            while to < points.count, points[to].at / width == bin {
                if points[to].passed {
                    latencies.append(points[to].latency)
                    if let ttfb = points[to].ttfb { ttfbs.append(ttfb) }
                }
                to += 1
            }
            bins.append(
                LatencyBin(
                    at: bin * width + width / 2, latency: LatencySummary(latencies),
                    ttfb: LatencySummary(ttfbs)?.p95,
                    failures: points[from..<to].count { !$0.passed }))
            from = to
        }
        return bins
    }
}
