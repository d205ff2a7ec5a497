import Spec
import Testing

@Suite struct DurationTextTests {
    static let valid: [Case<String, (Duration, String)>] = [
        Case("milliseconds", "250ms", (.milliseconds(250), "250ms")),
        Case("seconds", "60s", (.seconds(60), "1m")),
        Case("not a whole minute", "90s", (.seconds(90), "90s")),
        Case("minutes", "5m", (.seconds(300), "5m")),
        Case("hours", "2h", (.seconds(7200), "2h")),
        Case("days", "1d", (.seconds(86_400), "1d")),
        Case("composed", "1h30m", (.seconds(5400), "90m")),
        Case("composed far", "1d1s", (.seconds(86_401), "1d1s")),
        Case("fraction", "1.5s", (.milliseconds(1500), "1.5s")),
        Case("fraction of a day", "0.5d", (.seconds(43_200), "12h")),
        Case("zero", "0s", (.zero, "0s")),
        Case("zero otherwise", "0ms", (.zero, "0s")),
        Case("microseconds", "20us", (.microseconds(20), "20us")),
        Case("nanosecond", "0.001us", (.nanoseconds(1), "0.001us")),
        Case("fine", "1.000000001s", (.nanoseconds(1_000_000_001), "1.000000001s")),
        Case("zeros at the end", "1.50000000000000s", (.milliseconds(1500), "1.5s")),
        Case("longest", "3650d", (.seconds(315_360_000), "3650d")),
        Case(
            "all units", "1d2h3m4s5ms6us", (.seconds(93_784) + .microseconds(5006), "93784.005006s")
        ),
    ]

    @Test(arguments: valid) func reads(_ row: Case<String, (Duration, String)>) throws {
        #expect(try Duration(parsing: row.input) == row.output.0)
        #expect(row.output.0.spec == row.output.1)
        #expect(try Duration(parsing: row.output.1) == row.output.0)
    }

    static let usual = "write 250ms, 60s or 5m"
    static let wrong: [Case<String, String>] = [
        Case("empty", "", "\"\" is not a duration; \(usual)"),
        Case("bare", "60", "\"60\" has no unit; write 60s for seconds, or 250ms, 5m, 2h, 1d"),
        Case("bare zero", "0", "\"0\" has no unit; write 0s for seconds, or 250ms, 5m, 2h, 1d"),
        Case("negative", "-5s", "\"-5s\" is negative; \(usual)"),
        Case(
            "dashes", String(repeating: "-", count: 200_000) + "5s",
            "\"" + String(repeating: "-", count: 60) + "…\" is not a duration; \(usual)"),
        Case(
            "unit unknown", "5 min",
            "\"5 min\" is not a duration; \(usual)"),
        Case(
            "upper case", "5S",
            "\"5S\" is not a duration; \(usual)"),
        Case("unit alone", "s", "\"s\" is not a duration; \(usual)"),
        Case("number at the end", "5m30", "\"5m30\" is not a duration; \(usual)"),
        Case(
            "order", "30m1h",
            "\"30m1h\" is not a duration; write each unit once, the largest first, such as 1h30m"),
        Case(
            "twice", "1s1s",
            "\"1s1s\" is not a duration; write each unit once, the largest first, such as 1h30m"),
        Case("two points", "1.2.3s", "\"1.2.3s\" is not a duration; \(usual)"),
        Case("bare point", "1.s", "\"1.s\" is not a duration; \(usual)"),
        Case("other digits", "٣s", "\"٣s\" is not a duration; \(usual)"),
        Case(
            "too long", "3651d",
            "\"3651d\" is too long or too fine a duration; the most is 3650d, the finest step a nanosecond"
        ),
        Case(
            "overflow", "99999999999999999999999d",
            "\"99999999999999999999999d\" is too long or too fine a duration; the most is 3650d, the finest step a nanosecond"
        ),
        Case(
            "too fine", "0.0000000001s",
            "\"0.0000000001s\" is too long or too fine a duration; the most is 3650d, the finest step a nanosecond"
        ),
    ]

    @Test(arguments: wrong) func refuses(_ row: Case<String, String>) {
        #expect(errorLine { try Duration(parsing: row.input) } == row.output)
    }

    @Test func everyNanosecondCountReadsBack() throws {
        var random = SeededGenerator(state: 1)
        for _ in 0..<2000 {
            let digits = Int.random(in: 0...17, using: &random)
            let bound = (0..<digits).reduce(1) { bound, _ in bound * 10 }
            let duration = Duration.nanoseconds(Int.random(in: 0...bound, using: &random))
            #expect(try Duration(parsing: duration.spec) == duration)
        }
    }

    @Test func durationsBeyondTextDoNotTrap() {
        #expect(Duration.seconds(Int64.max).spec == "3650d")
        #expect(Duration.seconds(Int64.min).spec == "-3650d")
        #expect(Duration.milliseconds(-1500).spec == "-1.5s")
    }
}
