import ProbeKinds
import Spec
import Testing

@testable import GameDay

/// What expectations mean: results go in, a verdict comes out.
@Suite struct JudgeTests {
    /// Results a second apart, one character each: `.` passes in 100 ms, `x` fails with status 503 after
    /// 20 ms, `t` is a timeout of a second that tells nothing, `s` passes in 500 ms, ` ` is none.
    static func samples(_ text: String) -> [Sample] {
        let status = FactName("status")
        return text.enumerated().compactMap { index, character in
            let began = Duration.seconds(index)
            return switch character {
            case ".":
                Sample(
                    began: began, passed: true, latency: .milliseconds(100),
                    ttfb: .milliseconds(50), facts: [status: .number(200)])
            case "s":
                Sample(
                    began: began, passed: true, latency: .milliseconds(500),
                    ttfb: .milliseconds(400), facts: [status: .number(200)])
            case "x":
                Sample(
                    began: began, passed: false, latency: .milliseconds(20),
                    facts: [status: .number(503)])
            case "t": Sample(began: began, passed: false, latency: .seconds(1))
            default: nil
            }
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var text: String
        var samples: String
        var state: RunEvent.Expectation.State
        var measured: String
        var after: Double?
        var role = RunEvent.Expectation.Role.expect
        var testDescription: String { "\(role) \(text): \(samples)" }

        init(
            _ text: String, _ samples: String, _ state: RunEvent.Expectation.State,
            _ measured: String, after: Double? = nil,
            _ role: RunEvent.Expectation.Role = .expect
        ) {
            self.text = text
            self.samples = samples
            self.state = state
            self.measured = measured
            self.after = after
            self.role = role
        }
    }

    static let rows: [Row] = [
        // Aggregates over the phase.
        Row("success >= 75%", "...x", .passed, "75 % of 4"),
        Row("success > 75%", "...x", .failed, "75 % of 4"),
        Row("success >= 67%", "..x", .failed, "66.66 % of 3"),
        Row("success < 50%", "xtx.", .passed, "25 % of 4"),
        Row("success >= 0%", "", .noSamples, "no samples"),
        Row("p50 <= 100ms", "..s", .passed, "p50 100 ms"),
        Row("p90 <= 100ms", ".........s", .passed, "p90 100 ms"),
        Row("p95 <= 100ms", ".........s", .failed, "p95 500 ms"),
        Row("max < 300ms", "..sxt", .failed, "max 500 ms"),
        Row("min >= 100ms", "..xs", .passed, "min 100 ms"),
        Row("mean < 300ms", ".s", .failed, "mean 300 ms"),
        Row("mean <= 300ms", ".s", .passed, "mean 300 ms"),
        Row("ttfb p95 < 100ms", "...t", .passed, "ttfb p95 50 ms"),
        Row("p95 < 300ms", "xxtt", .noSamples, "no samples"),
        // A window, and what it leaves out.
        Row("success >= 99% over 3s", "xxx...", .passed, "100 % of 3"),
        Row("success >= 99% over 3s", "...xx.", .failed, "33.33 % of 3"),
        Row("success >= 99% over 9s", "......", .noSamples, "5 s seen, not 9 s"),
        Row("success >= 99% after 3s", "xxx...", .passed, "100 % of 3"),
        Row("success >= 99% after 2s", "xxx...", .failed, "75 % of 4"),
        Row("success >= 99% over 2s", "...   ", .noSamples, "no samples"),
        // Aggregates that become true, stay true, or must not be.
        Row("success >= 50% within 5s", "xx....", .passed, "first after 3 s", after: 3),
        Row("success >= 50% within 2s", "xx....", .failed, "none of 3"),
        Row("success >= 99% within 5s over 2s", "xx....", .passed, "first after 3 s", after: 3),
        Row("never success < 50% over 2s", "...xx..", .failed, "1 of 5, first after 4 s"),
        Row("never success < 50% over 2s", "...x...", .passed, "none of 5"),
        Row("always success >= 50%", ".x.x.x", .passed, "all of 6"),
        Row(
            "success >= 99% for at least 2s over 2s", "xxx......", .passed, "from 4 s on", after: 4),
        // Each result.
        Row("pass", "....", .passed, "all of 4"),
        Row("always pass", "...x", .failed, "3 of 4, first not after 3 s"),
        Row("never fail", "..t.", .failed, "1 of 4, first after 2 s"),
        Row("never fail", "....", .passed, "none of 4"),
        Row("pass", "", .noSamples, "no samples"),
        Row("never fail", "", .noSamples, "no samples"),
        Row("status == 200", "..xx", .failed, "2 of 4, first not after 2 s, last 503"),
        Row("never status == 200", "xtxt", .passed, "none of 4"),
        Row("status != 200", "xtx", .failed, "2 of 3, first not after 1 s, last none"),
        Row("never status != 200", "..t", .passed, "none of 3"),
        Row("latency < 200ms", ".x.", .passed, "all of 3"),
        Row("latency < 200ms", ".t.", .failed, "2 of 3, first not after 1 s, last 1 s"),
        Row("ttfb < 200ms", "..x", .failed, "2 of 3, first not after 2 s, last none"),
        Row("pass after 2s", "xx..", .passed, "all of 2"),
        Row("pass over 2s", "xx...", .passed, "all of 2"),
        Row("never fail over 2s", "..xx.", .failed, "1 of 2"),
        // In time.
        Row("fail within 3s", "...x", .passed, "first after 3 s", after: 3),
        Row("fail within 2s", "...x", .failed, "none of 3"),
        Row("status == 503 within 9s", "..tx", .passed, "first after 3 s", after: 3),
        Row("status == 503 within 9s", "..tt", .failed, "none of 4, last none"),
        Row("status == 503 within 9s", "....", .failed, "none of 4, last 200"),
        Row("status == 503 within 2s", "   x", .noSamples, "no samples"),
        Row("pass within 9s after 2s", "..xx..", .passed, "first after 4 s", after: 4),
        // For a while.
        Row("pass for at least 2s", "x.x...x", .passed, "from 3 s on", after: 3),
        Row("pass for at least 3s", "x.x...x", .failed, "at most 2 s"),
        Row("pass for at least 2s within 3s", "x.x...x", .passed, "from 3 s on", after: 3),
        Row("pass for at least 2s within 2s", "x.x...x", .failed, "at most 0 ms"),
        Row("pass for at least 2s", "", .noSamples, "no samples"),
        Row("pass for at least 2s", "xxx", .failed, "never"),
        Row("never fail for at least 2s", "..xx..", .passed, "at most 1 s"),
        Row("never fail for at least 2s", "..xtx.", .failed, "for 2 s, first after 2 s"),
        // What is waited for.
        Row("success >= 99% over 2s", "xx...", .passed, "100 % of 2", after: 4, .until),
        Row("success >= 99% over 2s", "....x", .failed, "50 % of 2", .until),
        Row("pass", "xx.xx", .passed, "first after 2 s", after: 2, .until),
        Row("pass", "xxxxx", .failed, "none of 5", .until),
        Row("pass for at least 1s", "xx..x", .passed, "from 2 s on", after: 2, .until),
        Row("always pass over 2s", "xxx..", .passed, "all of 2", after: 4, .until),
        Row("success < 20% over 2s", "..xxx", .passed, "0 % of 2", after: 4, .stop),
        Row("status == 503", "..x..", .passed, "first after 2 s", after: 2, .stop),
        Row("status == 503", "", .noSamples, "no samples", .stop),
    ]

    static func judge(
        _ text: String, role: RunEvent.Expectation.Role = .expect, baseline: BaselineFigures? = nil
    ) throws -> Judge {
        let use: ExpectationUse =
            switch role {
            case .expect: .expect
            case .until: .until
            case .stop: .stop
            }
        let read = try Promise(parsing: text, facts: TinyProbe.facts, kind: "tiny", use: use)
        return Judge(read, role: role, baseline: baseline)
    }

    @Test(arguments: rows)
    func verdicts(_ row: Row) throws {
        var judge = try Self.judge(row.text, role: row.role)
        for sample in Self.samples(row.samples) { judge.add(sample) }
        let end = Duration.seconds(max(0, row.samples.count - 1))
        #expect(
            judge.verdict(at: end)
                == Standing(state: row.state, measured: row.measured, after: row.after))
    }

