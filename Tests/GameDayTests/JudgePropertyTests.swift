import Foundation
import GameDaySamples
import ProbeKinds
import Spec
import Testing

@testable import GameDay

/// The judge, which forgets and counts as it goes, says what looking at everything again says.
@Suite struct JudgePropertyTests {
    /// Another seed every day, and the one of a failure again: `BROWNOUT_SEED=42 swift test`.
    static let seed: UInt64 =
        ProcessInfo.processInfo.environment["BROWNOUT_SEED"].flatMap { UInt64($0) }
        ?? UInt64(Date.now.timeIntervalSince1970 / 86_400)

    @Test func agreesWithLookingAtEverything() throws {
        print("JudgePropertyTests: seed \(Self.seed)")
        var random = SeededGenerator(seed: Self.seed)
        var states: [RunEvent.Expectation.State: Int] = [:]
        for round in 0..<1_500 {
            let (text, role) = Self.text(&random)
            let place: Comment = "round \(round), seed \(Self.seed): \(role) \(text)"
            var judge = try JudgeTests.judge(text, role: role)
            let slow = SlowJudge(judge.expectation, role: role)
            let samples = Self.samples(&random)
            var taken: [Sample] = []
            var now = Duration.zero
            for sample in samples {
                now = max(now, sample.began)
                judge.add(sample)
                taken.append(sample)
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                now += .milliseconds(Int.random(in: 0...400, using: &random))
                let standing = judge.standing(at: now).state
                #expect(standing == slow.standing(taken, at: now), place)
                states[standing, default: 0] += 1
            }
            guard role == .expect else { continue }
            let end = now + .milliseconds(Int.random(in: 0...1_000, using: &random))
            let verdict = judge.verdict(at: end)
            #expect(verdict.state == slow.verdict(taken, at: end), place)
            #expect(verdict.measured?.isEmpty == false, place)
            states[verdict.state, default: 0] += 1
        }
        for state in [
            RunEvent.Expectation.State.pending, .holding, .failing, .passed, .failed, .noSamples,
        ] {
            #expect(states[state, default: 0] > 100, "\(state) was seen: \(states)")
        }
    }

    @Test func figuresAreThoseOfASortedList() {
        var random = SeededGenerator(seed: Self.seed)
        var times = SortedTimes()
        var all: [Int] = []
        for _ in 0..<20_000 {
            if Int.random(in: 0..<3, using: &random) > 0 || all.isEmpty {
                let time = Int.random(in: 0...500, using: &random)
                times.insert(time)
                all.append(time)
            } else {
                let time = all.remove(at: Int.random(in: 0..<all.count, using: &random))
                times.remove(time)
            }
            guard all.count % 97 == 1 else { continue }
            for statistic in Statistic.allCases {
                #expect(
                    times.figure(statistic) == SlowJudge.figure(all, statistic),
                    "\(statistic) of \(all.count), seed \(Self.seed)")
            }
        }
        #expect(times.count == all.count)
    }

    private static func text(
        _ random: inout SeededGenerator
    ) -> (String, RunEvent.Expectation.Role) {
        let aggregates = [
            "success >= 60%", "success < 50%", "p50 < 200ms", "p99 <= 400ms", "mean < 250ms",
            "ttfb max < 200ms", "min > 20ms",
        ]
        let each = [
            "pass", "fail", "status == 503", "status != 200", "latency < 200ms", "ttfb > 99ms",
        ]
        let isAggregate = Bool.random(using: &random)
        let condition = (isAggregate ? aggregates : each).randomElement(using: &random) ?? "pass"
        func time() -> String { "\(Int.random(in: 1...30, using: &random))00ms" }
        let after = Int.random(in: 0..<3, using: &random) == 0 ? " after \(time())" : ""
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return (condition + after, .expect)
        case 1: return (condition + " over \(time())" + after, .expect)
        case 2:
            let over = isAggregate && Bool.random(using: &random) ? " over \(time())" : ""
            return (condition + " within \(time())" + over + after, .expect)
        case 3:
            let within = Bool.random(using: &random) ? " within \(time())" : ""
            return (condition + " for at least \(time())" + within + after, .expect)
        case 4:
            let over = Bool.random(using: &random) ? " over \(time())" : ""
            return ("always \(condition)" + over + after, .expect)
        case 5:
            let over = Bool.random(using: &random) ? " over \(time())" : ""
            return ("never \(condition)" + over + after, .expect)
        case 6: return ("never \(condition) for at least \(time())" + after, .expect)
        default:
            let over = Bool.random(using: &random) ? " over \(time())" : ""
            return (condition + over + after, Bool.random(using: &random) ? .until : .stop)
        }
    }

    private static func samples(_ random: inout SeededGenerator) -> [Sample] {
        var began = Duration.zero
        let health = Int.random(in: 0...10, using: &random)
        return (0..<Int.random(in: 0...40, using: &random)).map { _ in
            began += .milliseconds(Int.random(in: 0...300, using: &random))
            let passed = Int.random(in: 0..<10, using: &random) < health
            let knows = Int.random(in: 0..<4, using: &random) > 0
            return Sample(
                began: began, passed: passed,
                latency: .milliseconds(Int.random(in: 10...500, using: &random)),
                ttfb: knows ? .milliseconds(Int.random(in: 10...300, using: &random)) : nil,
                facts: knows ? [FactName("status"): .number(passed ? 200 : 503)] : [:])
        }
    }
}

/// What an expectation means, said as plainly as can be, over the whole list of results each time.
private struct SlowJudge {
    let expectation: Promise
    let role: RunEvent.Expectation.Role

    init(_ expectation: Promise, role: RunEvent.Expectation.Role) {
        self.expectation = expectation
        self.role = role
    }

