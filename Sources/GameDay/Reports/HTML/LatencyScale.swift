import Glibc

/// Where a latency stands on a chart: linear, or logarithmic where values are far apart.
struct LatencyScale: Equatable, Sendable {
    let isLogarithmic: Bool
    let low: Double
    let high: Double

    /// Values further apart than this are easier to read on a logarithmic scale.
    static let spread = 20.0

    init(_ values: [Double]) {
        let positive = values.filter { $0 > 0 }
        let least = max(positive.min() ?? 1, 0.001)
        let most = max(values.max() ?? 1, least)
        isLogarithmic = most / least > Self.spread
        if isLogarithmic {
            low = pow(10, floor(log10(least)))
            high = pow(10, ceil(log10(most * 1.0001)))
        } else {
            low = 0
            let step = Self.step(most / 3)
            high = step * ceil(most / step * 1.0001)
        }
    }

    /// 0 at the bottom, 1 at the top.
    func place(_ value: Double) -> Double {
        let place =
            isLogarithmic
            ? (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low))
            : (value - low) / (high - low)
        return min(max(place, 0), 1)
    }

    /// Values at which lines are drawn.
    var ticks: [Double] {
        if isLogarithmic {
            var ticks: [Double] = []
            var value = low
            while value <= high * 1.001 {
                ticks.append(value)
                value *= 10
            }
            return ticks
        }
        let step = Self.step(high / 4)
        return Array(stride(from: 0, through: high * 1.001, by: step))
    }

    /// 1, 2 or 5 times a power of ten, at least `value`.
    private static func step(_ value: Double) -> Double {
        let power = pow(10, floor(log10(max(value, 1e-6))))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value * 0.9999 } ?? power * 10
    }
}