    // MARK: - How things stand meanwhile

    /// `p` pending, `h` holding, `f` failing after each result; first before any.
    static let courses: [(String, String, RunEvent.Expectation.Role, String)] = [
        ("success >= 60%", "..xx.", .expect, "phhhfh"),
        ("pass", "..x..", .expect, "phhfff"),
        ("never fail", "..x..", .expect, "phhfff"),
        ("fail within 2s", "....x", .expect, "ppppff"),
        ("fail within 2s", "..x..", .expect, "ppphhh"),
        ("pass for at least 2s within 1s", "x...x", .expect, "pppphh"),
        ("pass for at least 2s within 1s", "xxx..", .expect, "pppfff"),
        ("success >= 99% over 2s", "xx...", .until, "pppfhh"),
        ("pass", "x.x", .until, "pphh"),
        ("fail", "..x", .stop, "ppph"),
        ("always pass over 2s", "....x", .until, "ppphhf"),
    ]

    private static let letters: [RunEvent.Expectation.State: String] = [
        .pending: "p", .holding: "h", .failing: "f",
    ]

    @Test(arguments: courses.indices)
    func stands(_ index: Int) throws {
        let (text, samples, role, course) = Self.courses[index]
        var judge = try Self.judge(text, role: role)
        var seen = ""
        func note(_ now: Duration) {
            seen += Self.letters[judge.standing(at: now).state] ?? "?"
        }
        note(.zero)
        for sample in Self.samples(samples) {
            judge.add(sample)
            note(sample.began)
        }
        #expect(seen == course)
    }

