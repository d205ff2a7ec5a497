public import ProbeKinds

/// What a fact of a result must be: `== 503`, `contains ok`, `matches ^v[0-9]+$`.
public struct FactTest: Equatable, Sendable {
    public enum Operation: Equatable, Sendable {
        case compare(Relation)
        /// The text is somewhere in it.
        case contains
        /// The regular expression matches somewhere in it.
        case matches
    }

    public var operation: Operation
    /// What it is compared with, without quotes.
    public var value: FactValue

    public init(_ operation: Operation, _ value: FactValue) {
        self.operation = operation
        self.value = value
    }
}
