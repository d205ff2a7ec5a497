import Spec
import Testing

@Suite struct PercentageTests {
    static let valid: [Case<String, (Double, String)>] = [
        Case("whole", "30%", (0.3, "30%")),
        Case("half a percent", "0.5%", (0.005, "0.5%")),
        Case("none", "0%", (0, "0%")),
        Case("all", "100%", (1, "100%")),
        Case("all, longer", "100.000%", (1, "100%")),
        Case("zeros", "07.50%", (0.075, "7.5%")),
        Case("finest", "0.000001%", (0.00000001, "0.000001%")),
    ]

    @Test(arguments: valid) func reads(_ row: Case<String, (Double, String)>) throws {
        let percentage = try Percentage(parsing: row.input)
        #expect(percentage.fraction == row.output.0)
        #expect(percentage.description == row.output.1)
        #expect(try Percentage(parsing: percentage.description) == percentage)
    }

    static let wrong: [Case<String, String>] = [
        Case("bare", "30", "\"30\" is not a percentage; write 30% for that many in a hundred"),
        Case(
            "fraction", "0.3", "\"0.3\" is not a percentage; write 0.3% for that many in a hundred"),
        Case("empty", "", "\"\" is not a percentage; write 30% or 0.5%"),
        Case("sign alone", "%", "\"%\" is not a percentage; write 30% or 0.5%"),
        Case("words", "half", "\"half\" is not a percentage; write 30% or 0.5%"),
        Case("negative", "-5%", "\"-5%\" is not a percentage; write 30% or 0.5%"),
        Case("space", "30 %", "\"30 %\" is not a percentage; write 30% or 0.5%"),
        Case("above", "100.000001%", "\"100.000001%\" is more than everything; write 0% to 100%"),
        Case("too fine", "0.0000001%", "\"0.0000001%\" is not a percentage; write 30% or 0.5%"),
        Case(
            "huge", "99999999999999999999%",
            "\"99999999999999999999%\" is not a percentage; write 30% or 0.5%"),
    ]

    @Test(arguments: wrong) func refuses(_ row: Case<String, String>) {
        #expect(errorLine { try Percentage(parsing: row.input) } == row.output)
    }
}
