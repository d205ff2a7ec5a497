public import Spec

/// One phase of a game day as the file has it, at speed 1.
public struct Phase: Equatable, Sendable {
    public var name: String
    public var about: String?
    /// How long it lasts; nil: until its steps are done.
    public var length: Duration?
    /// What is lifted before anything is armed: names of ``FaultUse``s.
    public var lift: [String]
    public var arm: [FaultUse]
    /// One after the other, beside the phase's clock.
    public var steps: [Step]
    public var expect: [Expected]
    /// The phase ends as soon as all of these hold; where they do not in time, it fails.
    public var until: [Expected]
    /// Where it begins in the file.
    public var location: SourceLocation

    public init(
        name: String, about: String? = nil, length: Duration?, lift: [String] = [],
        arm: [FaultUse] = [], steps: [Step] = [], expect: [Expected] = [],
        until: [Expected] = [], location: SourceLocation
    ) {
        self.name = name
        self.about = about
        self.length = length
        self.lift = lift
        self.arm = arm
        self.steps = steps
        self.expect = expect
        self.until = until
        self.location = location
    }
}
