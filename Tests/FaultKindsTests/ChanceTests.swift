import Testing

@testable import FaultKinds

/// Randomness has the distribution that it promises, and comes from the seed alone.
@Suite struct ChanceTests {
    static let draws = 50_000

    private func samples(_ distribution: Distribution) -> [Double] {
        var random = SeededRandom(seed: 20_251_019)
        return (0..<Self.draws).map { _ in distribution.sample(&random) }
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    @Test func `uniform is even between -1 and 1`() {
        let values = samples(.uniform)
        #expect(values.allSatisfy { (-1...1).contains($0) })
        #expect(abs(mean(values)) < 0.02)
        #expect(abs(mean(values.map { $0 * $0 }) - 1.0 / 3) < 0.01)
    }

    @Test func `normal has deviation 1`() {
        let values = samples(.normal)
        #expect(abs(mean(values)) < 0.02)
        #expect(abs(mean(values.map { $0 * $0 }) - 1) < 0.03)
        let within = Double(values.count { abs($0) < 1 }) / Double(Self.draws)
        #expect(abs(within - 0.683) < 0.01)
    }

    @Test func `pareto has a tail`() {
        let values = samples(.pareto)
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 100 })
        // F(x) = 1 - (1 + x)^-3: one half below the cube root of 2, less 1; one in 1,000 above 9.
        let median = values.sorted()[Self.draws / 2]
        #expect(abs(median - 0.26) < 0.01)
        let far = values.count { $0 > 9 }
        #expect((20...90).contains(far), "\(far) of 50 expected")
    }

    @Test func `flapping keeps to its phases on average`() {
        var flap = FlapState(
            Flap(on: .seconds(3), off: .seconds(1), jitter: .milliseconds(500)), seed: 5)
        var on = 0
        let steps = 40_000
        for step in 0..<steps where flap.isOn(at: .milliseconds(100 * step)) { on += 1 }
        #expect(abs(Double(on) / Double(steps) - 0.75) < 0.01)
    }
}
