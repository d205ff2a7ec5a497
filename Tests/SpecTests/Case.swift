import Spec
import Testing

/// A row of a table: `id` names it in the test's output.
struct Case<Input: Sendable, Output: Sendable>: Sendable, CustomTestStringConvertible {
    let id: String
    let input: Input
    let output: Output

    init(_ id: String, _ input: Input, _ output: Output) {
        self.id = id
        self.input = input
        self.output = output
    }

    var testDescription: String { id }
}

/// The line that a failure shows, or what came instead of one.
func errorLine<T>(_ body: () throws -> T) -> String {
    do {
        return "no error, but \(try body())"
    } catch {
        return "\(error)"
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
