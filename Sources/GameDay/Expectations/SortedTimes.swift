/// Times in order, by which percentiles are exact at every moment.
///
/// Kept in runs of at most ``longestRun``: an insertion or removal moves one run's tail and looks at
/// the runs' ends, so a million times cost a few microseconds each.
struct SortedTimes {
    private static let longestRun = 512

    private var runs: [[Int]] = []
    private(set) var count = 0
    private var sum = 0

    mutating func insert(_ time: Int) {
        count += 1
        sum += time
        guard !runs.isEmpty else {
            runs.append([time])
            return
        }
        let run = min(firstRun(reaching: time), runs.count - 1)
        runs[run].insert(time, at: runs[run].firstPlace(notBelow: time))
        if runs[run].count > Self.longestRun {
            let half = runs[run].count / 2
            runs.insert(Array(runs[run][half...]), at: run + 1)
            runs[run].removeSubrange(half...)
        }
    }

    /// Removes one of those equal to it, if there is one.
    mutating func remove(_ time: Int) {
        let run = firstRun(reaching: time)
        guard run < runs.count else { return }
        let place = runs[run].firstPlace(notBelow: time)
        guard place < runs[run].count, runs[run][place] == time else { return }
        runs[run].remove(at: place)
        if runs[run].isEmpty { runs.remove(at: run) }
        count -= 1
        sum -= time
    }

    func figure(_ statistic: Statistic) -> Duration? {
        guard count > 0 else { return nil }
        switch statistic {
        case .mean: return .nanoseconds(sum / count)
        case .min: return time(at: 0)
        case .max: return time(at: count - 1)
        case .p50, .p90, .p95, .p99, .p999:
            guard let thousandths = statistic.thousandths else { return nil }
            // Nearest rank, rounded up in whole numbers: a fraction would be off by one at p90 of 10.
            return time(at: (thousandths * count + 999) / 1000 - 1)
        }
    }

    private func time(at place: Int) -> Duration? {
        var left = place
        for run in runs {
            if left < run.count { return .nanoseconds(run[left]) }
            left -= run.count
        }
        return nil
    }

    /// The first run whose last time is not below; the number of runs where there is none.
    private func firstRun(reaching time: Int) -> Int {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if let last = runs[middle].last, last < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [Int] {
    fileprivate func firstPlace(notBelow value: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
