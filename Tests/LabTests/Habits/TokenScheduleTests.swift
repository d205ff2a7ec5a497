import Testing

@testable import Lab

struct TokenScheduleTests {
    private let start = ContinuousClock.now

    @Test(arguments: [(0, 36.0), (0.5, 48), (1, 60)])
    func renewsLongBeforeTheEnd(chance: Double, seconds: Double) {
        let schedule = TokenSchedule.careful(.seconds(120))
        #expect(schedule.life == .seconds(120))
        let renewal = schedule.renewal(issued: start, life: schedule.life, chance)
        #expect(abs((renewal - start).seconds - seconds) < 1e-6)
        // At least half of the life is left for when STS is away.
        #expect(start + schedule.life - renewal >= .seconds(59.999))
    }

    @Test func carelesslyShortAndLate() {
        let schedule = TokenSchedule.careless(.seconds(120))
        #expect(schedule.life == .seconds(20))
        #expect(schedule.renewal(issued: start, life: schedule.life, 0.3) == start + .seconds(20))
    }

    @Test func honouredAQuarterLonger() {
        let token = SessionToken(id: "a", issued: start, life: .seconds(20))
        #expect(token.isHonoured(start + .seconds(24.9)))
        #expect(!token.isHonoured(start + .seconds(25)))
    }

    @Test func theCloudChecksTokens() {
        let state = CloudState()
        let token = state.issueToken(life: .seconds(20), start)
        #expect(state.accepts(token: token.id, start + .seconds(24)))
        #expect(!state.accepts(token: token.id, start + .seconds(26)))
        #expect(!state.accepts(token: "token-99", start))
        #expect(!state.accepts(token: nil, start))
    }
}
