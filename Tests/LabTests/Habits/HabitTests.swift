import Lab
import Testing

struct HabitTests {
    @Test(arguments: [
        ("", 0), ("all", Habit.allCases.count), ("breaker", 1), ("breaker,ttl,breaker", 2),
        ("ttl,all", Habit.allCases.count),
    ])
    func reads(list: String, count: Int) throws {
        var unknown: String?
        let habits = try #require(Habits(careless: list, unknown: &unknown))
        #expect(habits.careless.count == count && unknown == nil)
    }

    @Test(arguments: ["braker", "breaker,cached", "All"])
    func refuses(list: String) {
        var unknown: String?
        #expect(Habits(careless: list, unknown: &unknown) == nil)
        #expect(unknown.map { list.hasSuffix($0) } == true)
    }

    @Test func everyHabitHasALine() {
        for habit in Habit.allCases {
            #expect(!habit.carelessly.isEmpty && !habit.carelessly.contains("\n"))
            #expect(habit.rawValue.allSatisfy { $0.isLowercase || $0 == "-" })
        }
    }
}
