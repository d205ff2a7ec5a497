public import Spec

/// A game day at a speed: what happens when. Nothing is touched to make one.
public struct Plan: Sendable {
    public var gameDay: GameDay
    public var speed: Double
    /// The baseline, the file's phases and the recovery, in this order.
    public var phases: [PlannedPhase]
    /// Its conditions, their windows divided by the speed.
    public var stop: [Expected]
    /// What may not work as meant, such as a window with hardly a result in it.
    public var warnings: [SpecError]

    /// Plans a game day.
    ///
    /// - Throws: At this speed an expectation would never get a result, or a fault would be
    ///   too short to be one.
    public init(_ gameDay: GameDay, speed: Double = 1) throws(SpecError) {
        self.gameDay = gameDay
        self.speed = speed
        phases = []
        stop = []
        warnings = []
    }
}
