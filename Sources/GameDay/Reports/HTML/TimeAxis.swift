/// The time of a run along a page.
struct TimeAxis: Equatable, Sendable {
    /// Milliseconds.
    let total: Int64

    init(total: Int64) { self.total = max(1, total) }

    /// Of the width, 0 to 1.
    func place(_ time: Int64) -> Double { min(max(Double(time) / Double(total), 0), 1) }

    /// In units of a drawing 1,000 wide, to two decimals.
    func x(_ time: Int64) -> Double { (place(time) * 100_000).rounded() / 100 }

    /// For CSS: `12.34%`.
    func percent(_ time: Int64) -> String { Figures.decimals(place(time) * 100, 3) + "%" }

    /// Round times, at most eight of them after the first.
    var ticks: [Int64] {
        let seconds: [Int64] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
        ]
        let day: Int64 = 86_400
        let step =
            seconds.first { total / ($0 * 1000) <= 8 } ?? day * max(1, total / 1000 / day / 8)
        return Array(stride(from: 0, through: total, by: Int64.Stride(step * 1000)))
    }
}
