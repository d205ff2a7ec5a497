import Testing

@testable import brownout

@Suite struct NumbersTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"),
        (UInt64.max, "18,446,744,073,709,551,615"),
    ])
    func groups(number: UInt64, text: String) {
        #expect(Numbers.grouped(number) == text)
    }

    @Test(arguments: [
        (0.0, "0:00"), (-3, "0:00"), (0.2, "0:01"), (42, "0:42"), (59.5, "1:00"), (723, "12:03"),
        (3600, "1:00:00"), (3661.0, "1:01:01"), (.infinity, "87600:00:00"),
    ])
    func clock(seconds: Double, text: String) {
        #expect(Numbers.clock(seconds) == text)
    }

    @Test(arguments: [
        (0.8, "800ms"), (1, "1s"), (59.9, "59s"), (60, "1m"), (125, "2m5s"), (3600, "1h"),
        (3720, "1h2m"), (90_000, "1d1h"), (86_400, "1d"),
    ])
    func elapsed(seconds: Double, text: String) {
        #expect(Numbers.elapsed(seconds) == text)
    }

    // A NaN would trap in a conversion to Int; max and min let it through in one order only.
    @Test func nonsenseDoesNotTrap() {
        _ = Numbers.elapsed(.nan)
        _ = Numbers.clock(.nan)
    }
}
