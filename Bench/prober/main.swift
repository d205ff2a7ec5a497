// What probes cost: checks as a game day does, and tells the CPU time that it took.
//
//     prober SECONDS COUNT MILLISECONDS KIND 'YAML'
//
// COUNT probes of that kind, each checked every MILLISECONDS. Prints one line of JSON.

import FoundationEssentials
import Glibc
import ProbeKinds
import Spec
import Synchronization

struct Tally {
    var results = 0
    var passed = 0
    var reasons: [String: Int] = [:]
    var latencies: [Double] = []
}

struct Figures: Encodable {
    var results: Int
    var passed: Int
    var reasons: [String: Int]
    /// User and system, of the prober alone.
    var cpuSeconds: Double
    /// What was measured lasted.
    var seconds: Double
    /// Milliseconds.
    var p50: Double
    var p99: Double
}

/// User and system time of this process, in seconds.
func cpuSeconds() -> Double { Double(clock()) / 1_000_000 }

func quit(_ text: String) -> Never {
    print(text)
    exit(2)
}

let words = CommandLine.arguments
guard words.count == 6, let seconds = Double(words[1]), let count = Int(words[2]),
    let milliseconds = Int(words[3]), let kind = ProbeCatalogue.kind(named: words[4])
else { quit("usage: prober SECONDS COUNT MILLISECONDS KIND YAML") }

let probe: any Probe
do {
    probe = try kind.init(Node.load(yaml: words[5], file: "argument"))
} catch {
    quit("\(error)")
}
let every = Duration.milliseconds(milliseconds)
let schedule = ProbeSchedule(
    (0..<count).map { .init(name: "p\($0)", probe: probe, every: every, timeout: every) },
    clock: LoopClock())
let tally = Mutex(Tally())
let run = Task {
    try await schedule.run { _, _, seen in
        tally.withLock { tally in
            tally.results += 1
            if seen.passed { tally.passed += 1 }
            if let reason = seen.reason { tally.reasons[reason, default: 0] += 1 }
            tally.latencies.append(seen.latency / .milliseconds(1))
        }
    }
}
// What is warmed up once does not count: threads, the first connections.
try await Task.sleep(for: max(every, .seconds(1)))
tally.withLock { $0 = Tally() }
let begin = ContinuousClock.now
let before = cpuSeconds()
try await Task.sleep(for: .seconds(seconds))
let after = cpuSeconds()
let took = begin.duration(to: .now) / .seconds(1)
let seen = tally.withLock { $0 }
run.cancel()
do {
    try await run.value
} catch {
    quit("\(error)")
}
let sorted = seen.latencies.sorted()
guard !sorted.isEmpty else { quit("no results") }
let figures = Figures(
    results: seen.results, passed: seen.passed, reasons: seen.reasons,
    cpuSeconds: after - before, seconds: took, p50: sorted[sorted.count / 2],
    p99: sorted[sorted.count * 99 / 100])
print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