    /// A window moves on while nothing comes.
    @Test func windowsMoveWithTime() throws {
        var judge = try Self.judge("success >= 99% over 3s", role: .until)
        for sample in Self.samples("xx...") { judge.add(sample) }
        #expect(judge.standing(at: .seconds(4)).state == .holding)
        #expect(judge.standing(at: .milliseconds(3_900 + 3_000)).measured == "100 % of 1")
        #expect(
            judge.standing(at: .seconds(8)) == Standing(state: .pending, measured: "no samples"))
    }

    @Test func whatHeldWhenAskedHasPassed() throws {
        var judge = try Self.judge("success >= 99% over 2s", role: .until)
        for sample in Self.samples("xx..") { judge.add(sample) }
        #expect(judge.standing(at: .milliseconds(3_500)).state == .holding)
        // A check that was under way when the phase ended.
        judge.add(Sample(began: .milliseconds(3_400), passed: false, latency: .seconds(1)))
        #expect(
            judge.verdict(at: .milliseconds(3_500))
                == Standing(state: .passed, measured: "100 % of 2", after: 3.5))
    }

    // MARK: - The baseline

    @Test func comparesWithTheBaseline() throws {
        var baseline = BaselineFigures()
        for sample in Self.samples("....xt") { baseline.add(sample) }
        func verdict(_ text: String, _ samples: String) throws -> Standing {
            var judge = try Self.judge(text, baseline: baseline)
            for sample in Self.samples(samples) { judge.add(sample) }
            return judge.verdict(at: .seconds(9))
        }
        #expect(
            try verdict("p95 < 2x baseline", "...")
                == Standing(state: .passed, measured: "p95 100 ms, baseline 100 ms"))
        #expect(
            try verdict("p95 < 2x baseline", ".ss")
                == Standing(state: .failed, measured: "p95 500 ms, baseline 100 ms"))
        #expect(try verdict("ttfb max <= 8x baseline", "s").state == .passed)
        #expect(try verdict("ttfb max < 8x baseline", "s").state == .failed)
    }

    @Test func aBaselineWithoutResultsBoundsNothing() throws {
        for baseline in [nil, BaselineFigures()] {
            var judge = try Self.judge("p95 < 2x baseline", baseline: baseline)
            for sample in Self.samples("...") { judge.add(sample) }
            #expect(judge.standing(at: .seconds(3)).state == .pending)
            #expect(
                judge.verdict(at: .seconds(3))
                    == Standing(state: .noSamples, measured: "p95 100 ms, no baseline"))
        }
    }

    // MARK: - Words

    @Test(arguments: [
        (Duration.nanoseconds(0), "0 ms"), (.microseconds(412), "0.41 ms"),
        (.microseconds(4_120), "4.1 ms"), (.milliseconds(412), "412 ms"),
        (.milliseconds(4_200), "4.2 s"), (.milliseconds(75_250), "75.25 s"),
        (.seconds(725), "725 s"),
    ])
    func wordsTimes(_ time: Duration, _ words: String) {
        #expect(Words.time(time) == words)
    }

    @Test func neverRoundsUpToTheBound() {
        #expect(Words.share(98_999, of: 100_000) == "98.99 % of 100000")
        #expect(Words.share(39, of: 40) == "97.5 % of 40")
    }
}
