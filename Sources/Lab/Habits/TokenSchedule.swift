/// When a token is renewed.
struct TokenSchedule: Equatable, Sendable {
    /// What to ask STS for.
    var life: Duration
    /// Renewed at this share of its life at the earliest …
    var earliest: Double
    /// … and at this at the latest, before anything fails: what is left then is the grace window.
    var latest: Double

    static func careful(_ life: Duration) -> TokenSchedule {
        TokenSchedule(life: life, earliest: 0.3, latest: 0.5)
    }

    /// The least that STS grants (15 minutes where the most is 12 hours; here a sixth), and no
    /// thought of renewal before the end.
    static func careless(_ life: Duration) -> TokenSchedule { atTheEnd(life / 6) }

    /// For credentials whose life is decided by who gives them: nothing before the end.
    static func atTheEnd(_ life: Duration) -> TokenSchedule {
        TokenSchedule(life: life, earliest: 1, latest: 1)
    }

    /// How long the credentials of an instance live where tokens of STS live so long: a rehearsal
    /// has no six hours.
    static func instanceLife(tokens: Duration) -> Duration { max(tokens / 8, .seconds(5)) }

    /// `chance` is from 0 up to 1: tokens of one minute are not renewed in one minute.
    func renewal(issued: Moment, life: Duration, _ chance: Double) -> Moment {
        issued + life * (earliest + (latest - earliest) * chance)
    }

    /// How long after its end a token is still honoured by those who check it, as a share of its
    /// life.
    static let honoured = 0.25
}
