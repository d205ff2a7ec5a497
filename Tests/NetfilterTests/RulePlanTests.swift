import Testing

@testable import Netfilter

@Suite struct RulePlanTests {
    private static let second: UInt64 = 1_000_000_000

    private static func plan(
        _ labels: [(String?, Duration)], tcp: Duration = .seconds(60), queue: UInt16 = 1,
        now: UInt64 = 0
    ) -> RulePlan {
        RulePlan(
            Ruleset(
                queue: queue,
                udp: labels.map { .init(label: $0.0.map { Array($0.utf8) }, ports: [53: $0.1]) },
                tcp: [53: tcp]), now: now)
    }

    @Test func nothingTwice() {
        let plan = Self.plan([
            ("a", .seconds(1)), ("b", .zero), ("a", .seconds(5)), (nil, .seconds(2)),
        ])
        #expect(plan.filters.map(\.label) == [[97], nil])
        #expect(plan.filters.map(\.ends) == [[53: 5 * Self.second], [53: 2 * Self.second]])
        #expect(plan.sets == ["udp0", "udp1", "tcp"])
    }

    @Test(
        arguments: [
            // The same, computed anew a second later.
            (Self.plan([("a", .seconds(59))], tcp: .seconds(59), now: Self.second), true, 0, 0),
            (Self.plan([("a", .seconds(60)), ("b", .seconds(9))]), true, 1, 0),
            (Self.plan([("b", .seconds(9)), ("a", .seconds(70))]), true, 1, 1),
            (Self.plan([("a", .seconds(60))], tcp: .seconds(10)), true, 0, 1),
            (Self.plan([("b", .seconds(60))]), false, 0, 0),
            (Self.plan([("a", .seconds(60))], tcp: .zero), false, 0, 0),
            (Self.plan([("a", .seconds(60))], queue: 2), false, 0, 0),
            (Self.plan([]), false, 0, 0),
        ] as [(RulePlan, Bool, Int, Int)])
    func additions(_ row: (wanted: RulePlan, possible: Bool, filters: Int, moved: Int)) {
        var plan = Self.plan([("a", .seconds(60))])
        let additions = plan.additions(for: row.wanted)
        #expect((additions != nil) == row.possible)
        guard let additions else { return }
        #expect(additions.filters.count == row.filters)
        #expect(additions.moved.count == row.moved)
        plan.add(additions)
        #expect(plan.additions(for: row.wanted) == RulePlan.Additions())
        #expect(Set(plan.sets).count == plan.sets.count)
    }
}
