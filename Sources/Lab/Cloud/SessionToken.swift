/// A session token, as STS gives them.
struct SessionToken: Equatable, Sendable {
    var id: String
    var issued: Moment
    var life: Duration

    var expires: Moment { issued + life }

    /// Those who check tokens allow for clocks, and for a token service that is away.
    func isHonoured(_ now: Moment) -> Bool { now < expires + life * TokenSchedule.honoured }
}