    typealias State = RunEvent.Expectation.State

    func verdict(_ samples: [Sample], at end: Duration) -> State {
        switch isMet(counted(samples), at: end) {
        case true?: .passed
        case false?: .failed
        case nil: .noSamples
        }
    }

    func standing(_ samples: [Sample], at now: Duration) -> State {
        let samples = counted(samples)
        switch isMet(samples, at: now) {
        case true?: return .holding
        case nil: return .pending
        case false?: break
        }
        if isOneResult { return expectation.within.map { now <= $0 } ?? true ? .pending : .failing }
        guard expectation.forAtLeast != nil, expectation.quantifier == .plain else {
            return .failing
        }
        let isOpen = openStretch(samples) != nil
        return isOpen || expectation.within.map { now <= $0 } ?? true ? .pending : .failing
    }

    private var isOneResult: Bool {
        guard expectation.forAtLeast == nil else { return false }
        if expectation.within != nil { return true }
        return role != .expect && !expectation.isAggregate && expectation.quantifier == .plain
            && expectation.over == nil
    }

    private func counted(_ samples: [Sample]) -> [Sample] {
        samples.filter { $0.began >= expectation.after ?? .zero }
    }

    private func isSeen(_ now: Duration) -> Bool {
        now >= (expectation.after ?? .zero) + (expectation.over ?? .zero)
    }

    private func window(_ samples: [Sample], at now: Duration) -> [Sample] {
        guard let over = expectation.over else { return samples }
        return samples.filter { $0.began > now - over }
    }

    /// What is true as of each result, with its time; those that cannot tell are left out.
    private func truths(_ samples: [Sample]) -> [(began: Duration, holds: Bool)] {
        samples.indices.compactMap { index in
            let began = samples[index].began
            if expectation.isAggregate {
                return aggregate(Array(samples[...index]), at: began).map { (began, $0) }
            }
            return (began, holds(samples[index]))
        }
    }

    private func isMet(_ samples: [Sample], at now: Duration) -> Bool? {
        if let length = expectation.forAtLeast {
            let truths = truths(samples)
            guard !truths.isEmpty else { return nil }
            let isFound = stretches(truths).contains { stretch in
                (stretch.last ?? .zero) - (stretch.first ?? .zero) >= length
            }
            return isFound != (expectation.quantifier == .never)
        }
        if isOneResult {
            let truths = truths(samples).filter { $0.began <= expectation.within ?? $0.began }
            return truths.isEmpty ? nil : truths.contains { $0.holds }
        }
        let wanted = expectation.quantifier != .never
        if expectation.isAggregate {
            if expectation.quantifier == .plain { return aggregate(samples, at: now) }
            let truths = truths(samples)
            return truths.isEmpty ? nil : truths.allSatisfy { $0.holds == wanted }
        }
        let window = window(samples, at: now)
        guard isSeen(now) || expectation.over == nil, !window.isEmpty else { return nil }
        return window.allSatisfy { holds($0) == wanted }
    }

    /// Runs of results that hold, each begun in time.
    private func stretches(_ truths: [(began: Duration, holds: Bool)]) -> [[Duration]] {
        var all: [[Duration]] = []
        var isRunning = false
        for truth in truths {
            if truth.holds, isRunning {
                all[all.count - 1].append(truth.began)
            } else if truth.holds, truth.began <= expectation.within ?? truth.began {
                all.append([truth.began])
                isRunning = true
            } else {
                isRunning = false
            }
        }
        return all
    }

    private func openStretch(_ samples: [Sample]) -> Duration? {
        let truths = truths(samples)
        guard truths.last?.holds == true, let last = stretches(truths).last,
            last.last == truths.last?.began
        else { return nil }
        return last.first
    }

    private func holds(_ sample: Sample) -> Bool {
        switch expectation.condition {
        case .passed(let passed): return sample.passed == passed
        case .took(.latency, let comparison, let bound):
            return comparison.holds(sample.latency, bound)
        case .took(.ttfb, let comparison, let bound):
            return sample.ttfb.map { comparison.holds($0, bound) } ?? false
        case .fact(let name, let test):
            return sample.facts[name].map { test.holds(for: $0) } ?? false
        case .success, .timing: return false
        }
    }

    private func aggregate(_ samples: [Sample], at now: Duration) -> Bool? {
        guard isSeen(now) else { return nil }
        let window = window(samples, at: now)
        switch expectation.condition {
        case .success(let comparison, let share):
            guard !window.isEmpty else { return nil }
            let passed = window.count { $0.passed }
            return comparison.holds(Double(passed) / Double(window.count), share.fraction)
        case .timing(let timing, let statistic, let comparison, .fixed(let bound)):
            let times = window.filter(\.passed).compactMap {
                timing == .latency ? $0.latency : $0.ttfb
            }
            let figure = Self.figure(
                times.map { Int($0 / .nanoseconds(1)) }, statistic)
            return figure.map { comparison.holds($0, bound) }
        case .timing, .passed, .took, .fact: return nil
        }
    }

    static func figure(_ times: [Int], _ statistic: Statistic) -> Duration? {
        let sorted = times.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        func rank(_ share: Double) -> Duration {
            .nanoseconds(sorted[Int((share * Double(sorted.count)).rounded(.up)) - 1])
        }
        return switch statistic {
        case .p50: rank(0.5)
        case .p90: rank(0.9)
        case .p95: rank(0.95)
        case .p99: rank(0.99)
        case .p999: rank(0.999)
        case .mean: .nanoseconds(sorted.reduce(0, +) / sorted.count)
        case .min: .nanoseconds(first)
        case .max: .nanoseconds(last)
        }
    }
}
