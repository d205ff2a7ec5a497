import ProbeKinds
import Spec
import Testing

@testable import GameDay

/// The grammar of expectations: what each form means, and where a mistake in one is.
@Suite struct ExpectationTests {
    struct Good: CustomTestStringConvertible, Sendable {
        var text: String
        var condition: Promise.Condition
        var quantifier = Promise.Quantifier.plain
        var within: Duration?
        var forAtLeast: Duration?
        var after: Duration?
        var over: Duration?
        var testDescription: String { text }
    }

    static func percent(_ text: String) -> Percentage {
        (try? Percentage(parsing: text)) ?? .all
    }

    static let good: [Good] = [
        Good(text: "success >= 99%", condition: .success(.greaterOrEqual, percent("99%"))),
        Good(text: "success<20%", condition: .success(.less, percent("20%"))),
        Good(
            text: "p95 < 300ms",
            condition: .timing(.latency, .p95, .less, .fixed(.milliseconds(300)))),
        Good(
            text: "p99.9 <= 1s",
            condition: .timing(.latency, .p999, .lessOrEqual, .fixed(.seconds(1)))),
        Good(
            text: "ttfb p50 < 2x baseline",
            condition: .timing(.ttfb, .p50, .less, .baseline(times: 2))),
        Good(
            text: "max < 1.5x baseline after 5s",
            condition: .timing(.latency, .max, .less, .baseline(times: 1.5)), after: .seconds(5)),
        Good(text: "pass", condition: .passed(true)),
        Good(text: "always pass", condition: .passed(true), quantifier: .always),
        Good(text: "never fail", condition: .passed(false), quantifier: .never),
        Good(
            text: "latency < 2s", condition: .took(.latency, .less, .seconds(2))),
        Good(text: "ttfb > 1s", condition: .took(.ttfb, .greater, .seconds(1))),
        Good(
            text: "status == 503 within 30s",
            condition: .fact(FactName("status"), FactTest(.compare(.equal), .number(503))),
            within: .seconds(30)),
        Good(
            text: "header X-Mode == read-only within 30s for at least 10s",
            condition: .fact(
                FactName("header", "x-mode"), FactTest(.compare(.equal), .text("read-only"))),
            within: .seconds(30), forAtLeast: .seconds(10)),
        Good(
            text: "json $.mode == \"read only\"",
            condition: .fact(
                FactName("json", "$.mode"), FactTest(.compare(.equal), .text("read only")))),
        Good(
            text: "json $.depth > 5",
            condition: .fact(FactName("json", "$.depth"), FactTest(.compare(.greater), .number(5)))
        ),
        Good(
            text: "json '$.a b' != 5",
            condition: .fact(FactName("json", "$.a b"), FactTest(.compare(.notEqual), .text("5")))),
        Good(
            text: "ttl <= 60s",
            condition: .fact(FactName("ttl"), FactTest(.compare(.lessOrEqual), .number(60)))),
        Good(
            text: "ttl <= 60",
            condition: .fact(FactName("ttl"), FactTest(.compare(.lessOrEqual), .number(60)))),
        Good(
            text: "output contains ok",
            condition: .fact(FactName("output"), FactTest(.contains, .text("ok")))),
        Good(
            text: "never output matches ^v[0-9]+=\\d$ over 5s",
            condition: .fact(FactName("output"), FactTest(.matches, .text("^v[0-9]+=\\d$"))),
            quantifier: .never, over: .seconds(5)),
        Good(
            text: "output == \"it's \\\"so\\\"\"",
            condition: .fact(
                FactName("output"), FactTest(.compare(.equal), .text("it's \"so\"")))),
        Good(
            text: "success >= 99% within 1m over 5s",
            condition: .success(.greaterOrEqual, percent("99%")),
            within: .seconds(60), over: .seconds(5)),
    ]

