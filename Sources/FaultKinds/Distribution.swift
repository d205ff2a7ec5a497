/// How jitter is spread around its centre.
public enum Distribution: String, CaseIterable, Sendable {
    /// Evenly between -1 and 1 times the jitter.
    case uniform
    /// Bell-shaped; the jitter is one standard deviation, cut at four.
    case normal
    /// Most close to the centre, a few far above: a Pareto tail with shape 3, from 0 up, with the
    /// jitter as its scale, cut at 100. tc-netem(8) has the same three.
    case pareto

    /// A sample in units of the jitter.
    func sample(_ random: inout SeededRandom) -> Double {
        switch self {
        case .uniform:
            return random.nextUnit() * 2 - 1
        case .normal:
            // Irwin-Hall: twelve uniform draws have variance 1. It needs no logarithm, which the
            // standard library lacks, and its ends (±6) lie beyond the cut.
            var sum = -6.0
            for _ in 0..<12 { sum += random.nextUnit() }
            return min(4, max(-4, sum))
        case .pareto:
            // Inverse of F(x) = 1 - (1 + x)^-3, as a cube root by Newton's method.
            let inverse = 1 / (1 - random.nextUnit())
            return min(100, Self.cubeRoot(inverse) - 1)
        }
    }

    private static func cubeRoot(_ value: Double) -> Double {
        var root = value.squareRoot()
        // 40 steps reach the last bit from any start of a Double at or above 1.
        for _ in 0..<40 { root -= (root * root * root - value) / (3 * root * root) }
        return root
    }
}
