/// A small, fast generator whose whole future is its seed (SplitMix64).
///
/// Every random decision of a fault comes from one of these, so that a run can be repeated.
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014.
public struct SeededRandom: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// Evenly spread in 0 ..< 1, with the 53 bits that a Double can hold.
    public mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// True in this share of all draws.
    public mutating func chance(_ fraction: Double) -> Bool {
        nextUnit() < fraction
    }

    /// A fixed, well-mixed function of its input: for choices that must stay the same while
    /// nothing changes.
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