    @Test(arguments: good)
    func reads(_ row: Good) throws {
        let read = try Promise(parsing: row.text, facts: TinyProbe.facts, kind: "tiny")
        #expect(
            read
                == Promise(
                    text: row.text, condition: row.condition, quantifier: row.quantifier,
                    within: row.within, forAtLeast: row.forAtLeast, after: row.after,
                    over: row.over))
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        var text: String
        var offset: Int
        var problem: String
        var use = ExpectationUse.expect
        var testDescription: String { "\(use): \(text)" }

        init(_ text: String, _ offset: Int, _ problem: String, _ use: ExpectationUse = .expect) {
            (self.text, self.offset, self.problem, self.use) = (text, offset, problem, use)
        }
    }

    static let bad: [Bad] = [
        Bad("", 0, "an expectation is missing here; write success >= 99% or p95 < 300ms"),
        Bad("always", 6, "an expectation is missing here; write success >= 99% or p95 < 300ms"),
        Bad(
            "sucess >= 99%", 0,
            "\"sucess\" is nothing that a tiny probe tells; did you mean `success`?"),
        Bad("p97 < 1s", 0, "\"p97\" is nothing that a tiny probe tells; did you mean `p90`?"),
        Bad("success", 7, "a comparison is missing here; write < <= > >= == or !="),
        Bad("success => 99%", 8, "\"=>\" is not a comparison; did you mean `>=`?"),
        Bad("success = 99%", 8, "\"=\" is not a comparison; did you mean `==`?"),
        Bad("success over 99%", 8, "\"over\" is not a comparison; write < <= > >= == or !="),
        Bad(
            "success >= 99", 11, "\"99\" is not a percentage; write 99% for that many in a hundred"),
        Bad("success >= 101%", 11, "\"101%\" is more than everything; write 0% to 100%"),
        Bad("p95 <", 5, "a duration is missing here; write 250ms, 60s or 5m"),
        Bad("p95 < 0.3", 6, "\"0.3\" has no unit; write 0.3s for seconds, or 250ms, 5m, 2h, 1d"),
        Bad("p95 < 2x", 8, "\"2x\" of what?; write 2x baseline"),
        Bad("p95 < 0x baseline", 6, "\"0x\" is no bound; write 2x baseline, from 0.01x to 1000x"),
        Bad(
            "latency < 2x baseline", 10,
            "one result is not compared with the baseline; write a duration, or a figure: p95 < 2x "
                + "baseline"),
        Bad("status == ok", 10, "\"ok\" is not a number; write status == 1"),
        Bad(
            "status contains 5", 7,
            "`status` is a number, and `contains` is for texts; write < <= > >= == or !="),
        Bad("status ==", 9, "`status` is compared with nothing; write a value"),
        Bad("output < b", 9, "\"b\" is not a number; texts are compared with == and !="),
        Bad(
            "output is ok", 7,
            "\"is\" is not a comparison; write < <= > >= == or !=, or `contains` or `matches`"),
        Bad(
            "output matches [a", 15,
            "\"[a\" is not a regular expression; check its brackets, and quote it"),
        Bad("output == \"ok", 10, "the quote is never closed; write \" at its end"),
        Bad(
            "output contains two words", 20,
            "\"words\" is not expected here; write within, for at least, after or over with a time; "
                + "quote a text of several words"),
        Bad("header == x", 7, "`header` of what?; write `header NAME == …`"),
        Bad("ttl < soon", 6, "\"soon\" is not a duration; write 250ms, 60s or 5m"),
        Bad("pass withn 5s", 5, "\"withn\" is not expected here; did you mean `within`?"),
        Bad("pass within", 11, "a duration is missing here; write 250ms, 60s or 5m"),
        Bad("pass within 0s", 12, "no time at all; write 1s or more, or leave it out"),
        Bad("pass within 5s within 6s", 15, "`within` is written twice; keep one of them"),
        Bad("pass for 5s", 5, "`for` how long?; write `for at least 10s`, or `over 10s`"),
        Bad(
            "always pass within 5s", 12,
            "`always` is about every result, and `within` about one; write `after` for a time that "
                + "does not count"),
        Bad(
            "never fail within 5s", 11,
            "`never` is about every result, and `within` about one; leave out `within`"),
        Bad(
            "always pass for at least 5s", 12,
            "`always` is longer than any `for at least`; leave out one of them"),
        Bad(
            "pass within 9s over 5s", 15,
            "`over` says which results count, and so does `within`; write `for at least` instead of "
                + "`over`"),
        Bad(
            "pass for at least 5s", 5,
            "a steady state holds all the time, so it has no `for at least`; leave it out",
            .steadyState),
        Bad(
            "p95 < 2x baseline", 0,
            "the steady state is what the baseline is measured by; write a duration, such as p95 < "
                + "300ms", .steadyState),
        Bad(
            "pass within 5s", 5,
            "`until` waits for it as long as it takes, so it has no `within`; the phase's `for` says "
                + "how long", .until),
        Bad(
            "fail within 5s", 5,
            "`stop` waits for it as long as it takes, so it has no `within`; write `over` for a "
                + "window", .stop),
        Bad(
            "never fail", 0,
            "`never` is never settled while `until` waits; write `over 10s` behind it", .until),
        Bad(
            "always success >= 50%", 0,
            "`always` is never settled while `stop` waits; leave it out", .stop),
    ]

    @Test(arguments: bad)
    func saysWhatIsWrong(_ row: Bad) {
        do throws(TextProblem) {
            let read = try Promise(
                parsing: row.text, facts: TinyProbe.facts, kind: "tiny", use: row.use)
            Issue.record("read as \(read)")
        } catch {
            #expect(error.problem.description == row.problem)
            #expect(error.offset == row.offset)
        }
    }

    @Test(arguments: ["always pass over 5s", "never fail over 5s", "pass for at least 5s"])
    func waitsOverWindows(_ text: String) throws {
        for use in [ExpectationUse.until, .stop] { _ = try Promise(parsing: text, use: use) }
    }

    @Test func speedDividesTimesAndNoBounds() throws {
        let read = try Promise(parsing: "p95 < 300ms within 60s over 6s after 30s").scaled(by: 60)
        #expect(read.within == .seconds(1))
        #expect(read.over == .milliseconds(100))
        #expect(read.after == .milliseconds(500))
        #expect(read.condition == .timing(.latency, .p95, .less, .fixed(.milliseconds(300))))
    }

    // MARK: - Facts

    static let comparisons: [(FactTest, FactValue, Bool)] = [
        (FactTest(.compare(.equal), .number(503)), .number(503), true),
        (FactTest(.compare(.notEqual), .number(503)), .number(200), true),
        (FactTest(.compare(.greater), .number(5)), .text("7"), true),
        (FactTest(.compare(.greater), .number(5)), .text("seven"), false),
        (FactTest(.compare(.equal), .text("ok")), .text("ok"), true),
        (FactTest(.compare(.equal), .text("ok")), .text("OK"), false),
        (FactTest(.compare(.equal), .text("5")), .number(5), true),
        (FactTest(.compare(.equal), .text("5.0")), .number(5), true),
        (FactTest(.compare(.notEqual), .text("five")), .number(5), true),
        (FactTest(.contains, .text("ok")), .text("all ok"), true),
        (FactTest(.contains, .text("ok")), .text("all"), false),
        (FactTest(.matches, .text("^v[0-9]$")), .text("v3"), true),
        (FactTest(.matches, .text("^v[0-9]$")), .text("v33"), false),
    ]

    @Test(arguments: comparisons.indices)
    func comparesFacts(_ index: Int) {
        let (test, fact, holds) = Self.comparisons[index]
        #expect(test.holds(for: fact) == holds)
        var remembered = RememberedTest(test)
        #expect(remembered.holds(for: fact) == holds)
        #expect(remembered.holds(for: fact) == holds)
    }
}
