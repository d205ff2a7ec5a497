public import Spec

/// A fault as a game day arms it.
public struct FaultUse: Equatable, Sendable {
    /// What the game day calls it: its `as`, else its name in the catalogue or its file's.
    public var name: String
    /// The fault with its overrides, at speed 1; `fault.json()` is what the agent takes.
    public var fault: Node
    /// How long it lives by the game day's own word (`for` written inline or in `with`). Nil: until it
    /// is lifted or the run is over, whatever its file says.
    public var ownLength: Duration?
    /// Where the game day says so.
    public var location: SourceLocation

    public init(
        name: String, fault: Node, ownLength: Duration? = nil, location: SourceLocation
    ) {
        self.name = name
        self.fault = fault
        self.ownLength = ownLength
        self.location = location
    }
}
